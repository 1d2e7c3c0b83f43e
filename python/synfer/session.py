"""A session: what one animal did and what was recorded on one occasion, step by step.

Shapes, here and everywhere: T steps, K offers a step, N inputs, R recorded neurons.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

import numpy as np
import numpy.typing as npt

from . import _core, _html
from ._arrays import session_of
from ._frames import TABLE, as_pandas, sessions_of, to_frame
from ._text import counted
from .errors import DataError

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas

_ARRAYS = ("stimulus", "x", "trial", "block", "choice", "reward", "time", "recorded_neurons", "recordings")


class Session(_core.Session):
    """What one animal did and what was recorded on one occasion.

    A session is a value: it cannot be changed, and it pickles. Its arrays are read-only views of its own
    memory.

    Parameters
    ----------
    choice : array of T
        With one offer a step 1 accepted, 0 rejected; with K >= 2 the index of the chosen offer, or its label; -1,
        NaN or None where the animal chose nothing. All of these where neural data stand alone.
    reward : array of T floats
        On the steps that earn one (an accepted offer; any choice among several); NaN there where it is unknown. A
        reward without a choice is free: it moves the expected reward and teaches nothing.
    stimulus : array of labels, T or T x K, optional
        What was offered, by name.
    arms : list of K labels, optional
        The same where the offers are the same at every step.
    x : array, T x N or T x K x N, optional
        What was offered, as activity of the inputs. One of `stimulus`, `arms` and `x` is needed (words in `choice` are
        arms by themselves); where there are both, `x` is what the network sees.
    trial, block : arrays of T, optional
        Labels: whole numbers that do not go down within a block; numbers or names. Without `trial`, a trial ends with
        an acceptance (one offer), or is one step.
    time : array of T floats, optional
        When the steps were, in any unit; they must not go down.
    recordings : array, T x R, optional
        Activity of neurons of the plastic layer; NaN where missing.
    recorded_neurons : array of R ints, optional
        Which neurons they are; the first R unless given.
    learns : array of T bools, optional
        Whether weights change after the step: by default after an acceptance (one offer) or a choice, and
        after every step where neural data stand alone. A rejected offer that teaches may have a reward.
    scored : array of T bools, optional
        Whether the choice counts as one; not so where it was forced, which teaches and is not scored.
    choice_values, no_choice : lists, optional
        How `choice` is coded: its values in the order of the offers (of reject and accept), as `["left", "right"]` or
        `[1, 2]`, and those that stand for no choice, as `["none"]`.
    rewards_on_rejection : bool
        Whether rejected offers have an outcome too and teach, as in go/no-go tasks.
    sort : str
        `trial` or `time` puts the steps in that order; with `none` their order is checked.
    animal, name : str
        Whose synapses change, and what the session is called; unique together.

    Raises
    ------
    DataError
        Where the arrays contradict one another; it names the array and the step.

    Examples
    --------
    >>> import synfer
    >>> synfer.Session(choice=[0, 1, 1], reward=[float("nan"), 1, 0], stimulus=["A", "B", "A"])
    Session 'session' of animal 'animal': 3 steps in 2 trials, accept or reject
    """

    def __init__(
        self,
        choice: npt.ArrayLike,
        reward: npt.ArrayLike | None = None,
        *,
        stimulus: Any = None,
        arms: Sequence[Any] | None = None,
        x: npt.ArrayLike | None = None,
        trial: npt.ArrayLike | None = None,
        block: npt.ArrayLike | None = None,
        time: npt.ArrayLike | None = None,
        recordings: npt.ArrayLike | None = None,
        recorded_neurons: npt.ArrayLike | None = None,
        learns: npt.ArrayLike | None = None,
        scored: npt.ArrayLike | None = None,
        choice_values: Sequence[Any] | None = None,
        no_choice: Sequence[Any] | None = None,
        rewards_on_rejection: bool = False,
        sort: str = "none",
        animal: str = "animal",
        name: str = "session",
    ) -> None:
        arrays = {
            "choice": choice,
            "reward": reward,
            "stimulus": stimulus,
            "x": x,
            "trial": trial,
            "block": block,
            "time": time,
            "learns": learns,
            "scored": scored,
            "recordings": recordings,
        }
        coding = {
            "choice_values": [] if choice_values is None else list(choice_values),
            "no_choice": [] if no_choice is None else list(no_choice),
            "arms": [] if arms is None else list(arms),
            "rewards_on_rejection": bool(rewards_on_rejection),
            "sort": sort,
        }
        session, how = session_of(str(animal), str(name), arrays, recorded_neurons, coding)
        super().__init__(session)
        self._how = tuple(how)

    @classmethod
    def _of(cls, core: _core.Session, how: tuple[str, ...]) -> Session:
        session = cls.__new__(cls)
        _core.Session.__init__(session, core)
        session._how = how
        return session

    @property
    def how(self) -> list[str]:
        """How what the data leave open was understood, a sentence each; of a session of files, all of theirs."""
        return list(self._how)

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "how": self._how}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._how = state.get("how", ())
        super().__setstate__(state)

    @classmethod
    def from_frame(
        cls, frame: pandas.DataFrame, columns: Mapping[str, str] | None = None, **settings: Any
    ) -> Session:
        """The one session of a pandas table with one row a step.

        Arguments are those of `synfer.from_frame`, which takes tables with several sessions.
        """
        sessions, how = sessions_of(as_pandas(frame), "session", TABLE, {"columns": columns, **settings})
        if len(sessions) != 1:
            what = f"found {len(sessions)} sessions in the table, expected one; use synfer.from_frame"
            raise DataError(what, TABLE, 0, "")
        return cls._of(sessions[0], tuple(how))

    def to_frame(self) -> pandas.DataFrame:
        """A pandas table with one row a step, in the columns that `synfer.read` knows."""
        return to_frame([self])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Session):
            return NotImplemented
        plain = ("animal", "name", "offers", "inputs", "stimuli", "learns", "scored")
        return all(getattr(self, name) == getattr(other, name) for name in plain) and all(
            _equal(getattr(self, name), getattr(other, name)) for name in _ARRAYS
        )

    __hash__ = None  # type: ignore[assignment]  # as arrays, and what holds them

    @property
    def trials(self) -> int:
        """How many runs of equal (block, trial) labels there are."""
        changes = (np.diff(self.trial) != 0) | (np.diff(self.block) != 0)
        return 1 + int(np.count_nonzero(changes))

    @property
    def rewarded(self) -> int:
        """How many rewards there were, of the values that this session paid.

        Of two values the higher one is a reward, whatever the code; of more, those above 0.
        """
        return self._rewarded(_core.no_reward([self]))

    def _rewarded(self, none: float) -> int:
        return int(np.count_nonzero(self.reward > none))  # NaN is not

    def __repr__(self) -> str:
        if np.all(self.choice < 0):
            kind = "no choices"
        else:
            kind = "accept or reject" if self.offers == 1 else f"a choice among {self.offers}"
        recorded = "" if self.recordings is None else f", {counted(len(self.recorded_neurons), 'neuron')} recorded"
        return (
            f"Session {self.name!r} of animal {self.animal!r}: {counted(len(self), 'step')} in "
            f"{counted(self.trials, 'trial')}, "
            f"{kind}{recorded}"
        )

    def _repr_html_(self) -> str:
        return _html.paragraph(repr(self))

    def plot_choices(self, window: int = 10, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Choices, trial by trial (matplotlib).

        Lines are shares over the last `window` trials, from the first trial that has so many behind it. With one
        offer a step: how often each stimulus was accepted when offered; with several: how often each was chosen,
        or each place where offers have no names. Forced choices do not enter. Above, a row of ticks a stimulus:
        each choice, long where rewarded; forced ones in a ring. Crosses below are trials at which nothing was
        chosen, upright lines the borders of blocks.
        """
        from ._plots_choices import choices

        return choices(self, window, ax)

    def plot_blocks(
        self, before: int = 10, after: int = 20, ax: matplotlib.axes.Axes | None = None
    ) -> matplotlib.axes.Axes:
        """The learning curve around this session's block changes; see `Sessions.plot_blocks` (matplotlib)."""
        from ._plots_blocks import blocks, of_session

        return blocks([of_session(self)], before, after, ax)


def _equal(a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is b
    return a.shape == b.shape and bool(np.all((a == b) | ((a != a) & (b != b))))


class Sessions(list[Session]):
    """Sessions of one data set, as `synfer.read` gives them: a list that knows its files.

    Attributes
    ----------
    files : list of (path, SHA-256, bytes)
        Where they come from; kept with a fit's results.
    left_out : list of str
        Data files of a given folder that were not read.
    how : list of str
        How what the data leave open was understood, a sentence each: which column was taken for what, what choices
        and orders of rows were taken for.
    """

    def __init__(
        self,
        sessions: Sequence[_core.Session] = (),
        files: Sequence[tuple[str, str, int]] = (),
        left_out: Sequence[str] = (),
        how: Sequence[str] = (),
    ) -> None:
        all_how = tuple(how)
        super().__init__(s if isinstance(s, Session) else Session._of(s, all_how) for s in sessions)
        self.files = list(files)
        self.left_out = list(left_out)
        self.how = list(dict.fromkeys([*how, *(sentence for session in self for sentence in session.how)]))

    @overload
    def __getitem__(self, place: SupportsIndex) -> Session: ...
    @overload
    def __getitem__(self, place: slice) -> Sessions: ...
    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return Sessions(found, how=self.how) if isinstance(place, slice) else found

    @property
    def animals(self) -> dict[str, Sessions]:
        """The sessions of each animal, under its name."""
        found: dict[str, Sessions] = {}
        for session in self:
            found.setdefault(session.animal, Sessions(how=self.how)).append(session)
        return found

    def inventory(self) -> dict[str, int]:
        """How many animals, sessions, steps, trials, choices, omissions, rewards, ... there are."""
        return _core.inventory(self)

    def to_frame(self) -> pandas.DataFrame:
        """A pandas table with one row a step."""
        return to_frame(self)

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Writes that table as a Parquet file (pandas and pyarrow), which `synfer.read` reads to equal sessions."""
        self.to_frame().to_parquet(path, index=False)

    def plot_choices(self, window: int = 10, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Choices of the only session, trial by trial; see `Session.plot_choices` (matplotlib).

        Raises
        ------
        ValueError
            Where there are several sessions: `sessions[0].plot_choices()` draws the first.
        """
        if len(self) != 1:
            raise ValueError(f"found {len(self)} sessions, expected one; draw the first with sessions[0].plot_choices()")
        return self[0].plot_choices(window, ax)

    def plot_blocks(
        self, before: int = 10, after: int = 20, ax: matplotlib.axes.Axes | None = None
    ) -> matplotlib.axes.Axes:
        """The learning curve around block changes (matplotlib).

        How often the option was taken, where it was offered, that paid best in the new block and had not in the
        old one, `before` trials before the change to `after` trials from it: thin lines are animals, the thick one
        their mean, the band its standard error (of a single animal: over its changes). Forced choices do not
        enter; trials that fewer than half of the changes reach are left out.

        Raises
        ------
        ValueError
            Where no block pays best another option than the one before it.
        """
        from ._plots_blocks import blocks, of_session

        return blocks([of_session(session) for session in self], before, after, ax)

    def __repr__(self) -> str:
        if not self:
            return "Sessions: none"
        found = self.inventory()
        parts = ["step", "trial", "choice", "omission", "reward"]
        counts = [counted(found[name + "s"], name) for name in parts if found[name + "s"] or name == "step"]
        counts += [f"{found['recorded']} recorded"] if found["recorded"] else []
        of = f"{counted(found['sessions'], 'session')} of {counted(found['animals'], 'animal')}"
        return f"{of}: {', '.join(counts)}"

    def _repr_html_(self) -> str:
        none = _core.no_reward(self)
        rows = [(s.animal, s.name, len(s), s.trials, s._rewarded(none)) for s in self[:20]]
        more = f"<p>and {len(self) - 20} more</p>" if len(self) > 20 else ""
        header = ("animal", "session", "steps", "trials", "rewards")
        return _html.paragraph(repr(self)) + _html.table(header, rows) + more
