"""The command line and Python are two doors to the same rooms: the same settings give the same bits."""

import hashlib
import json
import signal
import subprocess
import time

import pytest

import synfer

RULE = "1 + w + x + r + x*r"


def without_time(result):
    return {key: value for key, value in result.items() if key != "seconds"}


@pytest.fixture(scope="module")
def csv(command_line, tmp_path_factory):
    run = tmp_path_factory.mktemp("simulated") / "run"
    command_line("simulate", "--out", run, "data.sessions=4", "task.trials_per_block=20")
    return run / "sessions.csv"


def test_simulated_sessions_are_those_of_the_command_line(csv, simulated):
    assert list(synfer.read(csv)) == list(simulated)


@pytest.mark.parametrize(
    ("rule", "settings"),
    [
        (RULE, {"stimulus.in_fit": "filtered", "seed": 3}),
        (RULE, {"evaluation.cross_validate": "none", "fit.method": "lbfgs", "fit.penalty.weight": 0.001, "fit.starts": 2, "fit.start_sd": 0.1}),
        (RULE, {"fit.method": "adam", "fit.epochs": 5, "network.hidden": 0}),
        (None, {"rule.variables": ["x", "r"], "uncertainty.method": "clustered"}),
        ("mlp", {"rule.hidden": [3], "fit.max_iterations": 2, "fit.starts": 1, "stimulus.in_fit": "filtered"}),
    ],
)
def test_a_fit_gives_the_same_result_json(csv, command_line, tmp_path, rule, settings):
    words = [f"{key}={json.dumps(value)}" for key, value in settings.items()]
    if rule == "mlp":
        words.append("rule.kind=mlp")
    elif rule:
        words.append(f"rule.terms=[{rule.replace(' + ', ', ')}]")
    try:
        command_line("fit", csv, "--out", tmp_path / "run", *words)
    except Exception as error:  # a fit that reached its limit of iterations ends with 4
        assert getattr(error, "returncode", None) == 4
    theirs = synfer.load(tmp_path / "run")
    ours = synfer.fit(str(csv), rule=rule, **settings)
    assert without_time(ours.json) == without_time(theirs.json)
    assert ours.configuration == theirs.configuration
    assert ours.tables == theirs.tables


def test_a_recovery_gives_the_same_result_json(command_line, tmp_path):
    settings = {"data.sessions": 3, "data.evaluation_sessions": 2, "task.trials_per_block": 15}
    words = [f"{key}={value}" for key, value in settings.items()]
    command_line("recover", "--out", tmp_path / "run", "truth.rule=x*r", "rule.terms=[x*r, w]", *words)
    ours = synfer.recover("x*r", rule__terms=["x*r", "w"], **settings)
    assert without_time(ours.json) == without_time(synfer.load(tmp_path / "run").json)


def test_a_check_of_a_design_gives_the_same_numbers(csv, command_line, tmp_path):
    settings = {"design.replicates": 3, "design.multiples": [1, 2], "history.covariates": []}
    words = [f"{key}={json.dumps(value)}" for key, value in settings.items()]
    command_line("recover", "--like", csv, "--out", tmp_path / "run", "truth.rule=x*r", "rule.terms=[x*r, w]", *words)
    theirs = json.loads((tmp_path / "run/result.json").read_text())
    ours = synfer.design_check(str(csv), "x*r", "x*r + w", **settings)
    assert without_time(ours.json) == without_time(theirs)
    assert set(ours.to_frame()["term"]) == {"x*r", "w"}
    assert "experiments of the design of these data" in repr(ours)


def test_a_design_is_checked_with_the_animal_of_a_fit(csv, fitted):
    found = synfer.design_check(str(csv), fitted, design__replicates=2, design__multiples=[1])
    assert found.json["design_check"]["rule"] == str(fitted.rule)


def test_what_python_saves_the_command_line_evaluates(csv, command_line, tmp_path):
    fitted = synfer.fit(str(csv), rule=RULE)
    fitted.save(tmp_path / "fit")
    assert synfer.load(tmp_path / "fit") == fitted
    command_line("evaluate", tmp_path / "fit", csv, "--out", tmp_path / "scored")
    ours = synfer.evaluate(fitted, str(csv), name=str(tmp_path / "fit"))
    assert without_time(ours.json) == without_time(synfer.load(tmp_path / "scored").json)


def test_a_cross_validation_gives_the_same_tables(csv, command_line, tmp_path):
    command_line("fit", csv, "--out", tmp_path / "run", "rule.terms=[x*r]", "evaluation.cross_validate=leave_one_out")
    ours = synfer.fit(str(csv), "x*r", evaluation__cross_validate="leave_one_out")
    theirs = synfer.load(tmp_path / "run")
    assert without_time(ours.json) == without_time(theirs.json)
    assert set(ours.tables) == {"trace.csv", "held_out.csv", "predictive_check.csv", "trajectories.csv", "rule_shape.csv"}
    assert {"accept rate", "matching: slope"} <= set(ours.predictive_check()["statistic"])
    assert ours.tables == theirs.tables


def test_other_assumptions_give_the_same_table(csv, command_line, tmp_path):
    settings = {"evaluation.assumptions": True, "evaluation.cross_validate": "none", "history.covariates": []}
    words = [f"{key}={json.dumps(value)}" for key, value in settings.items()]
    command_line("fit", csv, "--out", tmp_path / "run", "rule.terms=[x*r]", *words)
    ours = synfer.fit(str(csv), "x*r", **settings)
    assert ours.tables == synfer.load(tmp_path / "run").tables
    assert "network.hidden=0" in set(ours.assumptions()["assumption"])
    assert {one["of"] for one in ours.json["assumptions"]["conclusions"]} == {"x*r"}


def test_threads_doors_and_interruptions_do_not_change_a_bit(csv, program, command_line, tmp_path):
    settings = {"evaluation.cross_validate": "none", "evaluation.predictive_draws": 0, "rule.degree": 2, "seed": 2}
    words = [f"{key}={value}" for key, value in settings.items()]
    found = []
    for threads in (1, 2, 3, 7):
        command_line("fit", csv, "--out", tmp_path / f"run{threads}", *words, f"run.threads={threads}")
        found.append(synfer.load(tmp_path / f"run{threads}").json)
        found.append(synfer.fit(str(csv), run__threads=threads, **settings).json)
    cut = tmp_path / "cut"
    running = subprocess.Popen([program, "fit", csv, "--out", cut, *words, "run.checkpoint_seconds=1e-9"])
    while running.poll() is None and not (cut / "checkpoint.json").exists():
        time.sleep(0.001)
    running.kill()
    assert running.wait() == -signal.SIGKILL
    command_line("resume", cut)
    found.append(synfer.load(cut).json)
    sums = {hashlib.sha256(json.dumps(without_time(one), sort_keys=True).encode()).hexdigest() for one in found}
    assert len(found) == 9
    assert len(sums) == 1


def test_single_precision_is_double_to_a_few_digits(simulated):
    settings = {"fit__method": "adam", "fit__epochs": 20, "seed": 2}
    double, single = (synfer.fit(simulated, RULE, run__precision=p, **settings) for p in ("double", "single"))
    assert (double.json["precision"], single.json["precision"]) == ("double", "single")
    losses = [one.json["fit"]["loss"] for one in (double, single)]
    assert losses[0] != losses[1]
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)
    with pytest.raises(synfer.ConfigurationError, match="run__precision.*fisher"):
        synfer.fit(simulated, RULE, run__precision="single")


def test_every_setting_of_the_command_line_is_known(command_line):
    listing = command_line("settings")
    assert len(synfer.settings()) > 80
    assert all(one.key in listing for one in synfer.settings())
