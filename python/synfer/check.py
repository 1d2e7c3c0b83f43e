"""What data hold, for a person to judge before anything is fitted; `synfer check` on the command line."""

from __future__ import annotations

import json
from typing import Any

from . import _core, _html
from ._settings import overrides
from .runs import Data, _data, _how


class Check:
    """An inventory of sessions: printed, a table of what they hold.

    Attributes
    ----------
    how : list of str
        A sentence each: how what the files leave open was understood.
    unusual : list of str
        A sentence each: what to look at, with the animal and session. Empty where nothing is unusual.
    """

    def __init__(self, text: str, content: str) -> None:
        self._text = text
        self._json = json.loads(content)
        self.how: list[str] = self._json["how"]
        self.unusual: list[str] = self._json["unusual"]

    def to_dict(self) -> dict[str, Any]:
        """Everything, as `synfer check --json` prints it."""
        return dict(self._json)

    def __repr__(self) -> str:
        return self._text.rstrip("\n")

    def _repr_html_(self) -> str:
        found = self._json
        first = _html.paragraph(self._text.splitlines()[0])
        parts = [first, _html.items("To look at", self.unusual), _html.items("How the data were understood", self.how)]
        kinds = list(found["by_choice"])
        values = [(one["value"], *one["by_choice"].values()) for one in found["reward_values"]]
        if values:
            parts.append(_html.table(["reward", *kinds], values))
        else:
            quantiles = [(f"{100 * one['share']:g} %", one["value"]) for one in found["reward_quantiles"]]
            parts.append(_html.table(["rewards up to", "reward"], quantiles))
        stimuli = [(one["name"], one["offered"], one["chosen"], _number(one["mean_reward"])) for one in found["stimuli"]]
        if stimuli:
            parts.append(_html.table(["stimulus", "offered", "chosen", "mean reward"], stimuli))
        animals = [
            (one["name"], one["sessions"], one["trials"], one["choices"], _number(one["rewarded"]))
            for one in found["by_animal"]
        ]
        parts.append(_html.table(["animal", "sessions", "trials", "choices", "share rewarded"], animals))
        return "".join(parts)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def check(sessions: Data, **settings: Any) -> Check:
    """Reads data and says what is there, how it was understood and what is unusual.

    Parameters
    ----------
    sessions
        Sessions, the path of a file or folder, or a pandas table with one row a step, as for `synfer.fit`.
    **settings
        Those of data, with `__` for the dot: `data__columns__choice="accepted"`.

    Examples
    --------
    >>> import synfer
    >>> found = synfer.check(synfer.simulate("x*r", data__sessions=2, task__trials_per_block=20).sessions)
    >>> found.unusual
    []
    """
    data = _data(sessions, settings)
    return Check(*_core.check(data, data.files, data.left_out, _how(data), overrides(settings)))
