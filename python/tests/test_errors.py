"""An error says what was found, what was expected and what to do, and points at the fault."""

import pickle

import pytest

import synfer
from synfer.errors import in_python


def test_a_mistyped_setting_gets_a_suggestion(simulated):
    with pytest.raises(synfer.ConfigurationError, match="did you mean fit__epochs") as caught:
        synfer.fit(simulated, fit__epoch=3)
    assert (caught.value.key, caught.value.nearest) == ("fit.epoch", "fit.epochs")


def test_a_value_out_of_range_is_refused(simulated):
    with pytest.raises(synfer.ConfigurationError, match="fit__epochs") as caught:
        synfer.fit(simulated, fit__epochs=-1)
    assert caught.value.key == "fit.epochs"


@pytest.mark.parametrize(
    "setting",
    [
        {"choice_values": ["l", "r"]},
        {"columns": {"choice": "side"}},
        {"no_choice": ["none"]},
        {"arms": ["l", "r"]},
        {"sort": "trial"},
        {"rewards_on_rejection": True},
        {"data__activity__align": "cue"},
        {"format": "steps"},
    ],
)
@pytest.mark.parametrize("call", [synfer.simulate, synfer.recover])
def test_what_says_how_data_are_read_is_refused_where_none_are(call, setting):
    with pytest.raises(synfer.ConfigurationError, match="says how data are read"):
        call("x*r", **setting)


def test_a_missing_file_is_named():
    with pytest.raises(synfer.DataError, match="no such file") as caught:
        synfer.read("nowhere.csv")
    assert (caught.value.file, caught.value.row, caught.value.column) == ("nowhere.csv", 0, "")


def test_a_rule_that_cannot_be_read_is_refused(simulated):
    with pytest.raises(synfer.ConfigurationError, match="'q' is not one of"):
        synfer.fit(simulated, "x*q")
    with pytest.raises(ValueError, match="leave them out"):
        synfer.fit(simulated, "2*x*r")


def test_a_true_rule_that_overflows_is_refused():
    with pytest.raises(synfer.ConfigurationError) as caught:
        synfer.simulate("1000*w^2 + x", sessions=1)
    assert caught.value.key == "truth.rule"


def test_sessions_that_do_not_belong_together_are_refused(simulated):
    other = synfer.Session([1], [0.0], x=[[0.5, 0.5, 0.5]])
    with pytest.raises(synfer.DataError, match="fit them apart"):
        synfer.fit([*simulated, other])
    with pytest.raises(synfer.DataError, match="there are none"):
        synfer.fit([])


@pytest.mark.parametrize(
    "error",
    [
        synfer.DataError("message", "file.csv", 3, "choice"),
        synfer.ConfigurationError("message", "fit.epoch", "fit.epochs"),
        synfer.OutputError("message", "runs/a"),
        synfer.NonFiniteError("message", "fly", "day", 7, "w^2"),
    ],
)
def test_errors_pickle_with_their_fields(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) and str(again) == "message" and vars(again) == vars(error)
    assert isinstance(error, synfer.SynferError)


@pytest.mark.parametrize(
    ("words", "ours"),
    [
        ("say which it is: data.columns.reward=NAME", 'say which it is: columns={"reward": "NAME"}'),
        ("name the column (data.columns.session)", 'name the column (columns={"session": ...})'),
        ("data.columns.stimulus=left,right, or rename", 'columns={"stimulus": "left,right"}, or rename'),
        ("map names in the configuration (data.columns), or", "map names with columns={...}, or"),
        ("set data.sort=trial; then", 'set sort="trial"; then'),
        ("as data.choice_values=[left, 2], and none in data.no_choice", 'as choice_values=["left", 2], and none in no_choice'),
        ("data.rewards_on_rejection=true", "rewards_on_rejection=True"),
        ("data.carry_weights=true lets them", "data__carry_weights=True lets them"),
        ('(override reward_term.baseline="mean")', '(override reward_term__baseline="mean")'),
        ("rule.terms=[x*r, w]", 'rule__terms=["x*r", "w"]'),
        ("did you mean fit.epochs?", "did you mean fit__epochs?"),
        ("/home/data.sort/data.arms.csv, row 3", "/home/data.sort/data.arms.csv, row 3"),
        ("choose another --out, remove it, or give --overwrite", "choose another path, remove it, or give overwrite=True"),
    ],
)
def test_hints_are_in_the_words_of_python(words, ours):
    assert in_python(words) == in_python(ours) == ours


def test_a_hint_is_what_one_can_type(tmp_path):
    (tmp_path / "a.csv").write_text("trial,stimulus0,stimulus1,choice,reward\n1,L,R,1,0\n2,L,R,2,1\n")
    with pytest.raises(synfer.DataError) as caught:
        synfer.read(tmp_path / "a.csv")
    assert "choice_values=[1, 2]" in str(caught.value)
    assert synfer.read(tmp_path / "a.csv", choice_values=[1, 2])[0].choice.tolist() == [0, 1]
    with pytest.raises(synfer.ConfigurationError, match='^sort: found up .override sort="up".; expected none'):
        synfer.read(tmp_path / "a.csv", sort="up")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"data__choice_values": [1, 2]}, "choice_values"),
        ({"no_choice": ["none"]}, "no_choice"),
        ({"sort": "trial"}, "sort"),
        ({"arms": ["a", "b"]}, "arms"),
        ({"data__columns__reward": "juice"}, 'columns={"reward": ...}'),
        ({"rewards_on_rejection": True}, "rewards_on_rejection"),
    ],
)
def test_settings_of_reading_are_refused_beside_sessions(simulated, fitted, setting, said):
    doors = [
        lambda: synfer.fit(simulated, **setting),
        lambda: synfer.select(list(simulated), **setting),
        lambda: synfer.check(simulated[0], **setting),
        lambda: synfer.evaluate(fitted, simulated, **setting),
        lambda: synfer.design_check(simulated, **setting),
        lambda: synfer.map_fits(simulated.animals, **setting),
    ]
    for door in doors:
        with pytest.raises(synfer.ConfigurationError, match="read already.*from_frame") as caught:
            door()
        assert str(caught.value).startswith(f"{said}: ")


def test_settings_of_data_that_are_not_of_reading_stay(simulated):
    assert synfer.check(simulated, data__carry_weights=False, data__held_out=0.1).unusual == []


@pytest.mark.parametrize(
    ("call", "found"),
    [
        (lambda: synfer.check(None), "NoneType"),
        (lambda: synfer.fit([1, 2]), "int in a list"),
        (lambda: synfer.fit(b"flies.csv"), "bytes"),
        (lambda: synfer.check({"fly": []}), "a dict"),
        (lambda: synfer.read(3), "int"),
        (lambda: synfer.read(b"flies.csv"), "bytes"),
        (lambda: synfer.read(None), "NoneType"),
        (lambda: synfer.evaluate("a run", []), "str"),
    ],
)
def test_what_is_no_data_is_refused_in_one_sentence(call, found):
    with pytest.raises(TypeError, match=f"^found {found}, expected "):
        call()


def test_columns_the_other_way_round_are_told(tmp_path):
    with pytest.raises(synfer.ConfigurationError, match=r'the other way round.*columns=\{"choice": "poke"\}'):
        synfer.read(tmp_path, columns={"poke": "choice"})


def test_one_underscore_in_place_of_two_gets_a_suggestion(simulated):
    with pytest.raises(synfer.ConfigurationError, match="did you mean reward_term__baseline") as caught:
        synfer.fit(simulated, reward_term_baseline="none")
    assert caught.value.nearest == "reward_term.baseline"
