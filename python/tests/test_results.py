"""Results can be read, converted, drawn and kept."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from conftest import PLAIN

import synfer


def test_a_hidden_rule_is_within_its_interval():
    sessions = synfer.simulate("x*r", sessions=10, seed=4)
    found = synfer.fit(sessions, rule="x*r + r", **PLAIN).to_frame()
    assert found.loc["x*r", "low"] < 1 < found.loc["x*r", "high"]
    assert found.loc["r", "low"] < 0 < found.loc["r", "high"]


def test_selection_finds_the_hidden_term():
    sessions = synfer.simulate("x*r", sessions=10, seed=4)
    found = synfer.select(sessions, rule="1 + x + r + w + x*r", **PLAIN)
    assert list(found.coefficients) == ["x*r"]
    assert found.json["selection"]["candidates"] == 5


def test_a_result_prints_and_shows_the_rule(fitted):
    assert "dw/eta = " in repr(fitted) and "*x*r" in repr(fitted)
    assert repr(fitted).startswith("usable: yes\n")
    assert "held out in time, one step ahead" in repr(fitted)
    assert "fitted to" in repr(fitted) and "held out" in repr(fitted)
    html = fitted._repr_html_()
    assert html.count("<table>") == html.count("</table>") == 2
    assert "x*r" in html and "<script" not in html


def test_a_result_says_how_its_data_were_read(simulated):
    table = simulated.to_frame().rename(columns={"animal": "mouse", "reward": "water"})
    result = synfer.fit(table, "x*r", history__covariates=[])
    line = "the data were read so: column 'mouse' was taken for the animal; column 'water' was taken for the reward"
    assert line in repr(result) and line.replace("'", "&#x27;") in result._repr_html_()
    assert "column 'mouse' was taken for the animal" in result.how
    assert "were read so" not in repr(synfer.fit(simulated, "x*r", history__covariates=[]))


def test_terms_stand_in_the_order_of_what_they_do_to_choices(simulated):
    """Rewards of 1e-4 make their coefficients 1e4 times as large, and no more important."""
    table = simulated.to_frame()
    settings = {"history.covariates": [], "evaluation.cross_validate": "none", "evaluation.predictive_draws": 0}
    plain = synfer.fit(synfer.from_frame(table), "x + x*r", **settings)
    small = synfer.fit(synfer.from_frame(table.assign(reward=1e-4 * table.reward)), "x + x*r", **settings)

    def shown(result):
        lines = repr(result).splitlines()
        return [line.split()[0] for line in lines if line.startswith(("x ", "x*r "))]

    assert shown(plain) == shown(small)
    effects = [[term["effect"] for term in one.json["rule"]["terms"]] for one in (plain, small)]
    assert effects[1] == pytest.approx(effects[0], rel=1e-3)


# Held at the wrong sign: any rival predicts better, and a coin flip too.
WRONG = {
    "fit.start": "-2*x*r",
    "rule.frozen": ["x*r"],
    "history.covariates": [],
    "evaluation.cross_validate": "leave_one_out",
    "evaluation.rivals": ["q_learning"],
}


def test_rivals_are_part_of_every_summary(simulated):
    result = synfer.fit(simulated, rule="x*r", **WRONG)
    (coin,) = [rival for rival in result.rivals if rival.name == "coin_flip"]
    assert coin.gain + 2 * coin.standard_error < 0 and coin.sessions == 4
    assert coin.nats == pytest.approx(np.log(2))
    head = repr(result).split("dw/eta")[0]
    for said in (head, result._repr_html_(), " ".join(result.warnings)):
        assert "predicted better by rivals than by the rule: coin_flip by" in said
    assert "gain of the fit" in repr(result) and "<td>coin_flip</td>" in result._repr_html_()


def test_what_converged_may_be_of_no_use(simulated):
    result = synfer.fit(simulated, rule="x*r", **WRONG)
    assert result.state == "converged" and not result.usable
    assert "worse than a coin flip" in result.reasons[0]
    assert repr(result).startswith("usable: no, because it predicts choices worse than a coin flip")
    assert result.warnings[0] == result.reasons[0]
    assert [note.text for note in result.notes if note.kind == "unusable"] == result.reasons


def test_hints_are_in_the_syntax_of_python(simulated):
    sessions = synfer.from_frame(simulated.to_frame().assign(animal="one"))
    warnings = " ".join(synfer.fit(sessions, rule="x*r", history__covariates=[]).warnings)
    assert "data__carry_weights=True lets an animal" in warnings
    assert "data.carry_weights" not in warnings and "evaluation__cross_validate does" in warnings


@pytest.mark.parametrize(
    "said, in_python",
    [
        ("use uncertainty.method=clustered or profile", 'use uncertainty__method="clustered" or profile'),
        ("belief.walk_sd=0.3 belief.estimate_walk_sd=true", "belief__walk_sd=0.3 belief__estimate_walk_sd=True"),
        ("set fit.penalty.kind=none", 'set fit__penalty__kind="none"'),
        ("history.covariates=[bias, rejections].", 'history__covariates=["bias", "rejections"].'),
        ("data.held_out: found 2, expected", "data__held_out: found 2, expected"),
        ("see trace.csv and synfer.settings", "see trace.csv and synfer.settings"),
        ("w rests at a bound of rule.bounds, so", "w rests at a bound of rule__bounds, so"),
    ],
)
def test_settings_in_a_sentence_become_arguments(said, in_python):
    from synfer._hints import in_python as translated

    assert translated(said) == in_python


def test_a_session_that_the_rule_cannot_predict_is_lost_and_not_missing(fitted):
    import json

    lost = json.loads(fitted.text)
    scores = lost["evaluation"]["held_out"]["percent_deviance"]["coin_flip"]
    scores.update(median=None, sessions=[1.0, None, None, None], lost=[1, 2, 3])
    comparison = {"null": "coin_flip", "gain": None, "gain_standard_error": None, "nats_of_null": 0.69}
    comparison |= {"lost_by_fit": 3, "lost_by_null": 0, "sessions": 4, "above_zero": 1}
    lost["cross_validation"] = {"comparisons": [comparison]}
    result = synfer.Result(json.dumps(lost), fitted.configuration)
    assert result.percent_deviance("coin_flip", "held_out") == -np.inf
    assert list(result.scores_to_frame().query("sessions == 'held_out' and null == 'coin_flip'")["value"])[1:4] == [-np.inf] * 3
    assert result.rivals[0].gain == -np.inf
    assert "1 of 4" in repr(result) and "-inf" in repr(result)


def test_columns_do_not_run_together():
    from synfer._text import columns, counted

    first, second = columns([("a", "b", "c"), ("a long name", "-12345.5", "1e+300")], (3, 4, 4))
    assert second == "a long name  -12345.5  1e+300"
    assert first.index("c") == len(second) - 1
    assert counted(1, "file") == "1 file" and counted(2, "file") == "2 files"


def test_scores_are_called_by_what_the_sessions_are(fitted, simulated):
    assert synfer.evaluate(fitted, simulated).scores["held_out"]["sample"] == "the sessions that were fitted"
    fresh = synfer.simulate("x*r", sessions=2, seed=9).to_frame()
    new = synfer.from_frame(fresh.assign(animal="new " + fresh["animal"]))
    scored = synfer.evaluate(fitted, new)
    assert scored.scores["held_out"]["sample"] == "animals never seen"
    assert "animals never seen, one step ahead" in repr(scored) and "held out in time" not in repr(scored)


def test_tables_hold_the_numbers_of_the_json(fitted):
    frame = fitted.to_frame()
    entries = {entry["term"]: entry for entry in fitted.json["rule"]["terms"]}
    assert frame.loc["x*r", "estimate"] == entries["x*r"]["estimate"]
    assert [*frame.loc["x*r", ["low", "high"]]] == entries["x*r"]["interval"]
    scores = fitted.scores_to_frame()
    held_out = scores[(scores["sessions"] == "held_out") & (scores["null"] == "coin_flip")]
    held_out = held_out[held_out["score"] == "percent_deviance"]["value"]
    assert held_out.median() == pytest.approx(fitted.percent_deviance("coin_flip"), abs=1e-12)
    assert fitted.trace()["loss"].iloc[-1] == pytest.approx(fitted.json["fit"]["loss"], rel=1e-3)


def test_covariates_of_history_stand_beside_the_rule(simulated):
    result = synfer.fit(simulated, rule="x*r", history__covariates=["bias"], evaluation__cross_validate="leave_one_out")
    assert [e.name for e in result.history] == ["history.bias"]
    (row,) = [line for line in repr(result).splitlines() if line.startswith("history.bias")]
    assert ".." in row  # its interval
    held_out = result.cross_validation()
    assert set(held_out["animal"]) == set(simulated.animals)


def test_an_animal_that_is_named_by_a_number_keeps_its_name(simulated):
    frame = simulated.to_frame()
    names = {name: f"0{n}" for n, name in enumerate(simulated.animals)}
    numbered = synfer.from_frame(frame.assign(animal=frame["animal"].map(names)))
    result = synfer.fit(numbered, rule="x*r", history__covariates=[], evaluation__cross_validate="leave_one_out")
    assert set(result.cross_validation()["animal"]) == set(names.values())


def test_the_fitted_rule_is_a_function(fitted):
    g = fitted.rule
    c = fitted.coefficients
    r = np.array([0.5, -0.5])
    expected = c["1"] + c["w"] * 0.3 + c["x"] * 0.7 + c["r"] * r + c["x*r"] * 0.7 * r
    np.testing.assert_allclose(g(x=0.7, w=0.3, r=r), expected, rtol=1e-14)
    assert pickle.loads(pickle.dumps(g)) == g


def test_a_fitted_mlp_is_a_function_too(simulated):
    settings = {"rule__hidden": [3], "fit__max_iterations": 1, "fit__starts": 1}
    result = synfer.fit(simulated, "mlp", **settings)
    g = result.rule
    assert [scores["sample"] for scores in result.reading["scores"]] == ["fitted", "held out in time"]
    assert any(note.id == "mlp_not_given" and "y" in note.text for note in result.notes)
    again = pickle.loads(pickle.dumps(g))
    x = np.linspace(0, 1, 5)[:, None]
    assert g(x=x, r=[[0.1, 0.2]]).shape == (5, 2)
    np.testing.assert_array_equal(again(x=x, r=0.2), g(x=x, r=0.2))


def test_the_covariance_has_the_standard_errors_of_the_table(fitted):
    names, covariance = fitted.covariance()
    errors = fitted.to_frame().loc[names, "standard_error"]
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), errors, rtol=1e-12)
    assert np.linalg.eigvalsh(covariance).min() > 0
    # x of one odour at a time is nearly constant: what it takes, the constant gives back.
    i, j = names.index("1"), names.index("x")
    assert covariance[i, j] / errors["1"] / errors["x"] < -0.7


def test_results_pickle_and_are_kept(fitted, tmp_path):
    assert pickle.loads(pickle.dumps(fitted)) == fitted
    fitted.save(tmp_path / "run")
    assert synfer.load(tmp_path / "run") == fitted
    with pytest.raises(synfer.OutputError, match="overwrite=True"):
        fitted.save(tmp_path / "run")
    fitted.save(tmp_path / "run", overwrite=True)


def test_unseen_sessions_are_scored(fitted):
    fresh = synfer.simulate("x*r", sessions=3, seed=9)
    scored = synfer.evaluate(fitted, fresh)
    assert scored.percent_deviance("coin_flip") > 20
    assert scored.coefficients == fitted.coefficients


def test_importing_synfer_imports_no_plotting_and_no_tables():
    code = "import sys, synfer; print([m for m in ('matplotlib', 'pandas', 'arviz', 'tqdm') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_pictures_show_the_numbers(fitted):
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    ax = fitted.plot_terms()
    assert [t.get_text() for t in ax.get_yticklabels()][-1] == "x*r"
    assert ax.lines[0].get_xdata()[-1] == fitted.coefficients["x*r"]
    assert len(fitted.plot_trace().lines) == len(fitted.json["fit"]["start_losses"])
    assert len(fitted.plot_deviance().lines) == 2 + 1
    with pytest.raises(ValueError, match="synfer.select"):
        fitted.plot_selection()
    plt.close("all")


def test_draws_for_arviz_have_the_estimates_and_their_errors(fitted):
    draws = fitted.to_arviz(draws=20000)["posterior"]
    frame = fitted.to_frame()
    assert float(draws["x*r"].mean()) == pytest.approx(frame.loc["x*r", "estimate"], abs=0.01)
    assert float(draws["x*r"].std()) == pytest.approx(frame.loc["x*r", "standard_error"], rel=0.03)


def test_a_report_is_one_page_that_shows_the_result(fitted, tmp_path):
    fitted.save(tmp_path / "run")
    fitted.report(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<h1>page</h1>" in page and "vegaEmbed" in page
    assert len(page) <= 1_500_000
    kept = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert kept.replace("<h1>run</h1>", "<h1>page</h1>").count("<figure") == page.count("<figure")


def test_trajectories_tell_what_was_predicted_of_each_offer(fitted):
    offers = fitted.trajectories()
    assert offers["probability"].between(0, 1).all()
    assert offers["chosen"].isin([0, 1]).all()
    assert {"weight", "trial", "stimulus"} <= set(offers.columns)
