"""Entries of a result.json as Python's own: estimates, sentences, rivals, scores."""

from __future__ import annotations

import math
from typing import Any, NamedTuple


class Estimate(NamedTuple):
    """One coefficient of the rule, or one parameter beside it."""

    name: str
    value: float
    standard_error: float
    """NaN where there is none."""
    low: float
    """Ends of the interval; NaN where there is none."""
    high: float
    status: str
    """Why there is no standard error: frozen, at bound, unidentified."""


class Note(NamedTuple):
    """A sentence on the result."""

    id: str
    """The same for the same kind of sentence."""
    kind: str
    """unusable (the numbers must not be used), warning, note or finding."""
    first: bool
    """Whether it stands above the estimates."""
    text: str


class Rival(NamedTuple):
    """The fit beside another model on the same held-out choices."""

    name: str
    fold: str
    """Empty where all folds are one comparison."""
    nats: float
    """Of the rival, a step; infinite where its weights overflow in a session."""
    gain: float
    """Nats a step by which the fit is better; minus infinity where it cannot predict a session."""
    standard_error: float
    """Of the gain, over animals; NaN where there is none."""
    sessions: int
    better: int
    """Sessions in which the fit is better."""


def rival_of(one: dict[str, Any]) -> Rival:
    lost, won = one.get("lost_by_fit", 0) > 0, one.get("lost_by_null", 0) > 0
    gain = number(one["gain"])
    if lost != won:
        gain = -math.inf if lost else math.inf
    return Rival(
        one["null"],
        one.get("fold", ""),
        math.inf if won else number(one["nats_of_null"]),
        gain,
        number(one["gain_standard_error"]),
        one["sessions"],
        one["above_zero"],
    )


def scores_of(scores: dict[str, Any]) -> list[float]:
    """A score each session: minus infinity where the rule lost it, NaN where there is none."""
    lost = set(scores.get("lost", ()))
    return [-math.inf if s in lost else number(value) for s, value in enumerate(scores["sessions"])]


def number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def largest_first(estimates: list[Estimate], entries: list[dict[str, Any]]) -> list[Estimate]:
    """By what terms do to choices, which is the same in any unit; in the order of the rule where that is not known."""
    order = sorted(range(len(estimates)), key=lambda n: (-entries[n].get("effect", 0.0), n))
    return [estimates[n] for n in order]


def estimate_of(entry: dict[str, Any]) -> Estimate:
    low, high = entry.get("interval", (None, None))
    name = entry["term"] if "term" in entry else entry["name"]
    status = entry.get("status", "")
    return Estimate(
        name, entry["estimate"], number(entry.get("standard_error")), number(low), number(high), status
    )
