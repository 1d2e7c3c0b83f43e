"""Shapes that tables of a choice task have, each with the steps that it tells of.

The truth is a list of steps, made by a simulated animal. A shape is those steps written as a table in one of the
ways that people write them, the settings that this way needs, and the truth as far as the table tells it, or what
the refusal of it says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas

NAN = float("nan")
DOORS = ("csv", "tsv", "gz", "npz", "mat", "nwb", "parquet", "from_frame", "Session")


@dataclass(frozen=True)
class Step:
    animal: str
    session: str
    trial: int
    block: int
    offers: tuple[str, ...]
    choice: int | None  # place of the chosen offer; with one offer 1 accepted, 0 rejected
    reward: float = NAN
    learns: bool = True
    scored: bool = True
    time: float = NAN

    @property
    def chosen(self) -> str | None:
        return None if self.choice is None else self.offers[self.choice]


@dataclass
class Shape:
    name: str
    table: pandas.DataFrame  # its index is the step of each row in `truth`
    truth: list[Step]
    columns: dict[str, Any] = field(default_factory=dict)  # what synfer's names are called, where otherwise
    settings: dict[str, Any] = field(default_factory=dict)
    refused: str = ""  # what the refusal says
    named: bool = True  # whether `columns` are told to synfer
    doors: tuple[str, ...] = ()  # those it can come through, where it cannot come through all
    nameless: bool = False  # nothing in the table names the session
    by_animal: bool = False  # nothing but the animal does

    def key(self, animal: str, session: str) -> tuple[str, ...]:
        """What the table knows of a session's names."""
        return () if self.nameless else (animal,) if self.by_animal else (animal, session)


def bandit() -> list[Step]:
    """Three sessions of two animals that learn which of two arms pays; some omissions."""
    random = np.random.default_rng(7)
    steps = []
    for animal, session in (("m1", "d1"), ("m1", "d2"), ("m2", "d1")):
        value = [0.5, 0.5]
        for t in range(24):
            block = t // 12
            choice = int(random.random() < 1 / (1 + np.exp(-3 * (value[1] - value[0]))))
            reward = float(random.random() < (0.8 if (choice == 1) == (block == 0) else 0.2))
            value[choice] += 0.4 * (reward - value[choice])
            omits = t in (3, 17)
            steps.append(
                Step(animal, session, t + 1, block, ("left", "right"), None if omits else choice, NAN if omits else reward,
                     learns=not omits, time=2.0 * t + 0.5)
            )  # fmt: skip
    return steps


def odours() -> list[Step]:
    """Two flies that accept or reject one odour at a time; an acceptance ends the trial."""
    random = np.random.default_rng(8)
    steps = []
    for animal in ("f1", "f2"):
        trial = 1
        for t in range(30):
            odour = ("OCT", "MCH")[int(random.random() < 0.5)]
            accepts = bool(random.random() < 0.5)
            reward = float(random.random() < (0.8 if odour == "OCT" else 0.2)) if accepts else NAN
            steps.append(Step(animal, "d1", trial, 0, (odour,), int(accepts), reward, learns=accepts, time=float(t)))
            trial += accepts
    return steps


def table_of(steps: list[Step], *more: str) -> pandas.DataFrame:
    """The columns that synfer itself would write; `more` of learns, scored and start_time."""
    columns: dict[str, Any] = {
        "animal": [s.animal for s in steps],
        "session": [s.session for s in steps],
        "trial": [s.trial for s in steps],
        "block": [s.block for s in steps],
    }
    if len(steps[0].offers) == 1:
        columns["stimulus"] = [s.offers[0] for s in steps]
    else:
        for k in range(len(steps[0].offers)):
            columns[f"stimulus{k}"] = [s.offers[k] for s in steps]
    columns["choice"] = [NAN if s.choice is None else float(s.choice) for s in steps]
    columns["reward"] = [s.reward for s in steps]
    for name in more:
        columns[name] = [getattr(s, {"start_time": "time"}.get(name, name)) for s in steps]
    return pandas.DataFrame(columns)


def _coded(steps: list[Step], code: Callable[[Step], Any]) -> pandas.DataFrame:
    return table_of(steps).assign(choice=[code(s) for s in steps])


def _changed(steps: list[Step], change: Callable[[int, Step], dict[str, Any]]) -> list[Step]:
    return [replace(s, **change(t, s)) for t, s in enumerate(steps)]


def _answered(steps: list[Step]) -> list[Step]:
    return [s for s in steps if s.choice is not None]


def _shuffled(table: pandas.DataFrame, steps: list[Step]) -> pandas.DataFrame:
    """Rows of each session in a random order; sessions as they were."""
    random = np.random.default_rng(9)
    order: list[int] = []
    for name in dict.fromkeys((s.animal, s.session) for s in steps):
        order += random.permutation([t for t, s in enumerate(steps) if (s.animal, s.session) == name]).tolist()
    return table.iloc[order]


def shapes() -> list[Shape]:
    return [*_bandits(), *_symbols(), *_orders(), *_odours()]


def _bandits() -> list[Shape]:
    truth = bandit()
    plain = table_of(truth)
    answered = _answered(truth)
    texts = ("csv", "tsv", "gz")
    own = plain.rename(columns={"animal": "mouse", "session": "date", "reward": "water"}).drop(columns=["stimulus0", "stimulus1", "choice"])
    own = own.assign(side=[s.chosen or "none" for s in truth], date=[f"2031-02-0{s.session[1]}" for s in truth])
    dated = _changed(truth, lambda t, s: {"session": f"2031-02-0{s.session[1]}"})
    words = {None: "none", "left": "links", "right": "rechts"}
    free = _changed(truth, lambda t, s: {"reward": 1.0} if s.choice is None else {})
    unknown = _changed(truth, lambda t, s: {"reward": NAN} if t % 7 == 0 else {})
    forced = _changed(truth, lambda t, s: {"scored": t % 4 != 0})
    untaught = _changed(truth, lambda t, s: {"learns": s.learns and t % 5 != 0})
    graded = _changed(truth, lambda t, s: {"reward": s.reward * 2.5 - 0.5})
    one_each = [s for s in truth if s.session == "d1"]
    one = [s for s in truth if (s.animal, s.session) == ("m1", "d1")]
    three = _changed(truth, lambda t, s: {"offers": ("a", "b", "c"), "choice": None if s.choice is None else (s.choice + t) % 3})
    marks = ["n/a", "NULL", "NA", "None"]
    marked = plain.astype({"choice": object, "reward": object})
    for t, s in enumerate(truth):
        if s.choice is None:
            marked.loc[t, ["choice", "reward"]] = marks[t % 4]
    return [
        Shape("plain", plain, truth),
        Shape("labels", _coded(truth, lambda s: s.chosen), truth),
        Shape("blanks around names", _coded(truth, lambda s: s.chosen and f" {s.chosen}\t").assign(animal=[s.animal + " " for s in truth], session=[" " + s.session for s in truth], stimulus0="left ", stimulus1="\u00a0right"), truth),
        Shape("words that nothing explains", own, dated, {"animal": "mouse", "session": "date", "choice": "side", "reward": "water"}, named=False),
        Shape("words of their own", _coded(truth, lambda s: words[s.chosen]), truth, settings={"choice_values": ["links", "rechts"], "no_choice": ["none"]}),
        Shape("words of their own, unexplained", _coded(truth, lambda s: words[s.chosen]), truth, refused="choice.*links, none, rechts.*choice_values="),
        Shape("codes 1 and 2", _coded(truth, lambda s: NAN if s.choice is None else s.choice + 1), truth, settings={"choice_values": [1, 2]}),
        Shape("codes 1 and 2, unexplained", _coded(truth, lambda s: NAN if s.choice is None else s.choice + 1), truth, refused=r"choice.*'2(\.0)?'.*choice_values=\[1(\.0)?, 2(\.0)?\]"),
        Shape("codes 1, 2 and 3 for none", _coded(truth, lambda s: 3 if s.choice is None else s.choice + 1), truth, settings={"choice_values": [1, 2], "no_choice": [3]}),
        Shape("-999 for none", _coded(truth, lambda s: -999 if s.choice is None else s.choice), truth, settings={"no_choice": [-999]}),
        Shape("-999 for none, unexplained", _coded(truth, lambda s: -999 if s.choice is None else s.choice), truth, refused=r"choice.*'-999(\.0)?'.*no_choice=\[-999(\.0)?\]"),
        Shape("fractions", _coded(truth, lambda s: NAN if s.choice is None else s.choice / 2), truth, refused="choice.*'0.5'"),
        Shape("marks of what is missing", marked, truth, doors=texts),
        Shape("rewards true and false", table_of(answered).assign(reward=[s.reward == 1 for s in answered]), answered),
        Shape("choices true and false", table_of(answered).assign(choice=[s.choice == 1 for s in answered]), answered),
        Shape("true and false by values", table_of(answered).assign(choice=[s.choice == 0 for s in answered]), answered,
              settings={"choice_values": [True, False]}, doors=("csv", "parquet", "from_frame", "Session")),
        Shape("arms without columns", plain.drop(columns=["stimulus0", "stimulus1"]), truth, settings={"arms": ["left", "right"]}),
        Shape("nothing offered", plain.drop(columns=["stimulus0", "stimulus1"]), truth, refused="nothing says which stimulus was offered.*arms="),
        Shape("arms twice", plain, truth, settings={"arms": ["left", "right"]}, refused="says what was offered, and so does (data.)?arms"),
        Shape("no trial column", plain.drop(columns="trial"), truth),
        Shape("named blocks", plain.assign(block=[("acquisition", "reversal")[s.block] for s in truth]), truth),
        Shape("blocks by probability", plain.assign(block=[(0.8, 0.2)[s.block] for s in truth]), truth),
        Shape("free rewards", table_of(free), free),
        Shape("unknown rewards", table_of(unknown), unknown),
        Shape("no reward known", plain.assign(reward=NAN), truth, refused="no reward is known"),
        Shape("forced choices", table_of(forced, "scored"), forced),
        Shape("steps that do not teach", table_of(untaught, "learns"), untaught),
        Shape("both, as numbers", table_of(forced, "scored", "learns").astype({"scored": int, "learns": int}), forced),
        Shape("a flag that is none", plain.assign(scored=[2.0 if t == 5 else 1.0 for t in range(len(truth))]), truth, refused=r"scored.*'2(\.0)?', expected 0 or 1"),
        Shape("graded rewards", table_of(graded), graded),
        Shape("times", table_of(truth, "start_time"), truth),
        Shape("names of its own", plain.rename(columns={"animal": "rat", "session": "day", "trial": "n", "choice": "picked", "reward": "drops", "stimulus0": "port_a", "stimulus1": "port_b"}), truth,
              {"animal": "rat", "session": "day", "trial": "n", "choice": "picked", "reward": "drops", "stimulus": ["port_a", "port_b"]}),
        Shape("one session an animal", table_of(one_each).drop(columns="session"), [replace(s, session=s.animal) for s in one_each], by_animal=True),
        Shape("sessions alone", plain.assign(session=[s.animal + s.session for s in truth]).drop(columns="animal"), [replace(s, animal=s.animal + s.session, session=s.animal + s.session) for s in truth]),
        Shape("a session without a name", table_of(one).drop(columns=["animal", "session"]), one, nameless=True),
        Shape("three offers", table_of(three), three),
        Shape("three offers by label", _coded(three, lambda s: s.chosen), three),
    ]  # fmt: skip


def _symbols() -> list[Shape]:
    """Symbols that change places; the choice is the name of a symbol."""
    random = np.random.default_rng(10)
    found = []
    for a, b in (("0", "1"), ("2", "3"), ("square", "circle")):
        truth = [replace(s, offers=(a, b) if random.random() < 0.5 else (b, a)) for s in bandit()]
        value = (lambda text: text) if a == "square" else (lambda text: NAN if text is None else float(text))
        by_symbol = _coded(truth, lambda s: value(s.chosen))
        by_place = table_of(truth)
        if a != "square":
            by_symbol = by_symbol.astype({"stimulus0": int, "stimulus1": int})
            by_place = by_place.astype({"stimulus0": int, "stimulus1": int})
        found.append(Shape(f"symbols {a} and {b}", by_symbol, truth))
        found.append(Shape(f"places of {a} and {b}", by_place, truth, settings={"choice_values": [0, 1]}))
    return found


def _orders() -> list[Shape]:
    truth = bandit()
    answered = _answered(truth)
    timed = table_of(truth, "start_time")
    by_time = _shuffled(timed, truth).drop(columns="trial")
    twice = pandas.concat([table_of(answered, "start_time"), table_of(answered, "start_time")]).sort_index(kind="stable")
    backwards = timed.iloc[::-1]
    text = timed.assign(key=[f"{s.animal}{s.session}{s.trial}" for s in truth]).sort_values("key").drop(columns="key")
    goes_back = "(trial|time) .* comes after|stands? apart"
    return [
        Shape("shuffled", _shuffled(timed, truth).drop(columns="start_time"), truth, refused=goes_back),
        Shape("shuffled, with times", _shuffled(timed, truth), truth, refused=goes_back),
        Shape("sorted by trial on request", _shuffled(timed, truth).drop(columns="start_time"), truth, settings={"sort": "trial"}),
        Shape("sorted by time on request", by_time, truth, settings={"sort": "time"}),
        Shape("newest first", backwards, truth, refused=goes_back),
        Shape("newest first, sorted", backwards, truth, settings={"sort": "trial"}),
        Shape("in the order of text", text.drop(columns="start_time"), truth, refused=goes_back),
        Shape("each row twice", twice.drop(columns="start_time"), answered, refused="has a choice already|comes again"),
        Shape("sorted by what is not there", table_of(truth).drop(columns="trial"), truth, settings={"sort": "trial"}, refused="no column of that|have no numbers",
              doors=tuple(d for d in DOORS if d != "nwb")),
    ]  # fmt: skip


def _odours() -> list[Shape]:
    truth = odours()
    plain = table_of(truth)
    omits = _changed(truth, lambda t, s: {"choice": None, "learns": False} if s.choice == 0 and t % 3 == 0 else {})
    paid = _changed(truth, lambda t, s: {"trial": t, "learns": True, "reward": s.reward if s.choice else -0.5})
    taught = _changed(truth, lambda t, s: {"learns": True, "reward": s.reward if s.choice else 0.25})
    one_each = [replace(s, session=s.animal) for s in truth]
    return [
        Shape("odours", plain, truth),
        Shape("odours, 0 on rejections", plain.assign(reward=plain["reward"].fillna(0)), truth),
        Shape("odours, yes and no", _coded(truth, lambda s: "yes" if s.choice else "no"), truth, settings={"choice_values": ["no", "yes"]}),
        Shape("odours, yes and no, unexplained", _coded(truth, lambda s: "yes" if s.choice else "no"), truth, refused=r"choice.*choice_values=\[\"?no\"?, \"?yes\"?\]"),
        Shape("odours, 1 and 2", _coded(truth, lambda s: 1 + s.choice), truth, settings={"choice_values": [1, 2]}),
        Shape("odours, omissions", table_of(omits), omits),
        Shape("odours, rewards on rejections", plain.assign(reward=1.0), truth, refused="reward.*rejected its offer.*rewards_on_rejection=(true|True)"),
        Shape("go or no-go", table_of(paid), paid, settings={"rewards_on_rejection": True}),
        Shape("go or no-go, no trials", table_of(paid).drop(columns="trial"), paid, settings={"rewards_on_rejection": True}),
        Shape("rejections that teach", table_of(taught, "learns"), taught),
        Shape("odours, no trial column", plain.drop(columns="trial"), truth, doors=tuple(d for d in DOORS if d != "nwb")),  # there a row is a trial
        Shape("odours, no sessions", plain.drop(columns="session"), one_each, by_animal=True),
        Shape("odours, trials begin again", plain.drop(columns=["animal", "session"]), truth, refused="trial 1 comes after|time .* comes after", nameless=True,
              doors=("csv", "tsv", "gz", "npz", "mat", "parquet", "from_frame")),
    ]  # fmt: skip
