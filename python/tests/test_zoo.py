"""One small table of each class of the zoo (studies/zoo): learners with known truth, and the table alone is given."""

import importlib.util
from pathlib import Path

import pytest

import synfer

AGENTS = Path(__file__).resolve().parents[2] / "studies/zoo/agents.py"


@pytest.fixture(scope="module")
def agents():
    spec = importlib.util.spec_from_file_location("agents", AGENTS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ANIMALS, module.SESSIONS, module.TRIALS = 4, 1, 200
    return module


def found(agents, learner, tmp_path):
    agents.table(learner, "two-arms", 1, tmp_path / "table.csv")
    return synfer.fit(str(tmp_path / "table.csv"), network__hidden=0, evaluation__shuffles=2)


def headline(result):
    return {
        one["of"]: one["as_chosen"]
        for one in result.json["structures"]["conclusions"]
        if one["holds"] and one["as_chosen"] in ("above 0", "below 0")
    }


def gain(result, rival):
    of = next(c for c in result.json["cross_validation"]["comparisons"] if c["null"] == rival)
    return of["gain"], of["gain_standard_error"]


def test_a_learner_of_the_family_is_found_whatever_structure_is_assumed(agents, tmp_path):
    result = found(agents, "delta", tmp_path)
    assert headline(result)["x*r"] == "above 0"
    tried = result.structures()
    assert list(tried["standing"]).count("chosen") == 1
    assert tried["nats"].iloc[0] < 0.6  # the simplest, which has all that the learner is
    assert "reward_term.baseline=none" in tried["settings"].iloc[0]


def test_a_learner_outside_the_family_is_predicted_as_well_as_rivals_do(agents, tmp_path):
    result = found(agents, "win-stay", tmp_path)
    for rival in ("history_only", "q_learning", "pearce_hall", "shuffled_rewards"):
        mean, error = gain(result, rival)
        assert mean >= -2 * error


def test_what_learns_nothing_is_not_said_to_learn_from_reward(agents, tmp_path):
    result = found(agents, "habit", tmp_path)
    mean, error = gain(result, "history_only")
    assert mean <= 2 * error or not any("r" in term for term in headline(result))


def test_quick_compares_no_structures(agents, tmp_path):
    agents.table("delta", "two-arms", 1, tmp_path / "table.csv")
    result = synfer.fit(
        str(tmp_path / "table.csv"), quick=True, network__hidden=0, evaluation__cross_validate="none", evaluation__predictive_draws=0
    )
    assert "structures" not in result.json
    with pytest.raises(ValueError, match="found no structures"):
        result.structures()
