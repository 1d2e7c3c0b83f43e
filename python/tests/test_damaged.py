"""What was saved and damaged since is refused with an exception of synfer that names the file and the key."""

import json
import os

import pytest

import synfer


@pytest.fixture
def run(simulated, tmp_path):
    result = synfer.fit(simulated, "x*r", quick=True, evaluation__cross_validate="none", evaluation__predictive_draws=0)
    result.save(tmp_path / "run")
    return tmp_path / "run"


def damaged(run, change):
    whole = json.loads((run / "result.json").read_text())
    change(whole)
    (run / "result.json").write_text(json.dumps(whole))


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda whole: whole.pop("state"), "state"),
        (lambda whole: whole["rule"].update(terms=3), "rule/terms"),
        (lambda whole: whole["rule"]["terms"][0].update(estimate="large"), "rule/terms/0/estimate"),
        (lambda whole: whole["evaluation"].update(in_sample=[1.5]), "evaluation/in_sample"),
        (lambda whole: whole["notes"].append(None), "notes"),
    ],
)
def test_a_damaged_result_is_refused(run, change, key):
    damaged(run, change)
    with pytest.raises(synfer.ConfigurationError, match="result.json.*" + key):
        synfer.load(run)


def test_a_result_that_is_no_json_is_refused(run):
    for text in (b"", b"{", b"[1]", b'{"state": NaN}', b"\xff"):
        (run / "result.json").write_bytes(text)
        with pytest.raises(synfer.ConfigurationError, match="result.json: is not JSON"):
            synfer.load(run)


def test_a_folder_without_a_run_is_refused(run, tmp_path):
    with pytest.raises(synfer.ConfigurationError, match="no such folder"):
        synfer.load(tmp_path / "nowhere")
    (run / "configuration.yaml").unlink()
    with pytest.raises(synfer.ConfigurationError, match="holds no configuration.yaml"):
        synfer.load(run)


def test_a_damaged_table_is_refused_and_a_link_is_not_followed(run, tmp_path):
    (tmp_path / "secret.csv").write_text("private")
    os.symlink(tmp_path / "secret.csv", run / "linked.csv")
    assert "linked.csv" not in synfer.load(run).tables
    (run / "trace.csv").write_bytes(b"start,done,loss\n\xff")
    with pytest.raises(synfer.DataError, match="trace.csv"):
        synfer.load(run)


def test_a_table_is_not_written_outside_the_folder(run, tmp_path):
    result = synfer.load(run)
    result.tables["../../escaped.csv"] = "text"
    with pytest.raises(synfer.OutputError, match="lies outside"):
        result.save(tmp_path / "deep" / "er")
    assert not (tmp_path / "escaped.csv").exists()


def test_a_result_that_is_a_link_is_not_followed(run, tmp_path):
    for name in ("result.json", "configuration.yaml"):
        secret = tmp_path / ("secret " + name)
        os.replace(run / name, secret)
        os.symlink(secret, run / name)
        with pytest.raises(synfer.ConfigurationError, match=f"found the link {name}, expected a file"):
            synfer.load(run)
        os.replace(secret, run / name)
    assert synfer.load(run).state == "converged"


def test_a_run_that_was_moved_is_loaded_and_evaluated(run, simulated, tmp_path):
    before = synfer.load(run)
    os.makedirs(tmp_path / "elsewhere")
    os.rename(run, tmp_path / "elsewhere" / "other name")
    moved = synfer.load(tmp_path / "elsewhere" / "other name")
    assert moved == before
    assert synfer.evaluate(moved, simulated).json["evaluation"] == synfer.evaluate(before, simulated).json["evaluation"]
