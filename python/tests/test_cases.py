"""Files in shapes that people have, whose truth is known since they were simulated; they lie beside the repository."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

import synfer

CASES = Path(os.environ.get("SYNFER_CASES", ROOT.parent / "shared/cases"))
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"{CASES} is not there; name the folder in SYNFER_CASES")

QUICK = {"network.hidden": 0, "evaluation.cross_validate": "none"}
ALONE = {**QUICK, "network.initial_weights.sd": 0, "data.held_out": 0, "history.covariates": []}


def case(name):
    return str(CASES / name)


def rows_of(name):
    with open(CASES / name, newline="") as file:
        return list(csv.DictReader(file))


def test_trials_in_order_give_the_rule_that_was_simulated():
    fitted = synfer.fit(synfer.read(case("order/sorted.csv")), "x*r + w", **QUICK)
    assert fitted.coefficients["x*r"] == pytest.approx(5.53, abs=0.005)


@pytest.mark.parametrize("name", ["shuffled.csv", "text_order.csv", "newest_first.csv"])
def test_rows_out_of_order_are_refused_or_sorted_on_request(name):
    with pytest.raises(synfer.DataError, match="comes after"):
        synfer.read(case(f"order/{name}"))
    assert list(synfer.read(case(f"order/{name}"), sort="trial")) == list(synfer.read(case("order/sorted.csv")))


def test_rows_of_an_nwb_file_are_in_the_order_of_their_times():
    with pytest.raises(synfer.DataError, match="sort=.time"):
        synfer.read(case("order/shuffled.nwb"))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("m1_each_row_twice.csv", "has a choice already"),
        ("m1_twice_adjacent.csv", "comes after trial 250"),
        ("odours_text_order.csv", "comes after"),
        ("odours_trial_restarts.csv", "comes after"),
    ],
)
def test_rows_that_stand_twice_or_begin_again_are_refused(name, says):
    with pytest.raises(synfer.DataError, match=says):
        synfer.read(case(f"order/{name}"))


@pytest.mark.parametrize("baseline", ["none", "moving_average", "exponential"])
def test_a_session_cut_in_three_is_the_session_where_weights_are_carried(baseline):
    given = {**ALONE, "reward_term.baseline": baseline}
    whole = synfer.fit(synfer.read(case("expected-reward/unsplit.csv")), "x*r", **given)
    cut = synfer.fit(synfer.read(case("expected-reward/numbered.csv")), "x*r", **given, data__carry_weights=True)
    assert cut.coefficients == whole.coefficients
    assert whole.coefficients["x*r"] == pytest.approx({"moving_average": 5.69}.get(baseline, whole.coefficients["x*r"]), abs=0.005)


def test_sessions_without_an_animal_are_said_to_be_animals():
    sessions = synfer.read(case("expected-reward/numbered_without_animal.csv"))
    assert "no column names animals: each session was taken for an animal" in sessions.how


def test_points_that_are_expected_from_the_start_are_as_their_centred_twin():
    points = synfer.fit(synfer.read(case("expected-reward/points_expecting_60.csv")), "x*r + w", **QUICK, reward_term__start=60)
    centred = synfer.fit(synfer.read(case("expected-reward/points_expecting_60_centred.csv")), "x*r + w", **QUICK)
    assert points.coefficients["x*r"] == pytest.approx(centred.coefficients["x*r"], rel=1e-8)
    assert points.coefficients["x*r"] == pytest.approx(0.2, abs=0.01)


def test_symbols_that_change_places_are_read_by_their_names():
    columns = {"session": "participant", "choice": "chosen_state", "stimulus": "state_left,state_right"}
    for name in ("two_symbols", "two_symbols_words", "two_symbols_2_3"):
        rows = rows_of(f"coding/{name}.csv")
        sessions = synfer.read(case(f"coding/{name}.csv"), columns=columns)
        found = np.concatenate([s.choice for s in sessions])
        assert found.tolist() == [int(row["side"]) for row in rows]
        assert any("choices are the labels" in sentence for sentence in sessions.how)


def test_choices_are_read_in_the_words_of_each_file():
    plain = synfer.read(case("tables/choice_label.csv"))
    assert list(synfer.read(case("tables/choice_word.csv"), choice_values=["left", "right"])) == list(plain)
    assert list(synfer.read(case("tables/choice_yes.csv"), choice_values=["no", "yes"])) == list(plain)
    rows = rows_of("tables/choice_label.csv")
    assert np.concatenate([s.choice for s in plain]).tolist() == [["L", "R"].index(row["choice"]) for row in rows]
    with pytest.raises(synfer.DataError, match=r'choice_values=\["left", "right"\]'):
        synfer.read(case("tables/choice_word.csv"))


@pytest.mark.parametrize(("name", "code"), [("shapes", 2), ("code-999", -999)])
def test_codes_for_no_choice_are_named(name, code):
    columns = {"session": "sub", "stimulus": ["shape1", "shape2"], "choice": "selected"}
    with pytest.raises(synfer.DataError, match=rf"no_choice=\[{code}\]"):
        synfer.read(case(f"tables/{name}.csv"), columns=columns)
    sessions = synfer.read(case(f"tables/{name}.csv"), columns=columns, no_choice=[code])
    assert sessions.inventory()["omissions"] == 45


def test_withheld_responses_have_outcomes_where_the_task_pays_them():
    columns = {"session": "subjID", "trial": "trialNum", "stimulus": "cue", "choice": "keyPressed", "reward": "outcome"}
    path = case("tables/gonogo.csv")
    with pytest.raises(synfer.DataError, match="rewards_on_rejection=True"):
        synfer.read(path, columns=columns)
    sessions = synfer.read(path, columns=columns, rewards_on_rejection=True)
    rows = rows_of("tables/gonogo.csv")
    assert np.concatenate([s.reward for s in sessions]).tolist() == [float(row["outcome"]) for row in rows]
    assert all(all(s.learns) for s in sessions)


def test_blocks_have_names():
    for name in ("block_text", "block_prob"):
        rows = rows_of(f"tables/{name}.csv")
        sessions = synfer.read(case(f"tables/{name}.csv"))
        blocks = list(dict.fromkeys(row["block"] for row in rows))
        assert np.concatenate([s.block for s in sessions]).tolist() == [blocks.index(row["block"]) for row in rows]


def test_free_and_unknown_rewards_are_read_as_they_are():
    for name in ("auto_on_omission", "reward_unknown"):
        rows = rows_of(f"tables/{name}.csv")
        found = np.concatenate([s.reward for s in synfer.read(case(f"tables/{name}.csv"))])
        # 0 where nothing was chosen is no reward.
        given = [float(r["reward"] or "nan") if r["choice"] or r["reward"] == "1.0" else float("nan") for r in rows]
        np.testing.assert_array_equal(found, given)


def test_a_bandit_in_words_of_its_own_is_read_as_it_is():
    sessions = synfer.read(case("bandit/mice.csv"))
    rows = rows_of("bandit/mice.csv")
    assert (len(sessions), list(sessions.animals)) == (15, ["K1", "K2", "K3", "K4", "K5"])
    places = {"left": 0, "right": 1, "none": -1}
    assert np.concatenate([s.choice for s in sessions]).tolist() == [places[row["side"]] for row in rows]
    assert any("'none' was taken for no choice" in sentence for sentence in sessions.how)
