"""A result for a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .result import Estimate, Result

_MOST_ROWS = 12


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
    for e in sorted(result.estimates, key=lambda e: -abs(e.value)):
        if e.value == 0:
            continue
        sign = (" - " if text else "-") if e.value < 0 else (" + " if text else "")
        text += sign + _coefficient(e) + ("" if e.name == "1" else f"*{e.name}")
    return f"dw/eta = {text or '0'}"


def sentences_of(result: Result) -> list[str]:
    """State, truth, rule and warnings, a line each."""
    lines = [f"{result.state}: {result.advice}"]
    if "truth" in result.json:
        lines.append(f"true rule: {result.json['truth']}")
    lines.append(_equation(result))
    return lines + [f"note: {warning}" for warning in result.warnings]


def cells_of(e: Estimate) -> tuple[str, str, str, str]:
    """Name, value, standard error, and the interval or why there is none."""
    value, error, low, high = (significant(v, e.standard_error) for v in (e.value, e.standard_error, e.low, e.high))
    return e.name, value, error, e.status if math.isnan(e.low) else f"{low} .. {high}"


def _row(e: Estimate) -> str:
    name, value, error, interval = cells_of(e)
    return f"{name:<24} {value:>11} {error:>11} {interval:>23}"


def table_of(result: Result) -> str:
    kind = f"{100 * result.json['intervals']['level']:.4g} % interval"
    lines = [*sentences_of(result), "", f"{'term':<24}{'estimate':>12}{'s.e.':>12}{kind:>24}"]
    shown = sorted(result.estimates, key=lambda e: -abs(e.value))
    if "selection" in result.json and result.json["selection"]["near"][0]["terms"] == 0:
        lines.append("no term chosen: weights that stay as they are explain the data as well")
        shown = []
    lines += [_row(e) for e in shown[:_MOST_ROWS]]
    if len(shown) > _MOST_ROWS:
        lines.append(f"and {len(shown) - _MOST_ROWS} more")
    beside = [*result.history, *result.others]
    if beside:
        lines += ["", "beside the rule", *map(_row, beside)]
    for sessions, scores in result.scores.items():
        of = f"{sessions.replace('_', ' ')} sessions" + (f", {scores['prediction']}" if "prediction" in scores else "")
        lines += ["", f"{of:<48}{'median':>12}"]
        for name in ("r2_weights", "r2_activity"):
            if name in scores:
                lines.append(f"{'R2 of ' + name[3:]:<48}{significant(_or_nan(scores[name]['median'])):>12}")
        for null, found in scores.get("percent_deviance", {}).items():
            lines.append(f"{'percent deviance, null ' + null:<48}{_or_nan(found['median']):>12.2f}")
    return "\n".join(lines)


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
