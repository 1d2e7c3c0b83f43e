"""Pictures of results with matplotlib, which is imported when the first is drawn. Each returns the Axes.

Of rules: _plots_rule.py; of choices: _plots_choices.py and _plots_blocks.py. Colours: _colours.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._colours import MARK, RUNS, colours
from ._optional import needed

if TYPE_CHECKING:
    from .result import Result


def axes(ax: Any, width: float = 6.0, height: float = 4.0) -> Any:
    if ax is not None:
        return ax
    plt = needed("matplotlib.pyplot")

    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def terms(result: Result, ax: Any = None) -> Any:
    shown = result._largest_first()[:30][::-1]
    ax = axes(ax, height=1.2 + 0.3 * len(shown))
    values = np.array([e.value for e in shown])
    ends = np.array([[e.low, e.high] for e in shown])
    errors = np.abs(np.where(np.isfinite(ends), ends - values[:, None], 0.0)).T
    ax.errorbar(values, np.arange(len(shown)), xerr=errors, fmt="o", capsize=3, color=colours(ax)[MARK])
    ax.axvline(0, color=colours(ax)["quiet"], linewidth=1, zorder=0)
    ax.set_yticks(np.arange(len(shown)), [e.name for e in shown])
    ax.set_ylim(-0.7, len(shown) - 0.3)  # the first and the last stand clear of the frame
    ax.set_xlabel(f"coefficient, {100 * result.json['intervals']['level']:.4g} % interval")
    return ax


def trace(result: Result, ax: Any = None) -> Any:
    frame = result.trace()
    if frame.empty:
        raise ValueError("found no trace: this rule was not fitted here")
    ax = axes(ax)
    palette = colours(ax)
    best = result.json["fit"]["best_start"]
    starts = list(frame.groupby("start"))
    for start, rows in starts:
        # Where it starts is drawn as a point too, so that a start of one row is seen.
        kept = start == best
        ax.plot(
            rows["done"],
            rows["loss"],
            "o-",
            markersize=3,
            color=palette[MARK] if kept else palette["quiet"],
            alpha=1.0 if kept else 0.5,
            zorder=3 if kept else 2,
            label=f"start {start}" + (", the best" if kept and len(starts) > 1 else ""),
            gid=f"start {start}",
        )
    ax.xaxis.get_major_locator().set_params(integer=True)
    if frame["done"].max() == 0:
        ax.set_xlim(-0.5, 1)
    ax.set_xlabel("steps of the fit: epochs, iterations or evaluations")
    ax.set_ylabel("loss, nats an observation")
    found = result.json.get("selection")
    if found is not None:
        above = ax.twiny()
        sizes = [entry["terms"] for entry in found["by_size"]]
        values = [entry["nll"] / result.json["fit"]["observations"] for entry in found["by_size"]]
        above.plot(sizes, values, "s--", markersize=4, color=palette[RUNS[1]], gid="selection")
        above.set_xticks(sizes)
        above.set_xlabel("terms of the rule: the best set of each size in the selection")
        ax.plot([], [], "s--", markersize=4, color=palette[RUNS[1]], label="selection (axis above)")
    ax.legend(fontsize="small", frameon=False)
    return ax


def selection(result: Result, ax: Any = None) -> Any:
    found = result.json.get("selection")
    if found is None:
        raise ValueError("found no selection: this rule was fitted with its terms given; see synfer.select")
    ax = axes(ax)
    sizes = [entry["terms"] for entry in found["by_size"]]
    ax.plot(sizes, [entry["criterion"] for entry in found["by_size"]], "o-", color=colours(ax)[MARK])
    ax.axvline(len(result.estimates), color=colours(ax)["quiet"], linewidth=1, zorder=0)
    ax.set_xticks(sizes)
    ax.set_xlabel("terms of the rule")
    ax.set_ylabel("criterion, lower is better")
    return ax


def deviance(result: Result, ax: Any = None) -> Any:
    frame = result.scores_to_frame()
    frame = frame[frame["score"] == "percent_deviance"]
    if frame.empty:
        raise ValueError("found no percent deviance: the data hold no choices to score")
    ax = axes(ax)
    nulls = list(dict.fromkeys(frame["null"]))
    kinds = list(dict.fromkeys(frame["sessions"]))
    for k, kind in enumerate(kinds):
        shift = 0.2 * (k - (len(kinds) - 1) / 2)
        rows = frame[frame["sessions"] == kind]
        place = rows["null"].map(nulls.index) + shift
        hue = colours(ax)["quiet" if kind == "in_sample" else MARK]
        ax.plot(rows["value"], place, "o", alpha=0.5, color=hue, label=kind.replace("_", " "))
    ax.axvline(0, color=colours(ax)["quiet"], linewidth=1, zorder=0)
    ax.set_yticks(range(len(nulls)), [null.replace("_", " ") for null in nulls])
    ax.set_xlabel("percent deviance explained, a point each session")
    ax.set_ylabel("null")
    ax.legend()
    return ax


