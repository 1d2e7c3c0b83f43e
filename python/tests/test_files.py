"""Results and sessions as files of the field: NWB and Parquet."""

import resource
from contextlib import contextmanager

import numpy as np
import pytest

import synfer

nwbinspector = pytest.importorskip("nwbinspector")
pynwb = pytest.importorskip("pynwb")


def complaints(path):
    serious = ("ERROR", "PYNWB_VALIDATION", "CRITICAL", "BEST_PRACTICE_VIOLATION")
    found = nwbinspector.inspect_nwbfile(nwbfile_path=str(path))
    return [m.message for m in found if m.importance.name in serious]


def valid(path):
    errors = pynwb.validate(path=str(path))
    return not (errors[0] if isinstance(errors, tuple) else errors)


def test_results_are_valid_nwb_and_hold_the_numbers_of_the_result(fitted, tmp_path):
    paths = fitted.to_nwb(tmp_path / "nwb")
    sessions = fitted.trajectories().groupby(["animal", "session"], sort=False)
    assert len(paths) == len(sessions) == 4
    for path, ((animal, session), rows) in zip(paths, sessions):
        assert valid(path)
        assert complaints(path) == []
        with pynwb.NWBHDF5IO(path, "r") as io:
            nwb = io.read()
            assert (nwb.subject.subject_id, nwb.session_id) == (animal, session)
            assert len(nwb.trials) == rows["step"].nunique()
            found = nwb.processing["behavior"]["synfer_trajectory"]
            for name in ("probability", "chosen", "reward", "weight", "weight_sd", "held_out"):
                np.testing.assert_array_equal(found[name][:], rows[name])
            assert list(found["stimulus"][:]) == list(rows["stimulus"].astype(str))
            terms = nwb.analysis["synfer_terms"]
            assert dict(zip(terms["term"][:], terms["estimate"][:])) == fitted.coefficients
            assert list(terms["low"][:]) == [e.low for e in fitted.estimates]
    with pytest.raises(FileExistsError):
        fitted.to_nwb(tmp_path / "nwb")


def test_results_go_into_the_recording_that_they_are_from(tmp_path, command_line):
    command_line(
        "simulate", "--out", tmp_path / "seen", "--format", "nwb", "data.sessions=2", "task.trials_per_block=10"
    )
    folder = tmp_path / "seen" / "sessions"
    result = synfer.fit(synfer.read(folder), rule="x*r", evaluation__cross_validate="none")
    path = sorted(folder.iterdir())[0]
    before = synfer.read(path)
    with pynwb.NWBHDF5IO(path, "r+") as io:
        nwb = io.read()
        result.add_to_nwb(nwb, animal=nwb.subject.subject_id, session=nwb.session_id)
        io.write(nwb)
    assert valid(path)
    assert complaints(path) == []
    with pynwb.NWBHDF5IO(path, "r") as io:
        nwb = io.read()
        rows = nwb.processing["behavior"]["synfer_trajectory"].to_dataframe()
        choices = np.asarray(nwb.trials["choice"][:])
        np.testing.assert_array_equal(choices[rows["step"].astype(int)], rows["chosen"])
    assert synfer.read(path) == before  # still the recording that it was
    with pytest.raises(ValueError, match="found 2 sessions, expected one"):
        result.add_to_nwb(pynwb.NWBFile("d", "i", nwb.session_start_time))


@pytest.mark.parametrize("settings", [{}, {"task.kind": "choice", "task.omission_probability": 0.2}])
def test_a_parquet_table_is_read_to_equal_sessions(tmp_path, settings):
    pytest.importorskip("pyarrow")
    sessions = synfer.simulate("x*r", sessions=2, task__trials_per_block=10, **settings)
    path = tmp_path / "steps.parquet"
    sessions.to_parquet(path)
    again = synfer.read(path)
    assert again == list(sessions)
    assert again.files[0][0] == str(path) and len(again.files[0][1]) == 64
    result = synfer.fit(again, rule="x*r", evaluation__cross_validate="none")
    assert result.json["data"]["files"][0]["sha256"] == again.files[0][1]


def test_columns_of_a_parquet_table_may_have_names_of_their_own(tmp_path, simulated):
    pytest.importorskip("pyarrow")
    path = tmp_path / "mine.parquet"
    simulated.to_frame().rename(columns={"choice": "accepted", "reward": "sugar"}).to_parquet(path)
    assert synfer.read(path, columns={"choice": "accepted", "reward": "sugar"}) == list(simulated)
    with pytest.raises(synfer.DataError, match="choice"):
        synfer.read(path)
    path.write_bytes(b"PAR1 no table")
    with pytest.raises(synfer.DataError, match="cannot be read as Parquet"):
        synfer.read(path)


def test_parquet_tables_take_the_settings_of_data(tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    table = pandas.DataFrame({"trial": [2, 1, 3], "choice": [2, 1, 9], "reward": [0.0, 1.0, None]})
    given = {"choice_values": [1, 2], "no_choice": [9], "arms": ["left", "right"], "sort": "trial"}
    for name in ("mon", "tue"):
        table.to_parquet(tmp_path / f"{name}.parquet")
        table["reward"] = table["reward"] / 2
    sessions = synfer.read([tmp_path / "mon.parquet", tmp_path / "tue.parquet"], **given)
    assert [(s.name, s.choice.tolist(), s.reward.tolist()[:2]) for s in sessions] == [
        ("mon", [0, 1, -1], [1, 0]),
        ("tue", [0, 1, -1], [0.5, 0]),
    ]
    assert "rows were put in order by trial" in sessions.how
    with pytest.raises(synfer.DataError, match=r"mon.parquet, row 2 \(index 0\), column choice: found '2'"):
        synfer.read(tmp_path / "mon.parquet", arms=["left", "right"])
    (tmp_path / "copy.parquet").write_bytes((tmp_path / "mon.parquet").read_bytes())
    with pytest.raises(synfer.DataError, match="copy.parquet: holds the same bytes as .*mon.parquet"):
        synfer.read(tmp_path / "mon.parquet", tmp_path / "copy.parquet", **given)
    with pytest.raises(synfer.DataError, match="stands beside Parquet files"):
        synfer.read(tmp_path / "mon.parquet", tmp_path / "a.csv", **given)


@contextmanager
def no_file_beyond_2000_bytes():
    """For the call alone: what pytest prints may itself go to a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_page_that_cannot_be_written_leaves_the_earlier_one(fitted, tmp_path):
    (tmp_path / "page.html").write_text("earlier")
    with no_file_beyond_2000_bytes(), pytest.raises(synfer.OutputError, match="cannot be written"):
        fitted.report(tmp_path / "page.html")
    assert [entry.name for entry in tmp_path.iterdir()] == ["page.html"]
    assert (tmp_path / "page.html").read_text() == "earlier"


def test_a_file_of_nwb_that_cannot_be_written_is_not_there(fitted, tmp_path, monkeypatch):
    def fail(self, container, **options):
        raise OSError("no space")

    monkeypatch.setattr(pynwb.NWBHDF5IO, "write", fail)
    with pytest.raises(OSError, match="no space"):
        fitted.to_nwb(tmp_path / "nwb")
    assert list((tmp_path / "nwb").iterdir()) == []
