"""Values of Python as cells of a table: numbers, where NaN is missing, or text, where nothing is.

So arrays, lists and columns of tables go the way that the cells of a file go, and every rule for them is that of
a file (synfer/formats/read_steps.h).
"""

from __future__ import annotations

import datetime
import numbers
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import DataError

Cells = tuple[str, list[int], npt.NDArray[np.float64], list[str]]  # name, shape, numbers or text

_NO_NUMBERS = np.empty(0)
_EXACT = 2**53  # whole numbers up to here are the same as floats


def array_of(values: Any) -> npt.NDArray[Any]:
    """As NumPy holds it; what is missing among texts stays so, where NumPy would write 'nan'."""
    if isinstance(values, np.ma.MaskedArray):
        return _unmasked(values)
    array = np.asarray(values)
    return np.asarray(values, dtype=object) if array.dtype.kind == "U" and not hasattr(values, "dtype") else array


def _unmasked(values: np.ma.MaskedArray[Any, Any]) -> npt.NDArray[Any]:
    """What is masked is missing."""
    if values.dtype.kind == "f":
        return values.filled(np.nan)
    if values.dtype.kind in "mM":
        return values.filled(np.array("NaT", values.dtype))
    if not np.ma.is_masked(values):
        return values.data
    found = values.data.astype(object)
    found[np.ma.getmaskarray(values)] = None
    return found


def seconds(times: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Dates as seconds after the first of them; numbers as they are."""
    if times.dtype.kind == "O":
        times = _moments(times)
    if times.dtype.kind != "M" or not times.size:
        return times
    return (times - np.nanmin(times)) / np.timedelta64(1, "s")


def _moments(times: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Python's and pandas' dates and durations as NumPy's, those with a time zone in UTC; all else as it is."""
    given = [one for one in times.ravel().tolist() if not is_missing(one)]
    if given and all(isinstance(one, datetime.timedelta) for one in given):
        return times.astype("timedelta64[ns]")
    if not given or not all(isinstance(one, datetime.date) for one in given):
        return times
    if len({getattr(one, "tzinfo", None) is None for one in given}) > 1:
        return times  # which of them comes first cannot be said
    return np.array([_in_utc(one) for one in times.ravel().tolist()], "datetime64[ns]").reshape(times.shape)


def _in_utc(one: Any) -> np.datetime64:
    if is_missing(one):
        return np.datetime64("NaT")
    if hasattr(one, "to_datetime64"):  # pandas' own, to the nanosecond
        return one.to_datetime64()
    if getattr(one, "tzinfo", None) is not None:
        one = one.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return np.datetime64(one)


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
    return name, shape, _NO_NUMBERS, [unicode(str(cell), name, n + 1) for n, cell in enumerate(array.ravel())]


def unicode(text: str, name: str, row: int = 0) -> str:
    """The text. DataError where half of a pair of UTF-16 stands in it, as in names of files that are not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        place = name + (f", row {row}" if row else "")
        what = f"found {ascii(text[:50])}, which is not Unicode, expected a name; decode it as it was encoded"
        raise DataError(f"{place}: {what}", "the values given", row, name) from None
    return text


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
