"""What an animal chose, trial by trial: shares over a window, and each choice as a tick above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from . import _core
from ._colours import colours, of_stimulus
from ._plots import axes

if TYPE_CHECKING:
    from .session import Session

_LONGEST_NAME = 28
_ROW = 0.075  # between rows of ticks, of the height of the shares


def trials_of(session: Session) -> npt.NDArray[np.int64]:
    """The trial of each step, from 0: runs of equal (block, trial) labels."""
    new = (np.diff(session.trial) != 0) | (np.diff(session.block) != 0)
    return np.concatenate([[0], np.cumsum(new)])


def free_choices(session: Session) -> npt.NDArray[np.bool_]:
    """Steps at which the animal chose, and was not forced to."""
    made = session.choice >= 0
    scored = getattr(session, "scored", None)
    return made if scored is None or len(scored) == 0 else made & np.asarray(scored, bool)


def options_of(session: Session) -> tuple[list[str], npt.NDArray[np.int64]]:
    """What can be taken, by name, and which of it is offered (T x K): stimuli, or places where they have none."""
    if session.stimulus is not None:
        return [str(name) for name in session.stimuli], np.asarray(session.stimulus)
    names = ["the offer"] if session.offers == 1 else [f"place {k}" for k in range(session.offers)]
    return names, np.tile(np.arange(session.offers), (len(session), 1))


def taken_of(session: Session, offered: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The option that each step took; -1 for none."""
    if session.offers == 1:
        return np.where(session.choice == 1, offered[:, 0], -1)
    place = np.maximum(session.choice, 0)
    return np.where(session.choice >= 0, offered[np.arange(len(session)), place], -1)


def shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def title_of(session: Session) -> str:
    own = shortened(session.name)
    return own if session.animal == session.name else f"{shortened(session.animal)}, {own}"


def _shares(
    part: npt.NDArray[np.bool_], whole: npt.NDArray[np.bool_], trial: npt.NDArray[np.int64], window: int
) -> npt.NDArray[np.float64]:
    """Of each `window` trials in a row; NaN where there was nothing to take a share of."""
    sums = []
    for steps in (part, whole):
        until = np.concatenate([[0], np.cumsum(np.bincount(trial, weights=steps))])
        sums.append(until[window:] - until[:-window])
    return np.divide(sums[0], sums[1], out=np.full(sums[0].size, np.nan), where=sums[1] > 0)


def choices(session: Session, window: int, ax: Any = None) -> Any:
    if np.all(session.choice < 0):
        raise ValueError("found no choices: the session holds neural data alone")
    if window < 1:
        raise ValueError(f"found a window of {window} trials, expected 1 or more")
    ax = axes(ax, 8.0, 3.4)
    trial = trials_of(session)
    free = free_choices(session)
    names, offered = options_of(session)
    taken = taken_of(session, offered)
    window = min(window, int(trial[-1]) + 1)
    at = np.arange(window, trial[-1] + 2)
    shown = np.unique(offered)
    for k in shown:
        # Of an offer alone: how often it was taken; among several: how often rather than the others.
        whole = free & (offered[:, 0] == k) if session.offers == 1 else free
        shares = _shares(free & (taken == k), whole, trial, window)
        ax.plot(at, shares, label=shortened(names[k]), gid=f"share of {names[k]}", **of_stimulus(ax, int(k)))
    _ticks(session, ax, trial, taken, shown, names)
    for border in np.flatnonzero(np.diff(session.block)):
        ax.axvline(trial[border] + 1.5, color=colours(ax)["quiet"], linewidth=1, zorder=0, gid="block")
    ax.set_xlim(0.5, trial[-1] + 1.5)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    ax.set_xlabel("trial" + ("; upright lines: blocks" if np.any(np.diff(session.block)) else ""))
    of_what = "offers taken" if session.offers == 1 else "choices"
    ax.set_ylabel(f"share of {of_what},\nlast {window} trial{'s' if window > 1 else ''}")
    ax.set_title(title_of(session))
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0, fontsize="small", frameon=False)
    return ax


def _ticks(
    session: Session,
    ax: Any,
    trial: npt.NDArray[np.int64],
    taken: npt.NDArray[np.int64],
    shown: npt.NDArray[np.int64],
    names: list[str],
) -> None:
    """A row of ticks for each option above the shares, and what was no choice below; only what there is."""
    free = free_choices(session)
    forced = (session.choice >= 0) & ~free
    reward = np.asarray(session.reward)
    ink = colours(ax)["ink"]
    none = _core.no_reward([session])
    unpaid = reward == none
    kinds = {
        "rewarded": (reward > none, {"marker": "|", "markersize": 9}),
        "not rewarded": (unpaid, {"marker": "|", "markersize": 4, "alpha": 0.55}),
        "a loss": ((reward < 0) & ~unpaid, {"marker": "v", "markersize": 4}),
        "reward unknown": (np.isnan(reward), {"marker": ".", "markersize": 3, "alpha": 0.7}),
        "forced": (forced, {"marker": "o", "markersize": 7, "fillstyle": "none", "markeredgewidth": 0.8}),
    }
    for kind, (steps, marks) in kinds.items():
        for row, k in enumerate(shown):
            at = trial[steps & (taken == k)] + 1
            if at.size:
                height = np.full(at.size, 1.0 + _ROW * (row + 1))
                colour = of_stimulus(ax, int(k))["color"]
                ax.plot(at, height, linestyle="", color=colour, gid=f"{kind}: {names[k]}", **marks)
        if np.any(steps & (taken >= 0)):
            ax.plot([], [], linestyle="", color=ink, label=kind, **marks)
    omitted = session.choice < 0
    below = {
        "nothing chosen": (omitted, {"marker": "x", "markersize": 4}),
        "reward without a choice": (omitted & (np.nan_to_num(reward) != 0), {"marker": "|", "markersize": 9}),
    }
    for kind, (steps, marks) in below.items():
        at = np.unique(trial[steps]) + 1
        if at.size:
            ax.plot(at, np.full(at.size, -_ROW), linestyle="", color=ink, label=kind, gid=kind, **marks)
    ax.set_ylim(-2 * _ROW, 1.0 + _ROW * (len(shown) + 1))
