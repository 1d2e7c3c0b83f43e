"""Sessions from files and pandas tables, and back to tables."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import _core
from ._optional import needed
from ._settings import overrides
from .errors import DataError
from .session import Session, Sessions

if TYPE_CHECKING:
    import pandas

_TABLE = "the table"


def read(
    *paths: str | os.PathLike[str],
    format: str = "automatic",
    columns: Mapping[str, str] | None = None,
    **settings: Any,
) -> Sessions:
    """Reads recorded sessions from files or folders.

    Parameters
    ----------
    paths
        Files or folders; of a folder, the files of one format are read, fly2 before fly10. Tables in Parquet
        files (pandas and pyarrow) have the columns of a CSV file.
    format
        `automatic`, or one of `synfer.formats()`.
    columns
        Of tables and arrays with one row a step: synfer's names (animal, session, trial, block, choice, reward,
        stimulus, x, y) and what the file calls them, as `{"choice": "accepted"}`.
    **settings
        Others of data, such as those of activity in NWB files; `synfer.settings("data.")` lists them.

    Raises
    ------
    DataError
        With file, row and column of what is wrong. Nothing is returned unless every file is sound.
    """
    given = {"data.format": format, **_named(columns), **settings}
    all_paths = [os.fspath(path) for path in paths]
    tables = [path for path in all_paths if path.endswith(".parquet")]
    if not tables:
        sessions = Sessions(*_core.read(all_paths, overrides(given)))
        if sessions.left_out:
            warnings.warn(f"not read, being of another format than the rest: {', '.join(sessions.left_out)}", stacklevel=2)
        return sessions
    if len(tables) < len(all_paths) or settings or format not in ("automatic", "steps"):
        raise ValueError("Parquet files are read by themselves, with columns alone beside them")
    read = [_parquet(path, columns) for path in tables]
    return Sessions([session for sessions, _ in read for session in sessions], [file for _, file in read])


def _parquet(path: str, columns: Mapping[str, str] | None) -> tuple[Sessions, tuple[str, str, int]]:
    pandas = needed("pandas")

    try:
        with open(path, "rb") as file:
            content = file.read()
        frame = pandas.read_parquet(io.BytesIO(content))
    except (OSError, ValueError) as error:  # pyarrow's own are these two
        raise DataError(f"{path}: cannot be read as Parquet: {error}", path, 0, "") from None
    return from_frame(frame, columns), (path, hashlib.sha256(content).hexdigest(), len(content))


def _named(columns: Mapping[str, str] | None) -> dict[str, str]:
    return {f"data.columns.{column}": name for column, name in (columns or {}).items()}


def formats() -> list[str]:
    """The formats that `read` can be told to take."""
    return _core.format_names()


def _row(frame: pandas.DataFrame, row: int) -> str:
    """As an editor counts in the table's CSV file, and as pandas names it."""
    return f"row {row} (index {frame.index[row - 2]})"


def from_frame(frame: pandas.DataFrame, columns: Mapping[str, str] | None = None) -> Sessions:
    """Sessions of a pandas table with one row a step, by the rules of a CSV file.

    Parameters
    ----------
    frame
        Columns session, trial, choice, reward and stimulus (or x0, x1, ...; stimulus0, stimulus1, ... with
        several offers a step); animal, block and recordings y0, y1, ... where there are any. A missing
        choice is an omission. Without a column for sessions the table is one session.
    columns
        Synfer's names and the table's own, as `{"choice": "accepted", "session": "day"}`; of several offers
        `{"stimulus": "left,right"}`.

    Raises
    ------
    DataError
        With the row (2 is the first below the names), its index, and the column of what is wrong.
    """
    names = dict(columns or {})
    table = frame.copy(deep=False)
    session = names.get("session", "session")
    trial = names.get("trial", "trial")
    if session not in table.columns:
        numbered = trial in table.columns and table[trial].dtype.kind in "iuf"  # others are refused when read
        begins_again = table[trial].diff() < 0 if numbered else None
        if begins_again is not None and begins_again.any():
            row = int(begins_again.to_numpy().argmax()) + 2
            raise DataError(
                f"{_TABLE}, {_row(frame, row)}, column {trial}: trials begin again, so that this is more than one session; "
                f'name the column that tells sessions apart, as columns={{"session": "day"}}',
                _TABLE,
                row,
                trial,
            )
        table[session] = "session"
    for name in table.columns:
        values = table[name]
        if values.dtype.kind == "b":
            table[name] = values.astype(int)
        elif values.dtype.kind == "f" and bool((values.dropna() % 1 == 0).all()):
            table[name] = values.astype("Int64")  # 3 in place of 3.0, which is no label
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "table.csv")
        table.to_csv(path, index=False)
        try:
            sessions, _, _ = _core.read([path], overrides({"data.format": "steps", **_named(names)}))
        except DataError as error:
            message = str(error).replace(path, _TABLE)
            if error.row >= 2:
                message = message.replace(f"row {error.row}", _row(frame, error.row), 1)
            raise DataError(message, _TABLE, error.row, error.column) from None
    return Sessions(sessions)


def to_frame(sessions: Sequence[Session]) -> pandas.DataFrame:
    """A pandas table with one row a step, which `from_frame` reads back to equal sessions."""
    frame = exact_frame(_core.steps_csv(list(sessions)))
    return frame.astype({name: int for name in ("trial", "block") if name in frame})


def exact_frame(csv: str) -> pandas.DataFrame:
    """A table whose numbers are those of the text to the last bit, which pandas itself does not promise."""
    pandas = needed("pandas")

    frame = pandas.read_csv(io.StringIO(csv), dtype=str)
    for name in frame.columns:
        if name not in ("animal", "session") and not name.startswith("stimulus"):
            frame[name] = [float(cell) if isinstance(cell, str) else float("nan") for cell in frame[name]]
    return frame
