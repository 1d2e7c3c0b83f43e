"""The scikit-learn style of use."""

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


def test_all_trials_are_fitted(simulated):
    rule = synfer.PlasticityEstimator(rule="x*r").fit(simulated)
    assert rule.result_.json["fit"]["observations"] == simulated.inventory()["choices"]
