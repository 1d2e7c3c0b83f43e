"""An error says what was found, what was expected and what to do, and points at the fault."""

import pickle

import pytest

import synfer


def test_a_mistyped_setting_gets_a_suggestion(simulated):
    with pytest.raises(synfer.ConfigurationError, match="did you mean fit.epochs") as caught:
        synfer.fit(simulated, fit__epoch=3)
    assert (caught.value.key, caught.value.nearest) == ("fit.epoch", "fit.epochs")


def test_a_value_out_of_range_is_refused(simulated):
    with pytest.raises(synfer.ConfigurationError, match="fit.epochs") as caught:
        synfer.fit(simulated, fit__epochs=-1)
    assert caught.value.key == "fit.epochs"


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
