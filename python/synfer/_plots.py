"""Pictures with matplotlib, which is imported when the first is drawn. Each returns the Axes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ._optional import needed

if TYPE_CHECKING:
    from .result import Result
    from .rule import Rule
    from .session import Session


def _axes(ax: Any, width: float = 6.0, height: float = 4.0) -> Any:
    if ax is not None:
        return ax
    plt = needed("matplotlib.pyplot")

    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def terms(result: Result, ax: Any = None) -> Any:
    shown = sorted(result.estimates, key=lambda e: abs(e.value))[-30:]
    ax = _axes(ax, height=1.2 + 0.3 * len(shown))
    values = np.array([e.value for e in shown])
    ends = np.array([[e.low, e.high] for e in shown])
    errors = np.abs(np.where(np.isfinite(ends), ends - values[:, None], 0.0)).T
    ax.errorbar(values, np.arange(len(shown)), xerr=errors, fmt="o", capsize=3)
    ax.axvline(0, color="0.6", linewidth=1, zorder=0)
    ax.set_yticks(np.arange(len(shown)), [e.name for e in shown])
    ax.set_xlabel(f"coefficient, {100 * result.json['intervals']['level']:.4g} % interval")
    return ax


def trace(result: Result, ax: Any = None) -> Any:
    ax = _axes(ax)
    for start, rows in result.trace().groupby("start"):
        ax.plot(rows["done"], rows["loss"], label=f"start {start}")
    ax.set_xlabel("epochs, iterations or evaluations")
    ax.set_ylabel("loss (nats an observation)")
    ax.legend()
    return ax


def selection(result: Result, ax: Any = None) -> Any:
    found = result.json.get("selection")
    if found is None:
        raise ValueError("found no selection: this rule was fitted with its terms given; see synfer.select")
    ax = _axes(ax)
    sizes = [entry["terms"] for entry in found["by_size"]]
    ax.plot(sizes, [entry["criterion"] for entry in found["by_size"]], "o-")
    ax.axvline(len(result.estimates), color="0.6", linewidth=1, zorder=0)
    ax.set_xticks(sizes)
    ax.set_xlabel("terms of the rule")
    ax.set_ylabel("criterion, lower is better")
    return ax


def deviance(result: Result, ax: Any = None) -> Any:
    frame = result.scores_to_frame()
    frame = frame[frame["score"] == "percent_deviance"]
    if frame.empty:
        raise ValueError("found no percent deviance: the data hold no choices to score")
    ax = _axes(ax)
    nulls = list(dict.fromkeys(frame["null"]))
    kinds = list(dict.fromkeys(frame["sessions"]))
    for k, kind in enumerate(kinds):
        shift = 0.2 * (k - (len(kinds) - 1) / 2)
        rows = frame[frame["sessions"] == kind]
        place = rows["null"].map(nulls.index) + shift
        ax.plot(rows["value"], place, "o", alpha=0.5, label=kind.replace("_", " "))
    ax.axvline(0, color="0.6", linewidth=1, zorder=0)
    ax.set_yticks(range(len(nulls)), [null.replace("_", " ") for null in nulls])
    ax.set_xlabel("percent deviance explained, a point each session")
    ax.set_ylabel("null")
    ax.legend()
    return ax


def rule(g: Rule, across: str, against: str, fixed: Mapping[str, float]) -> Any:
    plt = needed("matplotlib.pyplot")

    span = np.linspace(-1, 1, 81)
    first, second = np.meshgrid(span, span)
    values = g(**{**fixed, across: first, against: second})
    ax = _axes(None, 5.0, 4.0)
    top = float(np.abs(values).max()) or 1.0
    image = ax.pcolormesh(span, span, values, cmap="RdBu_r", vmin=-top, vmax=top, rasterized=True)
    plt.colorbar(image, ax=ax, label="g, weight change / eta")
    ax.set_xlabel(across)
    ax.set_ylabel(against)
    equation = re.sub(r"\d+\.\d+(e[+-]?\d+)?", lambda number: f"{float(number[0]):.3g}", str(g))
    ax.set_title(equation if len(equation) < 60 else "fitted rule")
    return ax


def choices(session: Session, window: int, ax: Any = None) -> Any:
    ax = _axes(ax, 8.0, 3.0)
    made = np.flatnonzero(session.choice >= 0)
    rejected_too = session.offers == 1
    ends = made[session.choice[made] == 1] if rejected_too else made
    trials = np.arange(1, ends.size + 1)
    names = session.stimuli or [f"offer {k}" for k in range(session.offers)]
    if session.stimulus is None:
        chosen = session.choice[ends]
    else:
        place = np.zeros(ends.size, int) if rejected_too else session.choice[ends]
        chosen = session.stimulus[ends, place]
    kernel = np.ones(min(window, max(1, ends.size)))
    counts = np.convolve(np.ones(ends.size), kernel)[: ends.size]
    for k, name in enumerate(names):
        share = np.convolve(chosen == k, kernel)[: ends.size] / counts
        (line,) = ax.plot(trials, share, label=str(name))
        paid = (chosen == k) & (np.nan_to_num(session.reward[ends]) > 0)
        ax.plot(trials[paid], np.full(paid.sum(), 1.04 + 0.05 * k), "|", color=line.get_color())
    for border in np.flatnonzero(np.diff(session.block[ends])):
        ax.axvline(border + 1.5, color="0.6", linewidth=1, zorder=0)
    ax.set_xlabel("trial")
    ax.set_ylabel(f"share of the last {window} choices")
    ax.set_title(f"{session.animal} {session.name}; ticks: rewards")
    ax.legend(loc="lower left")
    return ax
