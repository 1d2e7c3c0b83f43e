"""What can go wrong, as exceptions with the fields of the C++ errors (synfer/base/error.h).

A message says what was found, what was expected and what to do; the fields point at the fault. All pickle,
so that they come back whole from another process.
"""

from __future__ import annotations

import json
import re
from typing import Any

OF_READING = ("format", "choice_values", "no_choice", "arms", "rewards_on_rejection", "sort")
"""Settings of data that are keyword arguments as they are, without `data__` before them."""

_NOT_IN_A_NAME = r"(?<![\w./])"
_COLUMN = re.compile(_NOT_IN_A_NAME + r"data\.columns\.(\w+)(?:=(\w+(?:,\w+)*))?")
_COLUMNS = re.compile(_NOT_IN_A_NAME + r"data\.columns(?![\w.]\w)")
_ASSIGNMENT = re.compile(_NOT_IN_A_NAME + r'([a-z]\w*(?:\.[a-z]\w*)+)=(\[[^\]]*\]|"[^"]*"|[\w.+*^-]*\w)')
_READING = re.compile(_NOT_IN_A_NAME + rf"data\.({'|'.join(OF_READING)})\b(?!\.\w)")
_OPTIONS = {
    "--format": "format=...",
    "choose another --out": "choose another path",
    "give --overwrite": "give overwrite=True",
    "the --out folder": "the folder",
}
_LITERALS = {"true": "True", "false": "False", "null": "None"}


def in_python(text: str) -> str:
    """What a message says in words of the command line, in those of Python: `fit.epochs=3` as `fit__epochs=3`."""
    text = re.sub(r"(map (?:its name|their names|names)) in the configuration(?: \(data\.columns\))?", r"\1 with data.columns", text)
    text = _COLUMN.sub(lambda m: f'columns={{"{m[1]}": {json.dumps(m[2]) if m[2] else "..."}}}', text)
    text = _COLUMNS.sub("columns={...}", text)
    text = _ASSIGNMENT.sub(lambda m: f"{_argument(m[1])}={_literal(m[2])}", text)
    text = _READING.sub(r"\1", text)
    for option, words in _OPTIONS.items():
        text = text.replace(option, words)
    return text


def _argument(key: str) -> str:
    name = key.removeprefix("data.")
    return name if name in OF_READING else key.replace(".", "__")


def _literal(value: str) -> str:
    """A value in YAML as Python writes it."""
    if value.startswith("["):
        return f"[{', '.join(_literal(one.strip()) for one in value[1:-1].split(',') if one.strip())}]"
    if value in _LITERALS or value.startswith(('"', "'")):
        return _LITERALS.get(value, value)
    try:
        float(value)
    except ValueError:
        return json.dumps(value, ensure_ascii=False)
    return value


class SynferError(Exception):
    """The root of every error that synfer raises on purpose."""

    _fields: tuple[str, ...] = ()

    def __init__(self, message: str, *fields: Any) -> None:
        super().__init__(message)
        for name, value in zip(self._fields, fields, strict=True):
            setattr(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), *(getattr(self, name) for name in self._fields))


class DataError(SynferError, ValueError):
    """A recording cannot be used: a file is missing, damaged, or contradicts itself."""

    _fields = ("file", "row", "column")
    file: str
    """Path of the file, `the table`, or `session NAME` for arrays."""
    row: int
    """From 1, with the header as row 1, as an editor counts; of arrays the step, from 1; 0 is the whole file."""
    column: str
    """Name of the column or array; empty where the fault is not in one."""


def what_is_wrong(error: DataError) -> str:
    """The message without the place before it."""
    place = error.file + (f", row {error.row}" if error.row else "") + (f", column {error.column}" if error.column else "")
    return str(error).removeprefix(f"{place}: ")


class ConfigurationError(SynferError, ValueError):
    """A setting is unknown or has a value that it cannot have."""

    _fields = ("key", "nearest")
    key: str
    """The setting, as `fit.epochs`."""
    nearest: str
    """The known key closest to an unknown one, empty otherwise."""


class OutputError(SynferError, OSError):
    """Results cannot be written where they were asked for."""

    _fields = ("path",)
    path: str

    def __str__(self) -> str:  # OSError has a text of its own
        return str(self.args[0])


class NonFiniteError(SynferError, ArithmeticError):
    """A trajectory left the finite numbers."""

    _fields = ("animal", "session", "step", "term")
    animal: str
    session: str
    step: int
    """Index, from 0, of the step at which a weight first overflowed."""
    term: str
    """The parameter of the rule whose share of that weight change was largest."""
