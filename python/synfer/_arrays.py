"""A session of arrays, by the rules of a table with one row a step; faults are told by array and index."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import _core
from ._cells import Cells, array_of, cells, is_missing, seconds, unicode
from ._settings import overrides
from .errors import DataError, in_python, what_is_wrong

_COLUMNS = {"time": "start_time"}  # arrays that go by another name in tables

# What a message says of tables, said of arrays.
_WORDS = {
    'name the column of sessions (columns={"session": ...})': "make a Session of it",
    "an empty cell (no choice)": "-1 or NaN (no choice)",
    "leave the cell empty": "write NaN",
    "empty the cell": "write NaN",
    "sort the file": "sort the arrays",
    "the column holds": "the array holds",
    "give this row": "give this step",
}
_WORDS_OF_HOW = {"no column": "no array", "each row": "each step", "order rows": "order steps", "of the file": "of the arrays"}


def session_of(
    animal: str, name: str, arrays: Mapping[str, Any], recorded_neurons: Any, settings: Mapping[str, Any]
) -> tuple[_core.Session, list[str]]:
    """The session, and how it was understood. See Session, whose arguments these are; `arrays` may hold None."""
    unicode(animal, "animal")
    unicode(name, "name")
    _check_index(name, arrays)
    given = {array: _checked(name, array, values) for array, values in arrays.items() if values is not None}
    choice = given["choice"]
    steps = choice.shape[0] if choice.ndim else 0
    if "x" in given and given["x"].ndim == 3 and given["x"].shape[1] == 1:
        given["x"] = given["x"][:, 0]
    if "time" in given:
        given["time"] = seconds(given["time"])
    neurons = _neurons(name, given.get("recordings"), recorded_neurons)
    if not any(_holds_minus_one(of) for of in (settings["choice_values"], settings["arms"], given.get("stimulus", []))):
        settings = {**settings, "no_choice": [*settings["no_choice"], *_minus_one_in(choice)]}
    if neurons and all(is_missing(one) or one == -1 for one in choice.ravel().tolist()):
        del given["choice"]  # neural data alone
    elif "reward" not in given:
        given["reward"] = np.full(steps, np.nan)
    _check_stimulus(name, given.get("stimulus"), steps)
    columns: list[Cells] = []
    for array, values in given.items():
        if array == "recordings":
            by_step = values.reshape(values.shape[0], -1)
            columns += [cells(f"y{neuron}", by_step[:, place]) for place, neuron in enumerate(neurons)]
        else:
            columns.append(cells(_COLUMNS.get(array, array), values))
    try:
        session, how = _core.session_of(animal, name, columns, overrides(settings))
    except DataError as error:
        raise _at_index(error, neurons) from None
    return session, [_of_arrays(in_python(sentence)) for sentence in how]


def _of_arrays(sentence: str) -> str:
    for words, ours in _WORDS_OF_HOW.items():
        sentence = sentence.replace(words, ours)
    return sentence


def _minus_one_in(values: Any) -> list[int]:
    """-1 where it stands there as a number, which is no choice unless it is a label."""
    return [-1] if any(not isinstance(one, str) and not is_missing(one) and one == -1 for one in np.ravel(values).tolist()) else []


def _holds_minus_one(labels: Any) -> bool:
    return bool(_minus_one_in(labels)) or "-1" in np.ravel(np.asarray(labels, dtype=object)).tolist()


def _fault(session: str, array: str, what: str) -> DataError:
    return DataError(f"session {session}, {array}: {what}", f"session {session}", 0, array)


def _check_index(session: str, arrays: Mapping[str, Any]) -> None:
    """Steps are counted, and the rows of pandas go by their index: where these differ, nobody knows which is meant."""
    first: tuple[str, Any] | None = None
    for array, values in arrays.items():
        if not hasattr(values, "iloc"):
            continue
        if first is not None and not values.index.equals(first[1]):
            raise _fault(
                session,
                array,
                f"found another index than that of {first[0]}, expected rows of the same index in the same order; align "
                "them, or give their values alone: .to_numpy()",
            )
        first = first or (array, values.index)


def _checked(session: str, array: str, values: Any) -> Any:
    try:
        found = array_of(values)
    except ValueError:
        raise _fault(session, array, "found rows of different lengths, expected an array with one entry a step") from None
    if found.ndim == 0:
        raise _fault(session, array, "found a single value, expected an array with one entry a step")
    return found


def _check_stimulus(session: str, stimulus: Any, steps: int) -> None:
    """Labels of the arms alone, once for all steps, are meant as `arms`."""
    if stimulus is not None and stimulus.ndim == 1 and 2 <= stimulus.size < min(steps, 10):
        raise _fault(
            session,
            "stimulus",
            f"found {stimulus.size} labels for {steps} steps, expected one for each step (T, or T x K); where the offers "
            f"are the same at every step, give them as arms={json.dumps([str(label) for label in stimulus])}",
        )


def _neurons(session: str, recordings: Any, recorded_neurons: Any) -> list[int]:
    if recordings is None:
        if recorded_neurons is not None and len(recorded_neurons):
            raise _fault(session, "recorded_neurons", "names neurons, but there are no recordings; give both")
        return []
    width = 1 if recordings.ndim == 1 else recordings.shape[1]
    if recorded_neurons is None:
        return list(range(width))
    numbers = np.asarray(recorded_neurons).ravel()
    whole = numbers.dtype.kind in "iuf" and bool(np.all(np.mod(numbers, 1) == 0)) and bool(np.all(numbers >= 0))
    if not whole or len(set(numbers.tolist())) != width or numbers.size != width:
        raise _fault(
            session,
            "recorded_neurons",
            f"found {numbers.tolist()}, expected {width} different whole numbers from 0: one for each column of recordings",
        )
    return [int(number) for number in numbers]


def _at_index(error: DataError, neurons: list[int]) -> DataError:
    """The same with the array's name and index in place of the column's name and row."""
    array, places = error.column, []
    if found := re.fullmatch(r"(stimulus|x|y)(\d+)(?:_(\d+))?", error.column):
        array, places = found[1], [int(place) for place in found.groups()[1:] if place]
        if array == "y":
            array, places = "recordings", [neurons.index(places[0])]
    array = {"start_time": "time", "y": "recordings"}.get(array, array)
    index = f"[{', '.join(map(str, [error.row - 1, *places]))}]" if error.row else ""
    file = error.file[:100]  # a name may be longer than it may
    where = f"{file}, {array}{index}" if array else file
    what = what_is_wrong(error)
    if what.startswith("nothing says which stimulus was offered"):
        what = (
            "nothing says which stimulus was offered; expected stimulus (names), x (vectors), or "
            'arms=["left", "right"] where the offers are the same at every step'
        )
    for words, ours in _WORDS.items():
        what = what.replace(words, ours)
    return DataError(f"{where}: {what}", error.file, error.row, array)
