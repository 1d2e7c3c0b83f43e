"""Files in the shapes that laboratories have: the same session is read from each, or the message says what to do."""

import gzip
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.io

import synfer

CASES = Path(__file__).resolve().parents[3] / "shared/cases"

# Ten steps of a choice between two sides, as a table; every other file of this page holds the same.
STEPS = 10
CHOICE = np.array([0, 1, 1, np.nan, 0, 1, 0, 0, 1, 1])
REWARD = np.array([0.5, 0, 2.5, np.nan, 1, 0, 0, 1, 0.25, 1])
LEFT, RIGHT = "left", "right!"
STIMULUS = np.tile([LEFT, RIGHT], (STEPS, 1))


def check(sessions, name=None):
    (session,) = sessions
    assert list(session.stimuli) == [LEFT, RIGHT]
    np.testing.assert_array_equal(session.choice, np.where(np.isnan(CHOICE), -1, CHOICE))
    np.testing.assert_array_equal(session.reward, REWARD)
    if name is not None:
        assert session.name == name


@pytest.fixture
def frame():
    return pd.DataFrame(
        {"trial": np.arange(STEPS), "stimulus0": LEFT, "stimulus1": RIGHT, "choice": CHOICE, "reward": REWARD}
    )


class TestTables:
    @pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz"])
    @pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
    def test_separators_and_packing(self, frame, tmp_path, suffix, separator):
        path = tmp_path / f"day1{suffix}"
        frame.to_csv(path, sep=separator, index=False)
        check(synfer.read(path), "day1")

    @pytest.mark.parametrize("separator", [";", "\t"])
    def test_decimal_commas(self, frame, tmp_path, separator):
        path = tmp_path / "day1.csv"
        frame.to_csv(path, sep=separator, decimal=",", index=False)
        check(synfer.read(path))

    @pytest.mark.parametrize("mark", ["n/a", "None", "NULL", "null", "-nan", "-NaN", "NA", "<NA>", "#N/A"])
    def test_marks_of_missing_values(self, frame, tmp_path, mark):
        path = tmp_path / "day1.csv"
        frame.to_csv(path, na_rep=mark, index=False)
        check(synfer.read(path))
        with pytest.raises(synfer.DataError, match=f"found '{mark}', which stands for a missing value"):
            frame.assign(stimulus1=mark).to_csv(path, index=False)
            synfer.read(path)

    @pytest.mark.parametrize("before", ["sep=,\n", "# rig 4, upper\n#\n", "sep=,\n# rig 4\n\n"])
    def test_lines_before_the_names(self, frame, tmp_path, before):
        path = tmp_path / "day1.csv"
        path.write_text(before + frame.to_csv(index=False) + ",,,,\n" * 3)
        check(synfer.read(path))
        path.write_text(before + frame.assign(reward="much").to_csv(index=False))
        with pytest.raises(synfer.DataError) as error:
            synfer.read(path)
        assert error.value.row == before.count("\n") + 2, "as an editor counts lines"

    def test_a_decimal_comma_between_commas_is_named(self, frame, tmp_path):
        path = tmp_path / "day1.csv"
        frame.assign(reward=["2,5"] * STEPS).to_csv(path, index=False)
        with pytest.raises(synfer.DataError, match="found '2,5', expected a number with a decimal point"):
            synfer.read(path)

    def test_a_cut_packed_file_is_refused(self, frame, tmp_path):
        path = tmp_path / "day1.csv.gz"
        path.write_bytes(gzip.compress(frame.to_csv(index=False).encode())[:-9])
        with pytest.raises(synfer.DataError, match="breaks off or is damaged"):
            synfer.read(path)


def arrays(**changes):
    """MATLAB's variables: columns of numbers."""
    return {"choice": CHOICE[:, None], "reward": REWARD[:, None], "stimulus": cells(STIMULUS), **changes}


def cells(texts):
    array = np.empty(np.shape(texts), dtype=object)
    array[...] = texts
    return array


def records(rows):
    """A struct array of one element a row."""
    array = np.zeros((1, len(rows)), dtype=[(name, object) for name in rows[0]])
    for i, row in enumerate(rows):
        array[0, i] = tuple(row.values())
    return array


class TestMatlab:
    @pytest.mark.parametrize(
        "variables",
        [
            arrays(),
            arrays(choice=CHOICE, reward=REWARD),
            arrays(session="day1", animal=7.0),
            arrays(stimulus=None, stimulus0=np.array([LEFT] * STEPS), stimulus1=np.array([RIGHT] * STEPS)),
            {"data": arrays()},
            {"rig": {"number": 4.0, "day": arrays()}, "animal": "m7"},
            arrays(X=np.ones((STEPS, 2)), R=3.0),
            {"trials": records([{"choice": c, "reward": r, "stimulus": cells([[LEFT, RIGHT]])} for c, r in zip(CHOICE, REWARD)])},
        ],
        ids=["cells", "rows", "names", "characters", "struct", "nested", "stray", "steps"],
    )
    @pytest.mark.parametrize("packed", [False, True])
    def test_shapes(self, variables, packed, tmp_path):
        path = tmp_path / "day1.mat"
        scipy.io.savemat(path, {name: value for name, value in variables.items() if value is not None}, do_compression=packed)
        check(synfer.read(path), "day1")

    def test_a_struct_array_of_sessions(self, tmp_path):
        path = tmp_path / "m7.mat"
        scipy.io.savemat(path, {"days": records([{**arrays(), "animal": "m7"}, {**arrays(reward=1 - REWARD[:, None]), "animal": "m7"}])})
        first, second = synfer.read(path)
        assert (first.animal, first.name, second.name) == ("m7", "days1", "days2")
        check([first])
        np.testing.assert_array_equal(second.reward, 1 - REWARD)

    def test_structs_beside_one_another_are_sessions(self, tmp_path):
        path = tmp_path / "m7.mat"
        scipy.io.savemat(path, {"monday": arrays(), "tuesday": arrays(reward=1 - REWARD[:, None])})
        first, second = synfer.read(path)
        assert {first.name, second.name} == {"monday", "tuesday"}

    @pytest.mark.parametrize("header", [False, True])
    def test_plain_hdf5_as_h5py_writes_it(self, header, tmp_path):
        path = tmp_path / "day1.mat"
        with h5py.File(path, "w", userblock_size=512 if header else 0) as file:
            file["choice"] = CHOICE
            file["reward"] = REWARD
            file["stimulus"] = STIMULUS.astype("S")
        if header:
            with open(path, "r+b") as file:
                file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")
        check(synfer.read(path), "day1")

    def test_labels_joined_to_one_line(self, tmp_path):
        path = tmp_path / "day1.mat"
        with h5py.File(path, "w") as file:
            for name, values in (("choice", CHOICE), ("reward", REWARD)):
                file[name] = values[None, :]
                file[name].attrs["MATLAB_class"] = np.bytes_("double")
            for name, label in (("stimulus0", LEFT), ("stimulus1", RIGHT)):
                file[name] = np.array([[ord(c) for c in (label + "\0") * STEPS]], dtype=np.uint16)
                file[name].attrs["MATLAB_class"] = np.bytes_("char")
        check(synfer.read(path))

    def test_cells_of_version_73_are_references(self, tmp_path):
        path = tmp_path / "day1.mat"
        with h5py.File(path, "w") as file:
            data = file.create_group("data")
            data.attrs["MATLAB_class"] = np.bytes_("struct")
            for name, values in (("choice", CHOICE), ("reward", REWARD)):
                data[name] = values[None, :]
                data[name].attrs["MATLAB_class"] = np.bytes_("double")
            targets = {}
            for label in (LEFT, RIGHT):
                targets[label] = file.create_dataset(f"#refs#/{label}", data=np.array([[ord(c)] for c in label], dtype=np.uint16))
                targets[label].attrs["MATLAB_class"] = np.bytes_("char")
            stimulus = data.create_dataset("stimulus", (2, STEPS), dtype=h5py.ref_dtype)
            stimulus.attrs["MATLAB_class"] = np.bytes_("cell")
            for k, label in enumerate((LEFT, RIGHT)):
                for t in range(STEPS):
                    stimulus[k, t] = targets[label].ref
        check(synfer.read(path), "day1")

    def test_what_does_not_fit_is_listed(self, tmp_path):
        path = tmp_path / "day1.mat"
        scipy.io.savemat(path, {"licks": np.ones((3, 2)), "Data": {"lick": 1.0, "water": 2.0}})
        with pytest.raises(synfer.DataError) as error:
            synfer.read(path)
        assert "licks (3 x 2 numbers)" in str(error.value) and "Data (struct of lick, water)" in str(error.value)


class TestNumpy:
    @pytest.mark.parametrize("session", ["day12", np.array(["day12"]), np.int64(12)])
    def test_a_single_session(self, session, tmp_path):
        path = tmp_path / "a.npz"
        np.savez(path, choice=CHOICE, reward=REWARD, stimulus=STIMULUS, session=session, animal="m7")
        check(synfer.read(path), str(np.ravel(session)[0]))

    def test_sessions_by_trials_are_named_by_their_shape(self, tmp_path):
        path = tmp_path / "a.npz"
        np.savez(path, choice=np.tile(CHOICE, (3, 1)), reward=np.tile(REWARD, (3, 1)), stimulus=np.tile(STIMULUS, (3, 1, 1)))
        with pytest.raises(synfer.DataError, match="found 3 x 10 values, expected one a step; where they are sessions x trials"):
            synfer.read(path)


class TestNwb:
    @staticmethod
    def write(path, trials, series=None, **index):
        """Trials as pynwb writes them; `index` makes a column ragged by the ends of its rows."""
        from datetime import datetime, timezone

        import pynwb

        nwb = pynwb.NWBFile("s", "i", datetime(2031, 1, 1, tzinfo=timezone.utc), session_id="day1")
        rows = len(trials["start_time"])
        table = pynwb.epoch.TimeIntervals("trials", "t")
        ragged = {name: np.split(values, index[name])[:-1] for name, values in trials.items() if name in index}
        for name in trials:
            if name != "start_time":
                table.add_column(name, name, index=name in ragged)
        for t in range(rows):
            row = {name: ragged[name][t].tolist() if name in ragged else values[t] for name, values in trials.items()}
            table.add_interval(stop_time=float(row["start_time"]) + 1, **row)
        nwb.trials = table
        if series is not None:
            nwb.add_acquisition(pynwb.TimeSeries("dff", data=series[1], timestamps=series[0], unit="a.u."))
        with pynwb.NWBHDF5IO(path, "w") as io:
            io.write(nwb)

    @pytest.fixture
    def trials(self):
        return {
            "start_time": np.arange(STEPS) * 2.0,
            "choice": CHOICE,
            "reward": REWARD,
            "stimulus0": [LEFT] * STEPS,
            "stimulus1": [RIGHT] * STEPS,
        }

    def test_a_ragged_column_of_as_many_values_as_rows_is_refused(self, trials, tmp_path):
        path = tmp_path / "day1.nwb"
        ends = np.array([0, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        self.write(path, {**trials, "reward": np.ones(STEPS)}, reward=ends)
        with pytest.raises(synfer.DataError, match="is ragged: 'reward_index' gives its rows 0 to 2 values"):
            synfer.read(path)

    def test_a_ragged_column_of_one_value_at_most_is_read(self, trials, tmp_path):
        path = tmp_path / "day1.nwb"
        known = ~np.isnan(REWARD)
        self.write(path, {**trials, "reward": REWARD[known]}, reward=np.cumsum(known))
        check(synfer.read(path), "day1")

    def test_a_ragged_column_not_asked_for_does_no_harm(self, trials, tmp_path):
        path = tmp_path / "day1.nwb"
        self.write(path, {**trials, "licks": np.arange(12.0)}, licks=np.array([0, 5, 5, 6, 7, 8, 9, 10, 11, 12]))
        check(synfer.read(path), "day1")

    def test_rows_out_of_order(self, trials, tmp_path):
        path = tmp_path / "day1.nwb"
        order = np.random.default_rng(4).permutation(STEPS)
        self.write(path, {name: np.asarray(values)[order].tolist() for name, values in trials.items()})
        with pytest.raises(synfer.DataError, match="sort=\"time\""):
            synfer.read(path)
        check(synfer.read(path, data__sort="time"), "day1")

    def test_windows_without_samples(self, trials, tmp_path):
        path = tmp_path / "day1.nwb"
        self.write(path, trials, series=(np.arange(0, 20, 0.5), np.ones((40, 2))))
        with pytest.raises(synfer.DataError, match="no step has a sample in its window, 500 to 501 s after 'start_time'"):
            synfer.read(path, data__activity__series="dff", data__activity__window=[500, 501])


class TestCopies:
    def test_in_every_format(self, frame, tmp_path):
        np.savez(tmp_path / "a.npz", choice=CHOICE, reward=REWARD, stimulus=STIMULUS)
        scipy.io.savemat(tmp_path / "a.mat", arrays())
        frame.to_csv(tmp_path / "a.tsv", sep="\t", index=False)
        for name in ("a.npz", "a.mat", "a.tsv"):
            original = tmp_path / name
            copy = tmp_path / f"copy of {name}"
            copy.write_bytes(original.read_bytes())
            with pytest.raises(synfer.DataError, match="holds the same bytes as") as error:
                synfer.read(original, copy)
            assert original.name in str(error.value) and copy.name in str(error.value)


def case(name):
    path = CASES / name
    if not path.exists():
        pytest.skip(f"the files from use are absent: there is no {path}")
    return path


ARMS = {"data__arms": ["left", "right"]}
PAID_EITHER_WAY = {"data__rewards_on_rejection": True}


@pytest.mark.parametrize(
    ("name", "steps", "settings"),
    [
        ("matlab/struct.mat", 250, {}),
        ("matlab/struct_array.mat", 250, ARMS),
        ("matlab/m73_struct.mat", 250, ARMS),
        ("matlab/bpod.mat", 250, {"columns": {"choice": "Choice"}, **ARMS}),
        ("matlab/other_names.mat", 250, PAID_EITHER_WAY),
        ("matlab/one_typo.mat", 250, {}),
        ("matlab/cellstr.mat", 250, {}),
        ("matlab/m73_cell.mat", 250, {}),
        ("matlab/hs_plain.mat", 250, {}),
        ("matlab/x_and_choice.mat", 250, {"columns": {"x": "X"}, **PAID_EITHER_WAY}),
        ("matlab/r_only_extra.mat", 250, {}),
        ("matlab/session_number.mat", 250, {}),
        ("matlab/session_text.mat", 250, {}),
        ("matlab/scalar_session.npz", 250, {}),
        ("tables/pipe.csv", 1200, {}),
        ("tables/packed.csv.gz", 1200, {}),
        ("tables/semicolon_decimal_comma.csv", 1200, {}),
        ("tables/sep_line.csv", 1200, {}),
        ("tables/comment_lines.csv", 1200, {}),
        ("tables/blank_tail.csv", 1200, {}),
        ("tables/reward_lower_true.csv", 1200, {}),
        ("nwb/choice_text.nwb", 200, {}),
        ("nwb/forage_nan.nwb", 200, {}),
        ("nwb/forage_auto.nwb", 200, {}),
        ("nwb/ragged_beside.nwb", 200, {}),
        ("nwb/activity.nwb", 200, {}),
    ],
)
def test_cases_that_are_read(name, steps, settings):
    sessions = synfer.read(case(name), **settings)
    assert sum(len(session.choice) for session in sessions) == steps


@pytest.mark.parametrize("name", ["pipe.csv", "packed.csv.gz", "semicolon_decimal_comma.csv", "sep_line.csv", "comment_lines.csv"])
def test_cases_of_one_table_hold_the_same(name):
    plain = synfer.read(case("tables/blank_tail.csv"))
    for ours, other in zip(synfer.read(case(f"tables/{name}")), plain, strict=True):
        np.testing.assert_array_equal(ours.choice, other.choice)
        np.testing.assert_array_equal(ours.reward, other.reward)


def test_a_shuffled_nwb_file_sorted_is_the_sorted_one():
    shuffled = case("order/shuffled.nwb")
    with pytest.raises(synfer.DataError, match="sort=\"time\""):
        synfer.read(shuffled)
    (ours,) = synfer.read(shuffled, data__sort="time")
    (truth,) = synfer.read(case("order/sorted.nwb"))
    np.testing.assert_array_equal(ours.choice, truth.choice)
    np.testing.assert_array_equal(ours.reward, truth.reward)
    np.testing.assert_array_equal(ours.trial, truth.trial)


@pytest.mark.parametrize(
    ("name", "says", "settings"),
    [
        ("matlab/padded.npz", "found 4 x 250 values", {}),
        ("matlab/bpod.mat", "is it .Choice.", {}),
        ("tables/book.xlsx", "save the sheet as CSV", {}),
        ("nwb/reward_ragged_other_total.nwb", "is ragged", {}),
        ("nwb/activity.nwb", "no step has a sample", {"data__activity__series": "dff", "data__activity__window": [2000, 2001]}),
        ("duplicates/flies", "holds the same bytes as", {}),
    ],
)
def test_cases_that_are_refused(name, says, settings):
    with pytest.raises(synfer.DataError, match=says):
        synfer.read(case(name), **settings)
