"""Sessions come from files, arrays and tables, and are the same whichever way they came."""

import pickle
import sys

import numpy as np
import pandas
import pytest
from conftest import ROOT

import synfer

NAN = float("nan")


def session(**changes):
    given = {"choice": [0, 1, 1], "reward": [NAN, 1, 0], "stimulus": ["A", "B", "A"]}
    return synfer.Session(**{**given, **changes})


def test_one_table_without_sessions_does_not_hold_two():
    table = pandas.DataFrame(
        {"trial": [1, 2, 1, 2], "stimulus": ["a", "b"] * 2, "choice": [1, 1, 1, 1], "reward": [0, 1, 0, 1]}
    )
    with pytest.raises(synfer.DataError, match=r"row 4 \(index 2\), column trial: trial 1 comes after trial 2 in session"):
        synfer.from_frame(table)


def test_trials_that_are_no_numbers_are_refused_with_their_place():
    table = pandas.DataFrame({"trial": ["one", "two"], "stimulus": ["a", "b"], "choice": [1, 1], "reward": [0, 1]})
    with pytest.raises(synfer.DataError, match=r"row 2 \(index 0\), column trial"):
        synfer.from_frame(table)


def test_fits_are_of_groups_of_sessions(tmp_path):
    for one in ("flies", tmp_path, pandas.DataFrame({"trial": [1]})):
        with pytest.raises(TypeError, match="groups of sessions"):
            synfer.map_fits(one)


def test_an_acceptance_ends_a_trial():
    assert session().trial.tolist() == [0, 0, 1]
    assert session().trials == 2
    assert session().learns == [False, True, True]


def test_a_choice_among_two_offers_is_a_trial_of_its_own():
    two = session(choice=[0, 1, NAN], reward=[1, 0, NAN], stimulus=[["A", "B"]] * 3)
    assert (two.offers, two.trials, two.choice.tolist()) == (2, 3, [0, 1, -1])


def test_arrays_are_views_that_cannot_be_written_to():
    x = session(stimulus=None, x=np.arange(6.0).reshape(3, 2)).x
    assert x.shape == (3, 1, 2)
    assert not x.flags.owndata and not x.flags.writeable


def test_a_view_outlives_its_session():
    reward = session(reward=[NAN, 0.25, 0.5]).reward
    junk = [session() for _ in range(100)]
    assert reward[1:].tolist() == [0.25, 0.5] and len(junk) == 100


@pytest.mark.parametrize(
    ("changes", "column", "says"),
    [
        ({"choice": [0, 2, 1]}, "choice", r"choice\[1\]: found '2'"),
        ({"choice": [0, 0.5, 1]}, "choice", r"choice\[1\]: found '0.5'"),
        ({"reward": [1, 1, 0]}, "reward", r"reward\[0\]: found '1' on a step that rejected its offer"),
        ({"reward": [NAN, NAN, NAN]}, "reward", "no reward is known"),
        ({"reward": [NAN, float("inf"), 0]}, "reward", r"reward\[1\]: found 'inf', expected a finite number; write NaN"),
        ({"reward": [NAN, 1]}, "reward", "found 2 steps, expected 3 as in 'choice'"),
        ({"reward": 1}, "reward", "found a single value"),
        ({"trial": [0, 0, 0]}, "trial", r"trial\[2\]: trial 0 goes on after an acceptance"),
        ({"trial": [5, 5, 4]}, "trial", r"trial\[2\]: trial 4 comes after trial 5.*sort the arrays or set sort=.trial.*make a Session of it"),
        ({"time": [0, 2, 1]}, "time", r"time\[2\]: time 1 comes after 2"),
        ({"stimulus": None}, "stimulus", "expected stimulus .names., x .vectors., or arms"),
        ({"stimulus": ["A", None, "B"]}, "stimulus", r"stimulus\[1\]: the value is missing"),
        ({"stimulus": [1.0, NAN, 2.0]}, "stimulus", r"stimulus\[1\]: the value is missing"),
        ({"stimulus": [["A", "B"], ["A"], ["B"]]}, "stimulus", "rows of different lengths"),
        ({"stimulus": [1, "1.0", 2]}, "stimulus", r"stimulus\[1\]: found the label '1.0', which is '1'"),
        ({"stimulus": ["A", "B"]}, "stimulus", r"found 2 labels for 3 steps.*arms=\[\"A\", \"B\"\]"),
        ({"arms": ["A", "B"]}, "stimulus", "says what was offered, and so does arms"),
        ({"stimulus": None, "x": [[1], [NAN], [0]]}, "x", r"x\[1, 0\]: the value is missing.*the stimulus must be known"),
        ({"stimulus": None, "x": [["a"], ["b"], ["c"]]}, "x", "expected numbers"),
        ({"recordings": [[1.0], [2.0]]}, "recordings", "found 2 steps, expected 3"),
        ({"recordings": [[1.0], [2.0], [float("inf")]]}, "recordings", r"recordings\[2, 0\]: found 'inf'"),
        ({"recordings": [1, 2, 3], "recorded_neurons": [-1]}, "recorded_neurons", "expected 1 different whole numbers from 0"),
        ({"scored": [1, 0, 2]}, "scored", r"scored\[2\]: found '2', expected 0 or 1"),
        ({"choice": [], "reward": [], "stimulus": []}, "", "found no steps"),
    ],
)
def test_arrays_that_contradict_one_another_are_refused(changes, column, says):
    with pytest.raises(synfer.DataError, match=says) as caught:
        session(**changes)
    assert (caught.value.file, caught.value.column) == ("session session", column)


def test_sessions_pickle(simulated):
    again = pickle.loads(pickle.dumps(simulated))
    assert again == simulated
    assert again.rule == simulated.rule
    np.testing.assert_array_equal(again.x_seen[1], simulated.x_seen[1])
    full = session(
        recordings=[[1, NAN], [2, 3], [4, 5]], recorded_neurons=[4, 7], scored=[1, 0, 1], time=[0.5, 2, 3], learns=[1, 1, 0]
    )
    again = pickle.loads(pickle.dumps(full))
    assert again == full != session()
    assert (again.scored, again.time.tolist(), again.learns) == ([True, False, True], [0.5, 2, 3], [True, True, False])
    for field in ({"scored": [1, 1, 1]}, {"time": [0, 1, 2]}, {"learns": [0, 1, 0]}):
        assert (session(**field) == session()) == (field == {"scored": [1, 1, 1]})


def test_a_table_gives_the_sessions_that_it_was_made_of(simulated):
    assert list(synfer.from_frame(simulated.to_frame())) == list(simulated)


def test_columns_are_mapped():
    frame = pandas.DataFrame(
        {
            "fly": [1, 1, 1, 2],
            "trial_number": [1, 1, 2, 1],
            "odour": ["A", "B", "A", "A"],
            "took_it": [False, True, True, True],
            "sugar": [None, 1, 0, 1],
        }
    )
    columns = {"session": "fly", "trial": "trial_number", "stimulus": "odour", "choice": "took_it", "reward": "sugar"}
    flies = synfer.from_frame(frame, columns)
    assert [len(fly) for fly in flies] == [3, 1]
    assert flies.inventory()["rewards"] == 2
    one = synfer.Session.from_frame(frame[frame["fly"] == 1], columns)
    assert one.stimuli == ["A", "B"]
    with pytest.raises(synfer.DataError, match="found 2 sessions"):
        synfer.Session.from_frame(frame, columns)


def test_what_lies_beside_the_data_is_named_where_it_is_not_read(simulated, tmp_path):
    simulated.to_frame().to_csv(tmp_path / "sessions.csv", index=False)
    (tmp_path / "Fly1.mat").write_bytes((ROOT / "examples/data/flies/Fly1.mat").read_bytes())
    with pytest.warns(UserWarning, match="not read, being of another format"):
        synfer.read(tmp_path)


def test_what_is_not_installed_is_named_with_what_installs_it(simulated, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ModuleNotFoundError, match="pip install pandas"):
        simulated.to_frame()


def test_a_table_can_be_fitted_as_it_is(simulated):
    own = simulated.to_frame().rename(columns={"choice": "took_it"})
    fitted = synfer.fit(own, rule="x*r", data__columns__choice="took_it")
    assert fitted.estimates == synfer.fit(simulated, rule="x*r").estimates


def test_a_fault_in_a_table_is_pointed_at(simulated):
    frame = simulated.to_frame()
    frame.loc[3, "choice"] = 7
    with pytest.raises(synfer.DataError) as caught:
        synfer.from_frame(frame)
    assert (caught.value.file, caught.value.row, caught.value.column) == ("the table", 5, "choice")
    with pytest.raises(synfer.ConfigurationError) as unknown:
        synfer.from_frame(frame, {"choise": "choice"})
    assert unknown.value.nearest == "data.columns.choice"


def test_sessions_say_what_they_hold(simulated):
    assert repr(simulated).startswith("4 sessions of 4 animals: ")
    assert repr(session()) == "Session 'session' of animal 'animal': 3 steps in 2 trials, accept or reject"
    assert simulated._repr_html_().count("<tr>") == 5
    assert list(simulated.animals) == ["session1", "session2", "session3", "session4"]
