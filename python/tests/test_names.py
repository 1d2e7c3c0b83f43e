"""Names of animals, sessions and stimuli: what is no name is refused in a sentence at every door, and what a
spreadsheet would run as a formula is marked in tables and comes back as it was."""

import io
import csv

import h5py
import numpy as np
import pytest
import scipy.io

import synfer

ROWS = {"stimulus": ["A", "B"], "choice": [1, 1], "reward": [1, 0]}
BAD = {"n" * 100000: "found a name of 100000 bytes", "a\0b": "NUL", "a\ud800b": "not Unicode|not UTF-8"}
FORMULA = "=HYPERLINK(1)"


def from_frame(name, folder):
    return synfer.from_frame({"animal": [name] * 2, **ROWS})


def of_arrays(name, folder):
    return [synfer.Session(animal=name, name="s", **ROWS)]


def named_so(name, folder):
    session = synfer.Session(animal="m", name=name, **ROWS)
    return synfer.from_frame({"animal": [session.name] * 2, **ROWS})


def csv_file(name, folder):
    text = "animal,stimulus,choice,reward\n" + "".join(f"{name},{s},1,{r}\n" for s, r in (("A", 1), ("B", 0)))
    (folder / "a.csv").write_bytes(text.encode("utf-8", "surrogatepass"))
    return synfer.read(folder / "a.csv")


def npz_file(name, folder):
    np.savez(folder / "a.npz", animal=np.array([name] * 2), **{k: np.array(v) for k, v in ROWS.items()})
    return synfer.read(folder / "a.npz")


def mat_file(name, folder):
    if "\ud800" in name:
        pytest.skip("SciPy writes none")
    arrays = {k: np.array(v, dtype=None if k == "stimulus" else float) for k, v in ROWS.items()}
    scipy.io.savemat(folder / "a.mat", {"animal": np.array([name] * 2), **arrays})
    return synfer.read(folder / "a.mat")


def nwb_file(name, folder):
    with h5py.File(folder / "a.nwb", "w") as file:
        trials = file.create_group("intervals/trials")
        for column, values in {"start_time": [0.0, 1.0], "stop_time": [1.0, 2.0], **ROWS}.items():
            text = isinstance(values[0], str)
            trials.create_dataset(column, data=values, dtype=h5py.string_dtype() if text else float)
        file["general/subject/subject_id"] = np.bytes_(name.encode("utf-8", "surrogatepass"))
    return synfer.read(folder / "a.nwb")


DOORS = [from_frame, of_arrays, named_so, csv_file, npz_file, mat_file, nwb_file]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", BAD, ids=["long", "NUL", "surrogate"])
def test_what_is_no_name_is_refused(name, door, tmp_path):
    if "\0" in name and door in (npz_file, mat_file, nwb_file):
        pytest.skip("texts of a fixed length are filled up with it")
    with pytest.raises(synfer.DataError, match=BAD[name] + "|holds what is not Unicode") as caught:
        door(name, tmp_path)
    assert len(str(caught.value)) < 300


def test_what_is_no_setting_is_refused_in_a_sentence():
    for name in BAD:
        with pytest.raises(synfer.ConfigurationError) as caught:
            synfer.simulate("x*r", sessions=1, task__trials_per_block=name)
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize("door", DOORS)
def test_a_name_that_begins_like_a_formula_is_a_name(door, tmp_path):
    assert door(FORMULA, tmp_path)[0].animal == FORMULA


def test_tables_of_a_run_hold_no_formulas_and_give_the_names_back(tmp_path):
    rows = {"animal": [FORMULA] * 40, "session": ["+s"] * 40, "stimulus": ["@A", "-B"] * 20, "choice": [1, 1] * 20}
    sessions = synfer.from_frame({**rows, "reward": [1, 0, 0, 1] * 10})
    fit = synfer.fit(sessions, "x*r", quick=True, evaluation__cross_validate="forward", evaluation__predictive_draws=20)
    fit.save(tmp_path / "run")
    loaded = synfer.load(tmp_path / "run")
    named = 0
    for text in loaded.tables.values():
        for cell in (cell for row in csv.reader(io.StringIO(text)) for cell in row):
            assert not cell.startswith(("=", "@")), cell
            assert not cell.startswith(("+", "-")) or float(cell) is not None
            named += cell == "'" + FORMULA
    assert named > 0
    for table in (loaded.trajectories(), loaded.cross_validation(), loaded.predictive_check()):
        assert FORMULA in set(table["animal"])
    assert set(loaded.trajectories()["stimulus"]) == {"@A", "-B"}
    frame = sessions.to_frame()
    assert set(frame["animal"]) == {FORMULA}
    assert [s.animal for s in synfer.from_frame(frame)] == [FORMULA]
    assert FORMULA in (tmp_path / "run/report.html").read_text()
