"""What can go wrong, as exceptions with the fields of the C++ errors (synfer/base/error.h).

A message says what was found, what was expected and what to do; the fields point at the fault. All pickle,
so that they come back whole from another process.
"""

from __future__ import annotations

from typing import Any

from ._hints import in_python as in_python  # the C++ door calls it on every message

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
