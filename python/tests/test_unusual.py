"""What a person should look at, through every door: the same faults give the same lines."""

import datetime
import re
from dataclasses import replace

import pytest
from shapes import NAN, Shape, bandit, table_of
from test_doors import DOORS, NEEDS

import synfer


def of(name, truth, says, table=None, settings=None):
    return pytest.param(Shape(name, table_of(truth) if table is None else table, truth, settings=settings or {}), says, id=name)


def changed(**values):
    """The bandit with values that are functions of the number of the row and its step."""
    return [replace(s, **{name: value(t, s) for name, value in values.items()}) for t, s in enumerate(bandit())]


def coded(code, share):
    """`code` in place of the reward in every `share`-th row with a choice."""
    return changed(reward=lambda t, s: code if s.choice is not None and t % share == 5 else s.reward)


def faults():
    alike = changed(offers=lambda t, s: ("left", "left") if t % 4 == 0 else s.offers)
    short = [s for s in bandit() if s.trial <= 3]
    blank = changed(reward=lambda t, s: s.reward or NAN)
    omitted = changed(reward=lambda t, s: -1.0 if s.choice is None else s.reward)
    nothing = table_of(bandit()).drop(columns=["stimulus0", "stimulus1"])
    nothing["choice"] = [s.chosen or "nothing" for s in bandit()]
    capitals = changed(animal=lambda t, s: s.animal.upper() if s.animal == "m2" else "m2" if s.session == "d2" else s.animal)
    zeros = changed(session=lambda t, s: {"d1": "1", "d2": "01"}[s.session])
    labels = changed(offers=lambda t, s: ("left", "Right" if t >= 48 else "right"))
    return [
        of("99 for missing", coded(99.0, 17), r"rewards: 99 stands in 4 of 66 rows, .*the others are 0, 1"),
        of("-999 for missing", coded(-999.0, 17), r"rewards: -999 stands in 4 of 66 rows"),
        of("9 for missing", coded(9.0, 17), r"rewards: 9 stands in 4 of 66 rows"),
        of("-1 on omissions", omitted, r"rewards: -1 stands in 6 rows without a choice, .*in no other"),
        of("blanks for 0", blank, r"all \d+ known rewards are 1, and \d+ of 66 choices have none: does a missing one mean 0\?"),
        of("a word for no choice", bandit(), r"'nothing' was taken for an arm, .*(6 of 72|2 of 24) rows and never paid", table=nothing),
        of("offers alike", alike, r"offers are alike in 18 of 72 rows \(25 %\)"),
        of("short sessions", short, r"all 3 sessions have 3 rows"),
        of("animals by capitals", capitals, r"animals 'M2' and 'm2' differ in capital letters alone"),
        of("sessions by zeros", zeros, r"of animal 'm1', sessions '01' and '1' differ in zeros alone"),
        of("labels by capitals", labels, r"stimuli 'Right' and 'right' differ in capital letters alone"),
    ]  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("shape", "says"), faults())
def test_a_fault_is_said(shape, says, door, tmp_path):
    for module in NEEDS.get(door, []):
        pytest.importorskip(module)
    found = synfer.check(DOORS[door](shape, tmp_path)).unusual
    assert any(re.search(says, line) for line in found), found
    assert not any("data." in line for line in found)


@pytest.mark.parametrize("door", DOORS)
def test_sound_data_have_no_line(door, tmp_path):
    for module in NEEDS.get(door, []):
        pytest.importorskip(module)
    punished = changed(reward=lambda t, s: -1.0 if s.choice is not None and t % 17 == 5 else s.reward)
    for n, truth in enumerate((bandit(), punished)):
        (tmp_path / str(n)).mkdir()
        assert synfer.check(DOORS[door](Shape("sound", table_of(truth), truth), tmp_path / str(n))).unusual == []


def named(first, second):
    """The two sessions of m1 under these names; the truth is in the order of time."""
    truth = changed(session=lambda t, s: {"d1": first, "d2": second}[s.session])
    return Shape("named", table_of(truth), truth)


RIGHT = [
    ("2025-05-07 9:00", "2025-05-07 14:00"),
    ("20250507_093000", "20250507_143000"),
    ("2025-05-07-a", "2025-05-07-b"),
    ("07_05_2025", "03_06_2025"),
    ("05-30-25", "06-01-25"),
    ("day-2", "day-1"),
    ("2025-05-07_box2", "2025-05-07_box1"),
]
WRONG = [
    ("2025-05-07 14:00", "2025-05-07 9:00"),
    ("20250507_143000", "20250507_093000"),
    ("2025-05-07_2", "2025-05-07_1"),
    ("01_06_25", "30_05_25"),
    ("day1", "day-1"),
]


@pytest.mark.parametrize("door", DOORS)
def test_sessions_in_a_right_order_are_never_refused(door, tmp_path):
    for module in NEEDS.get(door, []):
        pytest.importorskip(module)
    for n, names in enumerate(RIGHT + WRONG):
        (tmp_path / str(n)).mkdir()
        sessions = DOORS[door](named(*names), tmp_path / str(n))
        if names in RIGHT:
            assert synfer.check(sessions, data__carry_weights=True).unusual == [], names
            continue
        assert any("go back" in line for line in synfer.check(sessions).unusual), names
        with pytest.raises(synfer.ConfigurationError, match="go back"):
            synfer.check(sessions, data__carry_weights=True)


def test_sessions_of_nwb_files_follow_one_another_by_their_starts(tmp_path):
    pynwb = pytest.importorskip("pynwb")
    paths = []
    for name, hour in (("b", 15), ("c", 9), ("a", 12)):
        start = datetime.datetime(2031, 2, 3, hour, tzinfo=datetime.timezone.utc)
        nwb = pynwb.NWBFile("a session", name, start, session_id=name)
        nwb.subject = pynwb.file.Subject(subject_id="m1", species="Mus musculus", sex="U", age="P90D")
        nwb.trials = pynwb.epoch.TimeIntervals(name="trials", description="steps")
        for t in range(20):
            nwb.trials.add_row(start_time=float(t), stop_time=t + 0.5)
        nwb.trials.add_column("choice", "a side", data=[float((t * t + hour) // 3 % 2) for t in range(20)])
        nwb.trials.add_column("reward", "water", data=[float(t * t // 5 % 2) for t in range(20)])
        paths.append(tmp_path / f"{name}.nwb")
        with pynwb.NWBHDF5IO(str(paths[-1]), "w") as io:
            io.write(nwb)
    sessions = synfer.read(paths, arms=["left", "right"])
    assert [session.name for session in sessions] == ["c", "a", "b"]
    assert "sessions of an animal were put in the order in which they started" in sessions.how
    found = synfer.check(sessions, data__carry_weights=True)
    assert "sessions of an animal follow one another by the times at which they started" in found.how
    with pytest.raises(synfer.ConfigurationError, match="'a' started at 2031-02-03 12:00:00, 'b' before it at 2031-02-03 15"):
        synfer.check(sessions[::-1], data__carry_weights=True)


def test_blanks_around_names_are_no_part_of_them():
    session = synfer.Session(["left ", " right"], [1, 0], arms=[" left", "right "], animal=" m1\u00a0", name="d1\t")
    assert (session.animal, session.name, session.stimuli) == ("m1", "d1", ["left", "right"])
    assert session.choice.tolist() == [0, 1]
