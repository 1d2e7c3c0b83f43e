"""Sessions come from files, arrays and tables, and are the same whichever way they came."""

import datetime
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
        ({"stimulus": None, "x": [["a"], ["b"], ["c"]]}, "x", r"x\[0, 0\]: found 'a', expected a finite number"),
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


@pytest.fixture
def bandit():
    return pandas.DataFrame(
        {
            "animal": ["m1"] * 3 + ["m2"] * 3,
            "session": [1.0] * 3 + [2.0] * 3,
            "trial": [1, 2, 3] * 2,
            "side": ["left", "right", "none", "right", "left", "left"],
            "reward": [1, 0, NAN, 0, 1, 1],
        }
    )


def test_how_a_table_was_read_is_said_in_words(bandit):
    sessions = synfer.from_frame(bandit)
    assert "column 'side' was taken for the choice" in sessions.how
    assert "a choice of 'none' was taken for no choice" in sessions.how
    for part in (sessions.animals["m2"], sessions[1:], pickle.loads(pickle.dumps(sessions))):
        assert part.how == sessions.how and isinstance(part, synfer.Sessions)
    assert not any("data." in sentence for sentence in sessions.how)
    assert [s.name for s in sessions] == ["1", "2"]


def test_an_index_that_has_names_is_read_as_columns(bandit):
    expected = list(synfer.from_frame(bandit))
    assert list(synfer.from_frame(bandit.set_index(["animal", "session"]))) == expected
    assert list(synfer.from_frame(bandit.set_index("trial"))) == expected
    assert list(synfer.from_frame(bandit.set_index("animal", drop=False))) == expected


def test_types_of_columns_do_not_matter(bandit):
    expected = list(synfer.from_frame(bandit))
    others = [
        bandit.astype({"animal": "category", "side": "category"}),
        bandit.astype({"trial": "Int64", "reward": "Float64", "side": "string"}),
        bandit.assign(session=bandit["session"].astype(int).astype(object)),
        bandit.assign(reward=pandas.array([True, False, None, False, True, True], "boolean")),
    ]
    for table in others:
        assert list(synfer.from_frame(table)) == expected
    assert list(synfer.from_frame({name: bandit[name].tolist() for name in bandit})) == expected
    days = pandas.to_datetime(["2031-02-03"] * 3 + ["2031-02-04"] * 3)
    assert [s.name for s in synfer.from_frame(bandit.assign(session=days))] == ["2031-02-03", "2031-02-04"]
    times = pandas.to_datetime("2031-02-03 10:00:01") + pandas.to_timedelta([0, 2, 4, 6, 8, 10], "s")
    assert synfer.from_frame(bandit.assign(start_time=times))[1].time.tolist() == [6, 8, 10]


def test_large_numbers_are_names_as_they_are_written(bandit):
    sessions = synfer.from_frame(bandit.assign(animal=[100000] * 3 + [2**60] * 3, session=20310203))
    assert [(s.animal, s.name) for s in sessions] == [("100000", "20310203"), (str(2**60), "20310203")]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: pandas.concat([t, t[["side"]]], axis=1), "column side: two columns have this name; rename or remove one"),
        (lambda t: t.iloc[:0], "found no steps"),
        (lambda t: t[[]], "the table has no columns"),
        (lambda t: t.assign(session=[1, 1, None, 2, 2, 2]), r"row 4 \(index 2\), column session: the value is missing"),
        (lambda t: t.iloc[[0, 3, 1, 4, 2, 5]], r'row 4 \(index 1\), column session: .*set sort="trial"'),
        (lambda t: {"side": ["left"], "reward": [1, 0]}, "columns with one entry a step"),
    ],
)
def test_tables_that_are_unsound_are_refused(bandit, change, says):
    with pytest.raises(synfer.DataError, match=says) as caught:
        synfer.from_frame(change(bandit))
    assert caught.value.file == "the table"


def test_what_is_no_table_is_refused():
    with pytest.raises(TypeError, match="found int, expected a pandas table or a dict of columns"):
        synfer.from_frame(5)


def test_settings_of_data_need_no_prefix(bandit):
    mapped = bandit.rename(columns={"side": "choice"})
    given = {"choice_values": ["right", "left"], "no_choice": ["none", None], "arms": ["right", "left"]}
    plain = synfer.from_frame(mapped, **given)
    assert plain[0].choice.tolist() == [1, 0, -1]
    assert list(synfer.from_frame(mapped, **{f"data__{key}": value for key, value in given.items()})) == list(plain)
    fitted = synfer.fit(mapped, "x*r", network__hidden=0, evaluation__cross_validate="none", **given)
    assert fitted.json["data"]["sessions"] == 2
    with pytest.raises(synfer.ConfigurationError, match="choise_values"):
        synfer.from_frame(mapped, choise_values=["left"])


def test_paths_may_come_as_a_list(simulated, tmp_path):
    for place, one in enumerate(simulated[:2]):
        one.to_frame().to_csv(tmp_path / f"{place}.csv", index=False)
    paths = [tmp_path / "0.csv", str(tmp_path / "1.csv")]
    assert list(synfer.read(paths)) == list(synfer.read(*paths)) == list(simulated[:2])


def test_a_session_of_an_animal_is_given_once():
    with pytest.raises(synfer.DataError, match="session 'session' of animal 'animal' is in the sessions given already"):
        synfer.fit([session(), session(reward=[NAN, 0, 1])], "x*r")


def test_minus_one_is_a_label_where_it_is_offered():
    offers = [[-1, 1], [1, -1], [1, -1]]
    assert session(choice=[-1, 1, NAN], reward=[1, 0, NAN], stimulus=offers).choice.tolist() == [0, 0, -1]
    assert session(choice=[1, 0, -1], reward=[1, 0, NAN], stimulus=[["A", "B"]] * 3).choice.tolist() == [1, 0, -1]


def test_neural_data_alone_have_no_choices():
    alone = session(choice=[-1, -1, -1], reward=[NAN, 1, 0], stimulus=None, x=np.eye(3), recordings=[[1.0], [2], [3]])
    assert (alone.trials, alone.learns, alone.reward.tolist()[1:]) == (3, [True] * 3, [1, 0])
    again = synfer.Session(alone.choice, alone.reward, x=alone.x, recordings=alone.recordings, trial=alone.trial)
    assert again == alone


def test_what_is_masked_is_missing():
    choice = np.ma.array([0, 1, 1, 1], mask=[0, 0, 1, 0])
    reward = np.ma.array([np.nan, 1.0, 5.0, 7.0], mask=[0, 0, 1, 1])
    of_arrays = synfer.Session(choice, reward, stimulus=["A"] * 4)
    of_columns = synfer.from_frame({"choice": choice, "reward": reward, "stimulus": ["A"] * 4})[0]
    for session in (of_arrays, of_columns):
        assert session.choice.tolist() == [0, 1, -1, 1]
        np.testing.assert_equal(session.reward, [np.nan, 1, np.nan, np.nan])
    words = synfer.Session(np.ma.array(["l", "r", "l"], mask=[0, 0, 1]), [0, 1, np.nan])
    assert words.choice.tolist() == [0, 1, -1]


@pytest.mark.parametrize("zone", [None, datetime.timezone.utc, datetime.timezone(datetime.timedelta(hours=2))])
def test_dates_are_seconds_whatever_their_zone(zone):
    first = datetime.datetime(2024, 1, 1, 23, 59, 59, tzinfo=zone)
    times = [first + datetime.timedelta(seconds=s) for s in (0, 1.5, 3)]
    pandas = pytest.importorskip("pandas")
    for given in (times, np.array(times, object), pandas.Series(times)):
        assert synfer.Session(["l", "r", "l"], [0, 1, 0], time=given).time.tolist() == [0, 1.5, 3]
    frame = pandas.DataFrame({"choice": ["l", "r", "l"], "reward": [0, 1, 0], "start_time": times})
    assert synfer.from_frame(frame)[0].time.tolist() == [0, 1.5, 3]


def test_series_of_another_index_are_refused():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"choice": ["l", "r", "l"], "reward": [0, 1, 1]})
    with pytest.raises(synfer.DataError, match="reward: found another index than that of choice"):
        synfer.Session(frame.choice, frame.reward[::-1])
    assert synfer.Session(frame.choice, frame.reward[::-1].to_numpy()).reward.tolist() == [1, 1, 0]


def test_a_session_keeps_how_it_was_understood():
    session = synfer.Session(["l", "r", "l"], [0, 1, 0], name="a")
    assert any("l, r were taken for the arms" in sentence for sentence in session.how)
    again = pickle.loads(pickle.dumps(session))
    assert again.how == session.how and again == session
    assert synfer.Session(["l", "r", "l"], [0, 1, 0], stimulus=[["l", "r"]] * 3, name="a") == session
    assert set(session.how) <= set(synfer.Sessions([session]).how)


def test_several_sessions_have_no_one_picture_of_choices():
    pytest.importorskip("matplotlib")
    session = synfer.Session(["l", "r", "l"], [0, 1, 0])
    assert synfer.Sessions([session]).plot_choices().get_title() == "animal, session"
    with pytest.raises(ValueError, match=r"sessions\[0\].plot_choices\(\)"):
        synfer.Sessions([session, session]).plot_choices()
