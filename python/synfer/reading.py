"""Sessions from files and pandas tables."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Union

from . import _core
from ._frames import TABLE, as_pandas, sessions_of
from ._optional import needed
from ._settings import overrides
from .errors import DataError, in_python
from .session import Sessions

Path = Union[str, os.PathLike[str]]


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
        found, sentences = sessions_of(frame, path, path, settings)
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
    sessions, how = sessions_of(as_pandas(frame), "session", TABLE, {"columns": columns, **settings})
    return Sessions(sessions, how=how)
