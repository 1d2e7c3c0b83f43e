"""A result for a terminal: the same sentences as the command line prints, its settings in Python's syntax."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .result import Estimate, Result, Rival

_MOST_ROWS = 12


def counted(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def columns(rows: Iterable[Sequence[str]], least: Sequence[int]) -> list[str]:
    """Rows as lines; columns as wide as their widest cell, the first to the left, the others to the right."""
    rows = [list(row) for row in rows]
    widths = list(least)
    for row in rows:
        for n, cell in enumerate(row):
            widths[n] = max(widths[n], len(cell) + (2 if n else 0))
    lines = ("".join(f"{cell:>{w}}" if n else f"{cell:<{w}}" for n, (cell, w) in enumerate(zip(row, widths))) for row in rows)
    return [line.rstrip() for line in lines]


def significant(value: float, error: float = math.nan) -> str:
    """As the command line's tables show it (synfer/base/shown_number.h): two digits of the standard error are seen."""
    if math.isnan(value):
        return "-"
    if math.isinf(value) or value == 0:
        return "0.0000" if value == 0 else str(value)
    known = math.isfinite(error) and error > 0
    last = _magnitude(error) - 1 if known else _magnitude(value) - 2
    digits = min(max(_magnitude(value) - last + 1, 1), 6)
    if abs(value) >= 1e4:
        return f"{value:.{max(digits, 3)}g}"
    if (error if known else abs(value)) >= 1e-4:
        return f"{value:.4f}"
    return f"{value:.{-last}f}" if -last <= 7 else f"{value:.{digits - 1}e}"


def _magnitude(value: float) -> int:
    return math.floor(math.log10(abs(value)))


def _coefficient(e: Estimate) -> str:
    if not (math.isfinite(e.standard_error) and e.standard_error > 0):
        return significant(abs(e.value))
    digits = 1 - _magnitude(e.standard_error)
    return f"{abs(e.value):.{max(0, digits)}f}" if digits <= 8 else significant(abs(e.value), e.standard_error)


def _equation(result: Result) -> str:
    if result.json["rule"]["kind"] != "taylor":
        return f"dw/eta = {result.rule}"
    text = ""
    for e in result._largest_first():
        if e.value == 0:
            continue
        sign = (" - " if text else "-") if e.value < 0 else (" + " if text else "")
        text += sign + _coefficient(e) + ("" if e.name == "1" else f"*{e.name}")
    return f"dw/eta = {text or '0'}"


def verdict(result: Result) -> str:
    """Whether the estimate is usable, and why not."""
    return "usable: yes" if result.usable else "usable: no, because " + "; ".join(result.reasons)


def _notes(result: Result, above: bool) -> list[str]:
    if "notes" not in result.json:  # of an earlier version
        return [] if above else [f"note: {warning}" for warning in result.warnings]
    kinds = ("warning", "finding") if above else ("warning",)
    return [f"note: {n.text}" for kind in kinds for n in result.notes if n.kind == kind and n.first == above]


def above_estimates(result: Result) -> list[str]:
    """Whether it is usable, how it does against rivals, how the fit ended, and the rule; a line each."""
    lines = [verdict(result), *_notes(result, True), f"{result.state}: {result.advice}"]
    if "truth" in result.json:
        lines.append(f"true rule: {result.json['truth']}")
    lines.append(_equation(result))
    return lines


def below_estimates(result: Result) -> list[str]:
    """What else is to be known, and from how much it was found."""
    found = [n.text for n in result.notes if n.id in ("fitted", "scored", "read_so")]
    return _notes(result, False) + found


def cells_of(e: Estimate) -> tuple[str, str, str, str]:
    """Name, value, standard error, and the interval or why there is none."""
    value, error, low, high = (significant(v, e.standard_error) for v in (e.value, e.standard_error, e.low, e.high))
    return e.name, value, error, e.status if math.isnan(e.low) else f"{low} .. {high}"


def cells_of_rival(rival: Rival) -> tuple[str, str, str, str]:
    """Name, its nats a step, in how many sessions the fit is better, and the gain of the fit."""
    name = rival.name + (f", {rival.fold}" if rival.fold else "")
    gain = f"{rival.gain:.4f} +- {significant(rival.standard_error)}" if math.isfinite(rival.gain) else significant(rival.gain)
    return name, significant(rival.nats), f"{rival.better} of {rival.sessions}", gain


RIVALS = ("held out, against", "nats a step", "fit better", "gain of the fit")


def table_of(result: Result) -> str:
    level = f"{100 * result.json['intervals']['level']:.4g} % interval"
    shown = result._largest_first()
    none_chosen = "selection" in result.json and result.json["selection"]["near"][0]["terms"] == 0
    if none_chosen:
        shown = []
    beside = [*result.history, *result.others]
    estimates = shown[:_MOST_ROWS]
    head, *rows = columns(
        [("term", "estimate", "s.e.", level), *map(cells_of, [*estimates, *beside])], (24, 12, 12, 24)
    )
    lines = [*above_estimates(result), "", head]
    if none_chosen:
        lines.append("no term chosen: weights that stay as they are explain the data as well")
    lines += rows[: len(estimates)]
    if len(shown) > _MOST_ROWS:
        lines.append(f"and {len(shown) - _MOST_ROWS} more")
    if beside:
        lines += ["", "beside the rule", *rows[len(estimates) :]]
    lines += ["", *below_estimates(result)]
    if result.rivals:
        lines += ["", *columns([RIVALS, *map(cells_of_rival, result.rivals)], (24, 14, 14, 24))]
    for sessions, scores in result.scores.items():
        of = scores.get("sample", sessions.replace("_", " "))
        of += f", {scores['prediction']}" if "prediction" in scores else ""
        medians = [(of, "median")]
        for name in ("r2_weights", "r2_activity"):
            if name in scores:
                medians.append((f"R2 of {name[3:]}", significant(median_of(scores[name]))))
        for null, found in scores.get("percent_deviance", {}).items():
            medians.append((f"percent deviance, null {null}", f"{median_of(found):.2f}"))
        lines += ["", *columns(medians, (48, 12))]
    return "\n".join(lines)


def median_of(scores: dict) -> float:
    """Minus infinity where the median session is lost, since weights overflow in it; NaN where nothing is scored."""
    if scores["median"] is None:
        return -math.inf if scores.get("lost") else math.nan
    return scores["median"]
