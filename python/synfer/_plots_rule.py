"""A rule as curves over where the data went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ._colours import MARK, STRENGTHENS, WEAKENS, colours
from ._csv import frame_of
from ._optional import needed
from ._plots import axes

if TYPE_CHECKING:
    from .rule import Rule

VARIABLES = {
    "x": "presynaptic activity x",
    "y": "postsynaptic activity y",
    "w": "weight w",
    "r": "reward minus expected reward r",
}
_FEW = 6  # a variable with no more states is drawn at each
_WHEREVER = {name: np.array([-1.0, 0.0, 1.0]) for name in VARIABLES}  # of a rule that met no data
_DASHES = (":", "-", "--")


class Visited:
    """Where synapses went in the data of a fit: states of each variable, and how often they came by."""

    def __init__(self, rule_shape: str) -> None:
        table = frame_of(rule_shape)
        self.states: dict[str, npt.NDArray[np.float64]] = {}
        self.median: dict[str, float] = {}
        for name in VARIABLES:
            for side in ("first", "second"):
                rows = table[table[side] == name]
                if rows.empty or name in self.states:
                    continue
                partner = "second" if side == "first" else "first"
                visits = rows[rows[partner] == rows[partner].iloc[0]].groupby(f"at_{side}")["visits"].sum()
                self.states[name] = visits.index.to_numpy()
                driven = visits[visits.index != 0] if name == "x" else visits
                if driven.sum() > 0:  # where x is 0 rules of x do nothing, and most inputs are silent
                    visits = driven
                half = np.searchsorted(visits.cumsum().to_numpy(), visits.sum() / 2)
                self.median[name] = float(visits.index[half])

    def three(self, name: str) -> npt.NDArray[np.float64]:
        """Low, middle and high; all states where they are no more."""
        states = self.states[name]
        if states.size <= 3:
            return states
        middle = self.median[name] if states[0] < self.median[name] < states[-1] else states[states.size // 2]
        return np.array([states[0], middle, states[-1]])


def _spans(visited: Visited | None, name: str) -> npt.NDArray[np.float64]:
    return _WHEREVER[name] if visited is None else visited.three(name)


def _legible(v: float, beside: npt.NDArray[np.float64]) -> str:
    """0 for what is nothing beside the other states."""
    nothing = v == 0 or abs(v) < 1e-3 * float(np.abs(beside).max())
    return "0" if nothing else f"{v:.2g}".replace("-", "−")


def _depends_on(g: Rule, name: str) -> bool:
    return not g.terms or any(name in term for term in g.terms)  # a network: on all


def rule(
    g: Rule,
    across: str,
    against: str,
    fixed: Mapping[str, float],
    visited: Visited | None = None,
    reward_term: str | None = None,
) -> Any:
    """`reward_term` says what r is, where it is known."""
    unknown = [name for name in (across, against, *fixed) if name not in VARIABLES]
    if unknown or across == against or {across, against} & set(fixed):
        found = ", ".join([across, against, *fixed])
        raise ValueError(f"found {found}; a rule has x, y, w and r, each once: across, against or fixed")
    ax = axes(None, 6.4, 4.2)
    palette = colours(ax)
    states = _WHEREVER[across] if visited is None else visited.states[across]
    span = np.linspace(states.min(), states.max(), 81) if states.size > 1 else states + np.array([-0.5, 0.5])
    others = {name: 0.0 if visited is None else visited.median[name] for name in VARIABLES}
    others |= dict(fixed)

    levels = _spans(visited, against)
    weights = np.array([others["w"]])
    if "w" not in (across, against, *fixed):
        weights = _spans(visited, "w")
        values = [g(**{**others, across: span[:, None], against: levels[None, :], "w": w}) for w in weights]
        if np.ptp(values, axis=0).max() <= 1e-9 * max(1e-300, float(np.abs(values).max())):
            weights = weights[:1]  # g does not depend on it

    hues = {1: [palette[MARK]], 2: [palette[WEAKENS], palette[STRENGTHENS]]}.get(
        levels.size, [palette[WEAKENS], palette["quiet"], palette[STRENGTHENS]]
    )
    line = needed("matplotlib.lines").Line2D
    named = []
    dashes = _DASHES if weights.size > 2 else ("-", "--")
    for level, hue in zip(levels, hues, strict=True):
        for w, dash in zip(weights, dashes, strict=False):
            at = {**others, "w": w, against: level}
            ax.plot(span, g(**{**at, across: span}), dash, color=hue, gid=f"{against}={level:.6g} w={at['w']:.6g}")
            if visited is not None and 1 < states.size <= _FEW:
                ax.plot(states, g(**{**at, across: states}), "o", color=hue, markersize=4, gid="visited")
        named.append(line([], [], color=hue, label=f"{against} = {_legible(level, levels)}"))
    if weights.size > 1:
        for w, dash in zip(weights, dashes, strict=False):
            named.append(line([], [], color=palette["ink"], linestyle=dash, label=f"w = {_legible(w, weights)}"))
    ax.axhline(0, color=palette["quiet"], linewidth=1, zorder=0)
    words = {**VARIABLES, **({"r": f"{reward_term} r"} if reward_term else {})}
    ax.set_xlabel(words[across] + ("" if visited is None else ", where the data went"))
    ax.set_ylabel("g, weight change / η")
    told = [name for name in VARIABLES if name not in (across, against) and _depends_on(g, name)]
    told = [name for name in told if weights.size == 1 or name != "w"]
    went = {**_WHEREVER, **({} if visited is None else visited.states), **{name: np.zeros(1) for name in fixed}}
    held = [f"{name} = {_legible(others[name], went[name])}" for name in told]
    if held:
        ax.set_title("at " + ", ".join(held), fontsize="medium")
    ax.legend(handles=named, loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0, frameon=False)
    return ax
