"""Values of Python as cells of a table: numbers, where NaN is missing, or text, where nothing is.

So arrays, lists and columns of tables go the way that the cells of a file go, and every rule for them is that of
a file (synfer/data/read_steps.h).
"""

from __future__ import annotations

import datetime
import numbers
from typing import Any

import numpy as np
import numpy.typing as npt

Cells = tuple[str, list[int], npt.NDArray[np.float64], list[str]]  # name, shape, numbers or text

_NO_NUMBERS = np.empty(0)
_EXACT = 2**53  # whole numbers up to here are the same as floats


def array_of(values: Any) -> npt.NDArray[Any]:
    """As NumPy holds it; what is missing among texts stays so, where NumPy would write 'nan'."""
    array = np.asarray(values)
    return np.asarray(values, dtype=object) if array.dtype.kind == "U" and not hasattr(values, "dtype") else array


def seconds(times: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Dates as seconds after the first of them; numbers as they are."""
    if times.dtype.kind != "M" or not times.size:
        return times
    return (times - np.nanmin(times)) / np.timedelta64(1, "s")


def cells(name: str, values: Any) -> Cells:
    """The cells of one array or column. ValueError where it is no array."""
    array = array_of(values)
    kind = array.dtype.kind
    if kind == "m":
        array = array / np.timedelta64(1, "s")
    elif kind == "M":
        array = np.char.replace(np.datetime_as_string(array, unit="auto"), "T", " ")
        array = np.where(array == "NaT", "", array)
    elif kind not in "iuf" or (kind in "iu" and array.size and max(abs(int(array.min())), int(array.max())) > _EXACT):
        array = np.array([_text(value) for value in array.ravel().tolist()], dtype=object).reshape(array.shape)
    shape = list(array.shape)
    if array.dtype.kind in "iuf":
        return name, shape, np.ascontiguousarray(array, np.float64), []
    return name, shape, _NO_NUMBERS, [str(cell) for cell in array.ravel()]


def is_missing(value: Any) -> bool:
    """None, NaN, or what pandas and NumPy write for them."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, (float, np.floating, np.datetime64)) and bool(value != value)


def _text(value: Any) -> str:
    if is_missing(value):
        return ""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (numbers.Real, np.number)) and value % 1 == 0:
        return str(int(value))  # 3 in place of 3.0, which is no label
    if isinstance(value, datetime.datetime):
        return str(value).removesuffix(" 00:00:00")
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
