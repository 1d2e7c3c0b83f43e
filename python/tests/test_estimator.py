"""The scikit-learn style of use."""

import numpy as np
import pandas
import pytest

import synfer


def test_parameters_go_in_and_come_out():
    rule = synfer.PlasticityEstimator(rule="x*r", seed=3)
    assert rule.get_params() == {"rule": "x*r", "null": "training_rate", "seed": 3}
    rule.set_params(rule="x*r + w", seed=4)
    assert type(rule)(**rule.get_params()).get_params() == rule.get_params()


def test_the_score_is_percent_deviance_on_sessions_given(simulated):
    rule = synfer.PlasticityEstimator(rule="x*r + w", stimulus__in_fit="filtered").fit(simulated[:3])
    score = rule.score(simulated[3:])
    assert score == synfer.evaluate(rule.result_, simulated[3:]).percent_deviance("training_rate")
    assert rule.coef_["x*r"] == rule.result_.coefficients["x*r"]


CODED = {
    "columns": {"choice": "side", "reward": "drops"},
    "choice_values": ["l", "r"],
    "no_choice": ["none"],
    "history.covariates": [],
    "evaluation.cross_validate": "none",
}


@pytest.fixture
def coded(tmp_path):
    """Two tables whose choices are coded, and the same sessions."""
    sessions = synfer.simulate("x*r", sessions=4, task__kind="choice", task__trials_per_block=15)
    paths = []
    for part in (sessions[:2], sessions[2:]):
        table = part.to_frame()
        table["side"] = ["l" if choice == 0 else "r" for choice in table.pop("choice")]
        paths.append(tmp_path / f"part{len(paths)}.csv")
        table.rename(columns={"reward": "drops"}).to_csv(paths[-1], index=False)
    return paths


def test_files_are_scored_as_those_of_the_fit_were_read(coded):
    first, second = coded
    rule = synfer.PlasticityEstimator(rule="x*r", **CODED).fit(first)
    reading = {name: CODED[name] for name in ("columns", "choice_values", "no_choice")}
    by_hand = synfer.evaluate(rule.result_, synfer.read(second, **reading))
    assert rule.score(second) == by_hand.percent_deviance("training_rate")
    assert rule.score(pandas.read_csv(second)) == rule.score(second)
    assert synfer.evaluate(rule.result_, second).json["evaluation"] == by_hand.json["evaluation"]
    # What is given holds over what the fit had: here the choices of the file would be of the other side.
    other = synfer.evaluate(rule.result_, second, choice_values=["r", "l"])
    assert other.percent_deviance() != by_hand.percent_deviance()
    check = synfer.design_check(second, rule.result_, design__replicates=1, design__multiples=[1])
    assert check.json["data"]["choices"] == by_hand.json["data"]["choices"]


def test_all_trials_are_fitted(simulated):
    rule = synfer.PlasticityEstimator(rule="x*r").fit(simulated)
    assert rule.result_.json["fit"]["observations"] == simulated.inventory()["choices"]


# Those of scikit-learn's own checks that ask nothing of X. The others fit tables of numbers, where a sample here is a
# session; and check_no_attributes_set_in_init forbids settings by keyword.
CONVENTIONS = [
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_get_params_invariance",
    "check_set_params",
    "check_parameters_default_constructible",
    "check_mixin_order",
    "check_estimators_unfitted",
    "check_estimator_sparse_tag",
]


@pytest.mark.parametrize("name", CONVENTIONS)
def test_conventions_of_scikit_learn_are_kept(name):
    checks = pytest.importorskip("sklearn.utils.estimator_checks")
    getattr(checks, name)("PlasticityEstimator", synfer.PlasticityEstimator(rule="x*r"))


def test_scikit_learn_cross_validates_over_animals_and_chooses_among_rules(simulated):
    selection = pytest.importorskip("sklearn.model_selection")
    from sklearn.base import clone

    rule = synfer.PlasticityEstimator(rule="x*r", stimulus__in_fit="filtered", history__covariates=[])
    assert clone(rule).get_params() == rule.get_params()
    scores = selection.cross_val_score(rule, simulated, cv=2)
    by_hand = [
        clone(rule).fit(simulated[2:]).score(simulated[:2]),
        clone(rule).fit(simulated[:2]).score(simulated[2:]),
    ]
    assert list(scores) == by_hand
    animals = [session.animal for session in simulated]
    search = selection.GridSearchCV(rule, {"rule": ["w", "x*r"]}, cv=selection.GroupKFold(2))
    search.fit(simulated, groups=animals)
    assert search.best_params_ == {"rule": "x*r"}  # by which they learn


def test_tables_of_numbers_are_refused_in_words():
    with pytest.raises(TypeError, match="one sample is a synfer.Session"):
        synfer.PlasticityEstimator().fit(np.zeros((10, 2)))
