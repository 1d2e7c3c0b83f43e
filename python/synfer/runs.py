"""Simulate, fit, select, evaluate and recover: the commands of synfer, on sessions in memory.

The rooms below are those of the command line, so that the same settings give the same numbers to the last
bit. While C++ works, other Python threads run, and Ctrl-C raises KeyboardInterrupt.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union

import numpy as np
import numpy.typing as npt

from . import _core
from ._csv import frame_of
from ._progress import Report, reporting
from .errors import ConfigurationError, in_python
from .reading import from_frame, read
from .result import Result
from .rule import Rule, terms_of
from .session import Session, Sessions
from ._settings import of_reading, overrides

if TYPE_CHECKING:
    import pandas

Data = Union[Sequence[Session], Session, "pandas.DataFrame", str, os.PathLike[str]]


_DATA = "sessions, paths of files or folders, or a pandas table with one row a step"


def _data(sessions: Data, settings: dict[str, Any], fitted: Result | None = None) -> Sessions:
    """The sessions; where they are still to be read, as the settings say, and else as those of the fit were."""
    as_fitted = _core.reading_settings(fitted.configuration) if fitted else {}
    reading = {**as_fitted, **of_reading(settings)}
    if hasattr(sessions, "to_csv") or hasattr(sessions, "to_pandas"):
        return from_frame(sessions, **reading)
    if isinstance(sessions, (str, os.PathLike)):
        return read(sessions, **reading)
    if isinstance(sessions, Mapping):
        raise TypeError(
            f"found a {type(sessions).__name__}, expected {_DATA}; synfer.from_frame makes sessions of columns, and "
            "synfer.map_fits fits groups one by one"
        )
    if isinstance(sessions, (bytes, bytearray)) or not isinstance(sessions, (_core.Session, Iterable)):
        raise TypeError(f"found {type(sessions).__name__}, expected {_DATA}")
    given = sessions if isinstance(sessions, Sessions) else [sessions] if isinstance(sessions, _core.Session) else list(sessions)
    if given and all(isinstance(one, (str, os.PathLike)) for one in given):
        return read(*given, **reading)
    other = next((one for one in given if not isinstance(one, _core.Session)), None)
    if other is not None:
        raise TypeError(f"found {type(other).__name__} in a {type(given).__name__}, expected {_DATA}")
    _refuse_reading(settings)
    return given if isinstance(given, Sessions) else Sessions(given)


def _refuse_reading(settings: dict[str, Any]) -> None:
    """Sessions were read before: what says how would be ignored."""
    for key in of_reading(settings):
        raise ConfigurationError(
            f"{in_python(key)}: found beside sessions, which are read already; expected where data are read; give it to "
            "synfer.read, synfer.from_frame or synfer.Session",
            key,
            "",
        )


def _how(data: Sessions) -> list[str]:
    """What the readers of the sessions said."""
    return Sessions(data, how=data.how).how


def _rule_settings(rule: str | Sequence[str] | None) -> dict[str, Any]:
    if rule is None:
        return {}
    return {"rule.kind": "mlp"} if rule == "mlp" else {"rule.terms": terms_of(rule)}


def fit(
    sessions: Data,
    rule: str | Sequence[str] | None = None,
    *,
    quick: bool = False,
    progress: bool | Report = False,
    **settings: Any,
) -> Result:
    """Fits a plasticity rule to recorded sessions; `synfer fit` on the command line.

    Without a rule, what the settings leave open beside it (a hidden layer, the expected reward, covariates, drift, weights
    carried over) is searched first, on held-out choices; `Result.structures` says what was found.

    Parameters
    ----------
    sessions
        Sessions, the path of a file or folder to `read`, or a pandas table with one row a step; columns of other
        names as `data__columns__choice="accepted"`.
    rule
        The terms whose coefficients are fitted, `"1 + w + x + r + x*r"` or a list of terms; `"mlp"` for a
        small neural network; None to select the terms among all products of x, y, w and r.
    quick
        True for the settings as they stand: no structures are compared.
    progress
        True for a bar (with tqdm where it is installed), or a function of (phase, done, total, value).
    **settings
        As on the command line, with `__` for the dot: `stimulus__in_fit="filtered"`; see `synfer.settings`.
        Choices get all history covariates that suit them, those of `synfer.simulate` too;
        `history__covariates=[]` adds none.

    Returns
    -------
    Result
        With scores in sample, and held out on the last data__held_out of each session's trials.

    Raises
    ------
    ConfigurationError, DataError, NonFiniteError
    """
    data = _data(sessions, settings)
    searched = {"structures.search": "none"} if quick else {}
    given = overrides({**_rule_settings(rule), **searched, **settings})
    with reporting(progress) as report:
        return Result(*_core.fit(data, data.files, _how(data), given, report))


def select(
    sessions: Data,
    rule: str | Sequence[str] | None = None,
    *,
    progress: bool | Report = False,
    **settings: Any,
) -> Result:
    """Selects the terms of a rule, and fits them: `fit` with selection.search=forward.

    `rule` names the candidates; all products of x, y, w and r up to rule.degree each unless given. The result
    has the sets of each size and those nearly as good in `json["selection"]`.
    """
    return fit(sessions, rule, progress=progress, **{"selection.search": "forward", **settings})


def evaluate(fitted: Result, sessions: Data, *, name: str = "an earlier fit", **settings: Any) -> Result:
    """Scores a fitted rule on other sessions; `synfer evaluate` on the command line.

    The settings are those of the fit but for the ones given; files and tables are read as those of the fit were. The scores stand under `held_out`, whose `sample` says
    what these sessions are to the fit: new sessions of its animals, animals never seen, or the very sessions that
    were fitted, where scores are in sample.
    """
    if not isinstance(fitted, Result):
        raise TypeError(f"found {type(fitted).__name__}, expected the Result of a fit, then sessions")
    data = _data(sessions, settings, fitted)
    given = overrides(settings)
    return Result(*_core.evaluate(fitted.configuration, fitted.text, name, data, data.files, _how(data), given))


def recover(truth: str = "x*r", *, progress: bool | Report = False, **settings: Any) -> Result:
    """Simulates a known rule, fits it and compares both; `synfer recover` on the command line."""
    with reporting(progress) as report:
        return Result(*_core.recover(overrides({"truth.rule": truth, **settings}), report))


class DesignCheck:
    """Whether an experiment could tell: how often, and how well, each term of a rule is found.

    Attributes
    ----------
    json : dict
        Everything, as in result.json of `synfer recover --like`.
    configuration : str
        The settings as YAML.
    """

    def __init__(self, table: str, text: str, csv: str, configuration: str) -> None:
        self.json = json.loads(text)
        self.configuration = configuration
        self._table = table
        self._csv = csv

    def to_frame(self) -> pandas.DataFrame:
        """One row a term and size: truth, found, bias, spread, width, coverage (a pandas table)."""
        return frame_of(self._csv)

    def __repr__(self) -> str:
        return self._table


def design_check(
    sessions: Data,
    truth: str | Result = "x*r",
    rule: str | Sequence[str] | None = None,
    *,
    progress: bool | Report = False,
    **settings: Any,
) -> DesignCheck:
    """Could this experiment tell? `synfer recover --like` on the command line.

    Simulates experiments of the design of these sessions (animals, trials, offers, rewards) and fits each as
    `fit` would.

    Parameters
    ----------
    sessions
        Sessions, or the path of a file or folder to `read`.
    truth
        The rule that is simulated, `"x*r - 0.05*w"`, or a fit, whose animal is simulated with all that was
        estimated of it; its settings hold then but for those given.
    rule
        The terms that are fitted, as in `fit`.
    **settings
        `design__replicates=100` experiments, `design__multiples=[1, 2, 4]` times the animals, and those of
        `fit`.
    """
    fitted = truth if isinstance(truth, Result) else None
    data = _data(sessions, settings, fitted)
    named = {} if fitted else {"truth.rule": truth}
    given = overrides({**named, **_rule_settings(rule), **settings})
    of_fit = (fitted.configuration, fitted.text) if fitted else ("", "")
    with reporting(progress) as report:
        return DesignCheck(*_core.design_check(*of_fit, data, given, report))


class Simulation(Sessions):
    """Simulated sessions, and beside them what nobody would know of an animal.

    Attributes
    ----------
    rule : Rule
        The true rule. (An MLP with random parameters has none in words: see `truth`.)
    truth : str
        The true rule in words.
    theta : list of P floats
        Its parameters.
    initial_weights : list of arrays, N x M, one a session
    x_seen : list of arrays, T x K x N, one a session
        What the animal saw: stimuli with their noise.
    trials_at_limit : int
        Trials that ended at task.max_offers.
    """

    def __init__(
        self,
        sessions: Sequence[_core.Session] = (),
        truth: str = "",
        theta: Sequence[float] = (),
        initial_weights: Sequence[npt.NDArray[np.float64]] = (),
        x_seen: Sequence[npt.NDArray[np.float64]] = (),
        trials_at_limit: int = 0,
    ) -> None:
        super().__init__(sessions)
        self.truth = truth
        self.theta = list(theta)
        self.initial_weights = list(initial_weights)
        self.x_seen = list(x_seen)
        self.trials_at_limit = trials_at_limit

    @property
    def rule(self) -> Rule:
        return Rule(self.truth)


def simulate(rule: str = "x*r", sessions: int = 20, **settings: Any) -> Simulation:
    """Sessions of a model animal that learns by a known rule; `synfer simulate` on the command line.

    Parameters
    ----------
    rule
        Such as `"x*r - 0.05*w"`.
    sessions
        How many, one an animal.
    **settings
        Task, stimuli and network: `task__trials_per_block=40`, `network__hidden=10`, `seed=3`, ...
    """
    given = overrides({"truth.rule": rule, "data.sessions": sessions, **settings})
    found = _core.simulate(given)
    truth = found.pop("rule")
    return Simulation(truth=truth, **found)
