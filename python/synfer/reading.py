"""Sessions from files and pandas tables, and back to tables."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from . import _core
from ._cells import array_of, cells, seconds
from ._csv import frame_of
from ._optional import needed
from ._settings import dotted, overrides
from .errors import DataError, in_python, what_is_wrong
from .session import Session, Sessions

if TYPE_CHECKING:
    import pandas

Path = Union[str, os.PathLike[str]]

_TABLE = "the table"


def read(
    *paths: Path | Iterable[Path],
    format: str = "automatic",
    columns: Mapping[str, str] | None = None,
    **settings: Any,
) -> Sessions:
    """Reads recorded sessions from files or folders.

    Parameters
    ----------
    paths
        Files or folders, or lists of them; of a folder, the files of one format are read, fly2 before fly10. Tables
        in Parquet files (pandas and pyarrow) have the columns of a CSV file.
    format
        `automatic`, or one of `synfer.formats()`.
    columns
        Of tables and arrays with one row a step: synfer's names (animal, session, trial, block, choice, reward,
        stimulus, x, y, time, scored, learns) and what the file calls them, as `{"choice": "accepted"}`; of several
        offers `{"stimulus": ["left", "right"]}`.
    **settings
        How choices are coded, `choice_values=["left", "right"]` and `no_choice=["none"]`; offers that are the same
        at every step, `arms=["left", "right"]`; `sort="trial"`; `rewards_on_rejection=True`; and others of data, such
        as those of activity in NWB files, which `synfer.settings("data.")` lists.

    Returns
    -------
    Sessions
        Its `how` says in words how what the files leave open was understood.

    Raises
    ------
    DataError
        With file, row and column of what is wrong. Nothing is returned unless every file is sound.
    """
    all_paths = list(_flat(paths))
    given = {"format": format, "columns": columns, **settings}
    tables = [path for path in all_paths if path.lower().endswith(".parquet")]
    if not tables:
        sessions, files, left_out, how = _core.read(all_paths, overrides(given))
        if left_out:
            warnings.warn(f"not read, being of another format than the rest: {', '.join(left_out)}", stacklevel=2)
        return Sessions(sessions, files, left_out, [in_python(sentence) for sentence in how])
    if len(tables) < len(all_paths):
        other = next(path for path in all_paths if path not in tables)
        raise DataError(f"{other}: stands beside Parquet files, which are read by themselves; read it apart", other, 0, "")
    return _parquet(tables, given)


def _flat(paths: Iterable[Path | Iterable[Path]]) -> Iterator[str]:
    for path in paths:
        if isinstance(path, (str, os.PathLike)):
            yield os.fspath(path)
        elif hasattr(path, "columns"):
            raise TypeError(f"found a {type(path).__name__}, expected paths of files or folders; see synfer.from_frame")
        elif isinstance(path, (bytes, bytearray)) or not isinstance(path, Iterable):
            raise TypeError(f"found {type(path).__name__}, expected paths of files or folders")
        else:
            yield from _flat(path)


def _parquet(paths: Sequence[str], settings: Mapping[str, Any]) -> Sessions:
    pandas = needed("pandas")

    sessions, sources, files, how = [], [], [], []
    read_before: dict[str, str] = {}
    for path in paths:
        try:
            with open(path, "rb") as file:
                content = file.read()
            frame = pandas.read_parquet(io.BytesIO(content))
        except (OSError, ValueError) as error:  # pyarrow's own are these two
            raise DataError(f"{path}: cannot be read as Parquet: {error}", path, 0, "") from None
        checksum = hashlib.sha256(content).hexdigest()
        if checksum in read_before:
            raise DataError(f"{path}: holds the same bytes as {read_before[checksum]}; give each file once", path, 0, "")
        read_before[checksum] = path
        found, sentences = _sessions_of(frame, path, path, settings)
        sessions += found
        sources += [path] * len(found)
        files.append((path, checksum, len(content)))
        how += [sentence for sentence in sentences if sentence not in how]
    return Sessions(_core.together(sessions, sources), files, (), how)


def formats() -> list[str]:
    """The formats that `read` can be told to take."""
    return _core.format_names()


def from_frame(frame: Any, columns: Mapping[str, str] | None = None, **settings: Any) -> Sessions:
    """Sessions of a pandas table with one row a step, by the rules of a CSV file.

    Parameters
    ----------
    frame
        Columns session, trial, choice, reward and stimulus (or x0, x1, ...; stimulus0, stimulus1, ... with
        several offers a step); animal, block, start_time, scored, learns and recordings y0, y1, ... where there are
        any. A missing choice is an omission. Named levels of the index are columns too. Without a column for sessions
        each animal is one session, without one for animals each session an animal. A dict of columns, and tables that
        have `to_pandas` (polars, pyarrow), are taken as pandas takes them.
    columns
        Synfer's names and the table's own, as `{"choice": "accepted", "session": "day"}`; of several offers
        `{"stimulus": ["left", "right"]}`.
    **settings
        As for `read`: `choice_values=["left", "right"]`, `no_choice=["none"]`, `arms=["left", "right"]`,
        `sort="trial"`, `rewards_on_rejection=True`.

    Returns
    -------
    Sessions
        Its `how` says in words how what the table leaves open was understood.

    Raises
    ------
    DataError
        With the row (2 is the first below the names), its index, and the column of what is wrong.
    """
    sessions, how = _sessions_of(_as_pandas(frame), "session", _TABLE, {"columns": columns, **settings})
    return Sessions(sessions, how=how)


def _as_pandas(frame: Any) -> pandas.DataFrame:
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
        raise DataError(f"{_TABLE}: {error}; expected columns with one entry a step", _TABLE, 0, "") from None


def _sessions_of(
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


def to_frame(sessions: Sequence[Session]) -> pandas.DataFrame:
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
