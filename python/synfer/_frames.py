"""Between pandas tables with one row a step and sessions of the extension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _core
from ._cells import array_of, cells, seconds
from ._csv import frame_of
from ._optional import needed
from ._settings import dotted, overrides
from .errors import DataError, in_python, what_is_wrong

if TYPE_CHECKING:
    import pandas

TABLE = "the table"


def as_pandas(frame: Any) -> pandas.DataFrame:
    pandas = needed("pandas")

    if isinstance(frame, pandas.DataFrame):
        return frame
    if hasattr(frame, "to_pandas"):
        return frame.to_pandas()
    if not isinstance(frame, Mapping):
        raise TypeError(f"found {type(frame).__name__}, expected a pandas table or a dict of columns")
    try:
        return pandas.DataFrame({name: array_of(values) for name, values in frame.items()})
    except UnicodeEncodeError:
        for name, values in frame.items():
            cells(str(name), values)  # says where
        raise
    except ValueError as error:
        raise DataError(f"{TABLE}: {error}; expected columns with one entry a step", TABLE, 0, "") from None


def sessions_of(
    frame: pandas.DataFrame, name: str, file: str, settings: Mapping[str, Any]
) -> tuple[list[_core.Session], list[str]]:
    """Sessions, called `name` where no column has their names, and how they were read. Errors name the `file`."""
    given = overrides({**settings, "format": "steps"})
    time = dotted(settings).get("data.columns.time", "start_time")
    levels = [level for level in frame.index.names if level is not None and level not in frame.columns]
    columns = [(str(level), frame.index.get_level_values(level)) for level in levels]
    columns += [(str(column), frame.iloc[:, place]) for place, column in enumerate(frame.columns)]
    if not columns:
        raise DataError(f"{file}: the table has no columns; expected one row a step, and columns choice and reward", file, 0, "")
    try:
        found, how = _core.read_columns(
            name, len(frame), [cells(c, seconds(np.asarray(v)) if c == time else v) for c, v in columns], given
        )
    except DataError as error:
        row = error.row + 1 if error.row else 0  # the names of columns are the first
        where = file if not row else f"{file}, row {row} (index {frame.index[row - 2]})"
        where += f", column {error.column}" if error.column else ""
        raise DataError(f"{where}: {what_is_wrong(error)}", file, row, error.column) from None
    return found, [in_python(sentence) for sentence in how]


def to_frame(sessions: Sequence[_core.Session]) -> pandas.DataFrame:
    """A pandas table with one row a step, which `from_frame` reads back to equal sessions."""
    frame = exact_frame(_core.steps_csv(list(sessions)))
    return frame.astype({name: int for name in ("trial", "block") if name in frame})


def exact_frame(csv: str) -> pandas.DataFrame:
    """A table whose numbers are those of the text to the last bit, which pandas itself does not promise."""
    frame = frame_of(csv, dtype=str)
    for name in frame.columns:
        if name in ("animal", "session") or name.startswith("stimulus"):
            continue
        try:
            frame[name] = [float(cell) if isinstance(cell, str) else float("nan") for cell in frame[name]]
        except ValueError:
            if name != "choice":  # which may be a label
                raise
    return frame
