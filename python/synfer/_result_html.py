"""A result for a notebook: the sentences of the terminal, and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _html
from ._text import RIVALS, above_estimates, below_estimates, cells_of, cells_of_rival, median_of, significant

if TYPE_CHECKING:
    from .result import Result


def html_of(result: Result) -> str:
    beside = [*result.history, *result.others]
    scores = [
        (sessions, score.replace("_", " "), null, significant(median_of(values)))
        for (sessions, score, null), values in result._scored()
    ]
    level = f"{100 * result.json['intervals']['level']:.4g} % interval"
    return (
        "".join(map(_html.paragraph, above_estimates(result)))
        + _html.table(("term", "estimate", "s.e.", level), map(cells_of, result._largest_first()[:20]))
        + (_html.table(("beside the rule", "estimate", "s.e.", level), map(cells_of, beside)) if beside else "")
        + "".join(map(_html.paragraph, below_estimates(result)))
        + (_html.table(RIVALS, map(cells_of_rival, result.rivals)) if result.rivals else "")
        + (_html.table(("sessions", "score", "null", "median"), scores) if scores else "")
    )
