"""A session: what one animal did and what was recorded on one occasion, step by step.

Shapes, here and everywhere: T steps, K offers a step, N inputs, R recorded neurons.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from . import _core, _html
from ._text import counted

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas

_ARRAYS = ("stimulus", "x", "trial", "block", "choice", "reward", "recorded_neurons", "recordings")


def _array(values: Any, dtype: type) -> npt.NDArray[Any]:
    """As C++ takes it; a copy only where type or layout differ."""
    if values is None:
        return np.empty(0, dtype)
    array = np.asarray(values)
    if dtype is np.int32 and array.dtype.kind == "f":
        if not np.all(np.mod(array, 1) == 0):
            raise TypeError("expected whole numbers, found fractions or missing values")
    return np.ascontiguousarray(array, dtype)


def _labels(stimulus: Any) -> tuple[list[str], npt.NDArray[np.int32]]:
    names, index = np.unique(np.asarray(stimulus).astype(str), return_inverse=True)
    return [str(name) for name in names], np.ascontiguousarray(index, np.int32)


class Session(_core.Session):
    """What one animal did and what was recorded on one occasion.

    A session is a value: it cannot be changed, and it pickles. Its arrays are read-only views of its own
    memory.

    Parameters
    ----------
    choice : array of T ints
        With one offer a step 1 accepted, 0 rejected; with K >= 2 the index of the chosen offer; -1 or NaN
        where the animal chose nothing. All -1 where neural data stand alone.
    reward : array of T floats
        On the steps that earn one (an accepted offer; any choice among several); NaN elsewhere.
    stimulus : array of labels, T or T x K, optional
        What was offered, by name.
    x : array, T x N or T x K x N, optional
        What was offered, as activity of the inputs. One of `stimulus` and `x` is needed; where both are
        given, `x` is what the network sees.
    trial, block : arrays of T ints, optional
        Labels. Without `trial`, a trial ends with an acceptance (one offer), or is one step.
    recordings : array, T x R, optional
        Activity of neurons of the plastic layer; NaN where missing.
    recorded_neurons : array of R ints, optional
        Which neurons they are; the first R unless given.
    learns : array of T bools, optional
        Whether weights change after the step: by default after an acceptance (one offer) or a choice, and
        after every step where neural data stand alone.
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
        x: npt.ArrayLike | None = None,
        trial: npt.ArrayLike | None = None,
        block: npt.ArrayLike | None = None,
        recordings: npt.ArrayLike | None = None,
        recorded_neurons: npt.ArrayLike | None = None,
        learns: npt.ArrayLike | None = None,
        animal: str = "animal",
        name: str = "session",
    ) -> None:
        given = np.asarray(choice)
        if given.dtype.kind == "f":  # a missing choice is an omission
            given = np.where(np.isnan(given), -1, given)
        chosen = _array(given, np.int32)
        steps = chosen.size
        names, index = ([], np.empty(0, np.int32)) if stimulus is None else _labels(stimulus)
        vectors = _array(x, np.float64)
        offers = 1
        if stimulus is not None and np.ndim(stimulus) == 2:
            offers = np.shape(stimulus)[1]
        if vectors.ndim == 3:
            offers = vectors.shape[1]
        inputs = vectors.shape[-1] if vectors.size else 0
        recorded = _array(recordings, np.float64)
        if recorded.ndim == 1 and recorded.size:
            recorded = recorded[:, None]
        neurons = np.arange(recorded.shape[1]) if recorded_neurons is None and recorded.size else recorded_neurons
        behaves = bool(np.any(chosen >= 0))
        if trial is None:
            accepted = chosen == 1 if offers == 1 and behaves else np.ones(steps, bool)
            trial = np.concatenate([[0], np.cumsum(accepted)[:-1]]) if steps else []
        if learns is None:
            learns = (chosen == 1 if offers == 1 else chosen >= 0) if behaves else np.ones(steps, bool)
        super().__init__(
            animal=str(animal),
            name=str(name),
            offers=int(offers),
            inputs=int(inputs),
            stimuli=names,
            stimulus=index,
            x=vectors,
            trial=_array(trial, np.int32),
            block=np.zeros(steps, np.int32) if block is None else _array(block, np.int32),
            choice=chosen,
            reward=np.full(steps, np.nan) if reward is None else _array(reward, np.float64),
            learns=_array(learns, np.bool_),
            recorded_neurons=_array(neurons, np.int32),
            recordings=recorded,
        )

    @classmethod
    def _of(cls, core: _core.Session) -> Session:
        session = cls.__new__(cls)
        _core.Session.__init__(session, core)
        return session

    @classmethod
    def from_frame(cls, frame: pandas.DataFrame, columns: Mapping[str, str] | None = None) -> Session:
        """The one session of a pandas table with one row a step.

        `columns` maps synfer's names (animal, session, trial, block, choice, reward, stimulus, x, y) to the
        table's, as `{"choice": "accepted"}`. For tables with several sessions: `synfer.from_frame`.
        """
        from .reading import from_frame

        sessions = from_frame(frame, columns)
        if len(sessions) != 1:
            raise ValueError(f"found {len(sessions)} sessions in the table, expected one; use synfer.from_frame")
        return sessions[0]

    def to_frame(self) -> pandas.DataFrame:
        """A pandas table with one row a step, in the columns that `synfer.read` knows."""
        from .reading import to_frame

        return to_frame([self])

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: None if (a := getattr(self, name)) is None else np.array(a) for name in _ARRAYS}
        state["learns"] = np.array(self.learns)
        return _restored, (self.animal, self.name, self.offers, self.inputs, list(self.stimuli), state)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Session):
            return NotImplemented
        plain = ("animal", "name", "offers", "inputs", "stimuli", "learns")
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
        """Rewards above 0."""
        return int(np.count_nonzero(np.nan_to_num(self.reward) > 0))

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
        """Choices over trials, smoothed over `window` trials, rewards and block borders (matplotlib)."""
        from ._plots import choices

        return choices(self, window, ax)


def _restored(
    animal: str, name: str, offers: int, inputs: int, stimuli: list[str], state: dict[str, Any]
) -> Session:
    session = Session.__new__(Session)
    floats = ("x", "reward", "recordings")
    arrays = {n: _array(state[n], np.float64 if n in floats else np.int32) for n in _ARRAYS}
    learns = _array(state["learns"], np.bool_)
    _core.Session.__init__(
        session, animal=animal, name=name, offers=offers, inputs=inputs, stimuli=stimuli, learns=learns, **arrays
    )
    return session


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
    """

    def __init__(
        self,
        sessions: Sequence[_core.Session] = (),
        files: Sequence[tuple[str, str, int]] = (),
        left_out: Sequence[str] = (),
    ) -> None:
        super().__init__(s if isinstance(s, Session) else Session._of(s) for s in sessions)
        self.files = list(files)
        self.left_out = list(left_out)

    @property
    def animals(self) -> dict[str, Sessions]:
        """The sessions of each animal, under its name."""
        found: dict[str, Sessions] = {}
        for session in self:
            found.setdefault(session.animal, Sessions()).append(session)
        return found

    def inventory(self) -> dict[str, int]:
        """How many animals, sessions, steps, trials, choices, omissions, rewards, ... there are."""
        return _core.inventory(self)

    def to_frame(self) -> pandas.DataFrame:
        """A pandas table with one row a step."""
        from .reading import to_frame

        return to_frame(self)

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Writes that table as a Parquet file (pandas and pyarrow), which `synfer.read` reads to equal sessions."""
        self.to_frame().to_parquet(path, index=False)

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
        rows = [(s.animal, s.name, len(s), s.trials, s.rewarded) for s in self[:20]]
        more = f"<p>and {len(self) - 20} more</p>" if len(self) > 20 else ""
        header = ("animal", "session", "steps", "trials", "rewards")
        return _html.paragraph(repr(self)) + _html.table(header, rows) + more
