"""Settings: the same names in Python, on the command line and in configuration.yaml.

A setting is a keyword argument with its dotted name, a double underscore standing for the dot:
`fit__epochs=10` is `fit.epochs=10` on the command line. A dict with dotted names goes in with two stars:
`synfer.fit(sessions, **{"fit.epochs": 10})`. Values are plain Python: numbers, text, lists, True, None. What says
how data are read needs no `data__` before it: `choice_values=["left", "right"]`, `columns={"choice": "side"}`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from . import _core
from ._cells import is_missing
from ._hints import OF_READING, in_python, known_keys
from .errors import ConfigurationError


class Setting(NamedTuple):
    """One setting, as the command line documents it."""

    key: str
    default: str
    allowed: str
    unit: str
    meaning: str
    when_absent: str

    def __str__(self) -> str:
        default = self.when_absent if self.default == "null" else self.default
        return f"{self.key} = {default}: {self.meaning} ({self.allowed}{', ' + self.unit if self.unit else ''})"


def settings(containing: str = "") -> list[Setting]:
    """All settings whose name or meaning contains the text, in documented order."""
    found = (Setting(*row) for row in _core.settings())
    return [one for one in found if containing in one.key or containing in one.meaning]


def dotted(given: Mapping[str, Any]) -> dict[str, Any]:
    """Under the names that settings have in configuration.yaml."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        key = name.replace("__", ".")
        if key in ("columns", "data.columns"):
            for column, theirs in (value or {}).items():
                _refuse_reversed(column, theirs)
                found[f"data.columns.{column}"] = ",".join(theirs) if isinstance(theirs, (list, tuple)) else theirs
            continue
        if key in OF_READING:
            key = f"data.{key}"
        if key == "data.no_choice" and isinstance(value, (list, tuple)):
            value = [one for one in value if not is_missing(one)]  # these are no choice as it is
        _refuse_underscores(name, key)
        found[key] = value
    return found


def _refuse_reversed(column: str, theirs: Any) -> None:
    ours = f"data.columns.{theirs}"
    if isinstance(theirs, str) and f"data.columns.{column}" not in known_keys() and ours in known_keys():
        found, expected = json.dumps({column: theirs}), json.dumps({theirs: column})
        raise ConfigurationError(
            f"columns: found {found}, expected it the other way round, synfer's name first: columns={expected}",
            f"data.columns.{column}",
            ours,
        )


def _refuse_underscores(name: str, key: str) -> None:
    """One underscore where two stand for the dot."""
    if "." in key or key in known_keys():
        return
    near = next((one for one in known_keys() if one.replace(".", "_") == key), "")
    if near:
        raise ConfigurationError(f"{name}: unknown setting; did you mean {in_python(near)}?", key, near)


def of_reading(given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of them that say how data are read."""
    keys = tuple(f"data.{name}" for name in OF_READING)
    return {k: v for k, v in dotted(given).items() if k in keys or k.startswith(("data.columns.", "data.activity."))}


def _plain(value: Any) -> Any:
    """NumPy's numbers and arrays as Python's."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"found {type(value).__name__}, expected a number, text, a list, True, False or None")


def overrides(given: Mapping[str, Any]) -> list[str]:
    """Each setting as key=value, as the command line takes it; JSON is YAML too."""
    return [f"{key}={_json(key, value)}" for key, value in dotted(given).items()]


def _json(key: str, value: Any) -> str:
    text = json.dumps(value, default=_plain, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        what = f"found {ascii(text[:50])}, which is not Unicode; decode it as it was encoded"
        raise ConfigurationError(f"{key}: {what}", key, "") from None
    return text
