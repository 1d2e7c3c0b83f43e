"""`synfer.check`: what data hold, before anything is fitted."""

import json
import os
import subprocess
from pathlib import Path

import pytest

import synfer

EXAMPLES = Path(__file__).parents[2] / "examples" / "data"


def bandit(reward):
    n = 60
    choice = [(t * t // 7) % 2 for t in range(n)]
    return synfer.Session(
        choice=choice, reward=[reward(t, c) for t, c in enumerate(choice)], stimulus=[["L", "R"]] * n, animal="m1", name="d1"
    )


def test_sound_sessions_have_nothing_unusual():
    found = synfer.check(EXAMPLES / "steps.csv")
    assert found.unusual == []
    assert "each animal has one session" in found.how
    assert "nothing wrong found" in repr(found).splitlines()[0]


def test_rewards_that_are_a_side_are_unusual():
    found = synfer.check([bandit(lambda t, c: (c + 1) * (t % 3 > 0))])
    assert any("place alone" in line for line in found.unusual)
    assert "place alone" in found._repr_html_()
    assert synfer.check([bandit(lambda t, c: t % 3 == 0)]).unusual == []


def test_counts_rewards_by_choice():
    session = bandit(lambda t, c: t % 2)
    counts = {one["value"]: one["by_choice"] for one in synfer.check(session).to_dict()["reward_values"]}
    for value in (0, 1):
        for place in (0, 1):
            expected = sum(1 for r, c in zip(session.reward, session.choice) if r == value and c == place)
            assert counts[value][f"place {place}"] == expected


def test_is_what_the_program_prints():
    program = os.environ.get("SYNFER_PROGRAM")
    if not program or not Path(program).exists():
        pytest.skip("no program beside the package")
    printed = subprocess.run([program, "check", "--json", EXAMPLES / "steps.csv"], capture_output=True, text=True, check=True)
    ours, theirs = synfer.check(EXAMPLES / "steps.csv").to_dict(), json.loads(printed.stdout)
    assert {k: v for k, v in ours.items() if k != "how"} == {k: v for k, v in theirs.items() if k != "how"}


def test_takes_settings_and_tables():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"choice": [0, 1, 1, 0], "paid": [1, 0, 1, 0], "stimulus0": "L", "stimulus1": "R"})
    assert synfer.check(frame, data__columns__reward="paid").to_dict()["rewards"] == 2


def test_refuses_weights_that_cannot_be_carried():
    with pytest.raises(synfer.ConfigurationError, match="nothing says which sessions"):
        synfer.check(EXAMPLES / "steps.csv", data__carry_weights=True)


def test_sessions_of_arrays_say_how_they_were_understood(tmp_path):
    session = synfer.Session(["l", "r", "l"], [0, 1, 0])
    assert set(session.how) <= set(synfer.check([session]).how)
    path = tmp_path / "day.csv"
    path.write_text("poke,reward\nl,0\nr,1\n")
    read = synfer.read(path, columns={"choice": "poke"})
    assert synfer.check(list(read)).how == synfer.check(read).how


def test_a_list_of_paths_is_read(tmp_path):
    for name, rewards in [("a", "01"), ("b", "10")]:
        (tmp_path / f"{name}.csv").write_text("choice,reward\n" + "".join(f"{c},{r}\n" for c, r in zip("lr", rewards)))
    paths = [tmp_path / "a.csv", str(tmp_path / "b.csv")]
    assert repr(synfer.check(paths)) == repr(synfer.check(synfer.read(*paths)))
