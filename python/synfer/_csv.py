"""Tables as synfer writes them: text that a spreadsheet would take for a formula has an apostrophe before it."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from ._optional import needed

if TYPE_CHECKING:
    import pandas

_MARK = re.compile(r"'(?='*[=+\-@\t\r])")  # as synfer/files/table_text.h


def _without_mark(cell: Any) -> Any:
    return cell[1:] if isinstance(cell, str) and _MARK.match(cell) else cell


def frame_of(csv: str, **options: Any) -> pandas.DataFrame:
    """The table, its names and text without the mark."""
    frame = needed("pandas").read_csv(io.StringIO(csv), **options).rename(columns=_without_mark)
    for name in frame.select_dtypes(include=["object", "string"]):
        frame[name] = frame[name].map(_without_mark)
    return frame
