"""Learning curves around block changes: how choices move to the option that has become the better one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ._colours import ANIMALS, MARK, colours
from ._csv import frame_of
from ._plots import axes
from ._plots_choices import free_choices, options_of, taken_of, trials_of

if TYPE_CHECKING:
    from .session import Session

Floats = npt.NDArray[np.float64]


@dataclass
class Offers:
    """A session as one row an offer: which trial and block, which option, and what came of it."""

    animal: str
    trial: npt.NDArray[np.int64]
    block: npt.NDArray[np.int64]
    option: npt.NDArray[Any]
    taken: npt.NDArray[np.bool_]
    free: npt.NDArray[np.bool_]  # whether the animal chose here, and was not forced to
    reward: Floats  # of the step
    predicted: Floats | None = None


def of_session(session: Session) -> Offers:
    _, offered = options_of(session)
    taken = taken_of(session, offered)
    each = offered.shape[1]
    return Offers(
        animal=session.animal,
        trial=np.repeat(trials_of(session), each),
        block=np.repeat(np.asarray(session.block), each),
        option=offered.reshape(-1),
        taken=(offered == taken[:, None]).reshape(-1),
        free=np.repeat(free_choices(session), each),
        reward=np.repeat(np.asarray(session.reward), each),
    )


def of_trajectories(text: str) -> list[Offers]:
    table = frame_of(text, dtype={"animal": str, "session": str, "stimulus": str})
    return [
        Offers(
            animal=str(animal),
            trial=rows["trial"].to_numpy(),
            block=rows["block"].to_numpy(),
            option=rows["stimulus"].to_numpy(),
            taken=(rows["chosen"] == 1).to_numpy(),
            free=(rows["chosen"].notna() & (rows.get("scored", 1) == 1)).to_numpy(),
            reward=rows["reward"].to_numpy(),
            predicted=rows["probability"].to_numpy(),
        )
        for (animal, _), rows in table.groupby(["animal", "session"], sort=False)
    ]


def _better(offers: Offers, rows: npt.NDArray[np.bool_]) -> Any:
    """The option whose takings paid most; None where that is no one option."""
    paid = rows & offers.taken & np.isfinite(offers.reward)
    names = np.unique(offers.option[paid])
    means = np.array([offers.reward[paid & (offers.option == name)].mean() for name in names])
    if len(names) < 2 or np.count_nonzero(means == means.max()) > 1:
        return None
    return names[np.argmax(means)]


class Change(NamedTuple):
    """Offers of the new better option, a value each trial around a change."""

    animal: str
    reached: npt.NDArray[np.bool_]  # whether its two blocks have this trial
    offers: Floats
    taken: Floats
    predicted: Floats  # sum of what the rule predicts of them; NaN where it says nothing


def _changes(offers: Offers, before: int, after: int) -> Iterator[Change]:
    borders = np.flatnonzero(np.diff(offers.block)) + 1
    edges = [0, *borders, offers.block.size]
    better = [
        _better(offers, (np.arange(offers.block.size) >= low) & (np.arange(offers.block.size) < high))
        for low, high in zip(edges[:-1], edges[1:], strict=True)
    ]
    for n in range(1, len(edges) - 1):
        if better[n] is None or better[n - 1] is None or better[n] == better[n - 1]:
            continue
        at = slice(edges[n - 1], edges[n + 1])  # the two blocks alone
        place = offers.trial[at] - offers.trial[edges[n]] + before
        drawn = (place >= 0) & (place < before + after)
        counted = (offers.free & (offers.option == better[n]))[at] & drawn
        taken = offers.taken[at][counted].astype(float)
        predicted = np.full(taken.size, np.nan) if offers.predicted is None else offers.predicted[at][counted]
        sums = [np.bincount(place[counted], v, before + after) for v in (np.ones(taken.size), taken, predicted)]
        yield Change(offers.animal, np.bincount(place[drawn], minlength=before + after) > 0, *sums)


def _share(changes: Sequence[Change], part: str) -> Floats:
    """Of all offers at these changes; NaN where there were none."""
    whole = np.sum([change.offers for change in changes], axis=0)
    sums = np.sum([getattr(change, part) for change in changes], axis=0)
    return np.divide(sums, whole, out=np.full(whole.size, np.nan), where=whole > 0)


def _mean(rows: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Mean and its standard error; NaN where there is none."""
    values = np.array(rows)
    many = np.isfinite(values).sum(axis=0)
    mean = np.divide(np.nansum(values, axis=0), many, out=np.full(many.size, np.nan), where=many > 0)
    squares = np.nansum(np.square(values - mean), axis=0)
    of = many * (many - 1)
    return mean, np.sqrt(np.divide(squares, of, out=np.full(many.size, np.nan), where=of > 0))


def blocks(sessions: Sequence[Offers], before: int, after: int, ax: Any = None) -> Any:
    if before < 1 or after < 1:
        raise ValueError(f"found {before} trials before and {after} after, expected 1 or more of each")
    changes = [change for offers in sessions for change in _changes(offers, before, after)]
    if not changes:
        raise ValueError(
            "found no change of the better option between blocks; the data need a column of blocks, and "
            "rewards that differ between options"
        )
    animals: dict[str, list[Change]] = {}
    for change in changes:
        animals.setdefault(change.animal, []).append(change)
    # Trials that only few blocks reach would be those of other blocks than the rest of the curve.
    reached = np.sum([change.reached for change in changes], axis=0) * 2 >= len(changes)
    groups = list(animals.values()) if len(animals) > 1 else [[change] for change in changes]
    ax = axes(ax)
    palette = colours(ax)
    at = np.arange(-before, after)
    if len(animals) > 1:
        faint = min(0.35, 2.0 / len(animals))
        for name, own in animals.items():
            share = np.where(reached, _share(own, "taken"), np.nan)
            ax.plot(at, share, color=palette[ANIMALS], alpha=faint, linewidth=0.8, gid=name)
    mean, error = _mean([_share(group, "taken") for group in groups])
    mean = np.where(reached, mean, np.nan)
    what = f"{len(animals)} animals" if len(animals) > 1 else f"{len(changes)} changes of one animal"
    ax.fill_between(at, mean - error, mean + error, color=palette["ink"], alpha=0.2, linewidth=0)
    ax.plot(at, mean, "o-", color=palette["ink"], markersize=3, label=f"mean of {what}, ± s.e.", gid="observed")
    fitted, _ = _mean([_share(group, "predicted") for group in groups])
    if np.any(np.isfinite(fitted)):
        fitted = np.where(reached, fitted, np.nan)
        ax.plot(at, fitted, "--", color=palette[MARK], label="predicted by the fitted rule", gid="predicted")
    ax.axvline(-0.5, color=palette["quiet"], linewidth=1, zorder=0, gid="block")
    ax.set_ylim(-0.03, 1.03)
    ax.set_xlabel("trials from the block change (0: the first of the new block)")
    ax.set_ylabel("share of offers taken, of the option\nthat is the better one after it")
    ax.set_title(f"{len(changes)} block change{'s' if len(changes) > 1 else ''}")
    ax.legend(fontsize="small", frameon=False)
    return ax
