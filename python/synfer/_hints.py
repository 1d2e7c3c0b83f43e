"""Hints in Python's syntax: the C++ rooms speak to all doors in words of the command line, `data.carry_weights=true`.

What they say passes through here on its way to a user of Python, who writes `data__carry_weights=True`,
`columns={"choice": "lick"}` and `sort="trial"`.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache

from . import _core

OF_READING = ("format", "choice_values", "no_choice", "arms", "rewards_on_rejection", "sort")
"""Settings of data that are keyword arguments as they are, without `data__` before them."""

_NOT_IN_A_NAME = r"(?<![\w./])"
_MAP = re.compile(r"(map (?:its name|their names|names)) in the configuration(?: \(data\.columns\))?")
_COLUMN = re.compile(_NOT_IN_A_NAME + r"data\.columns\.(\w+)(?:=(\w+(?:,\w+)*))?")
_COLUMNS = re.compile(_NOT_IN_A_NAME + r"data\.columns(?![\w.]\w)")
# A dotted name, and perhaps its value: a list, a quoted text, or all up to what ends it in a sentence.
_SETTING = re.compile(_NOT_IN_A_NAME + r'([a-z]\w*(?:\.[a-z]\w*)+)(?:=(\[[^\]]*\]|"[^"]*"|[\w.+*^-]*\w))?')
_OPTIONS = {
    "--format": "format=...",
    "choose another --out": "choose another path",
    "give --overwrite": "give overwrite=True",
    "the --out folder": "the folder",
}
_WORDS = {"true": "True", "false": "False", "null": "None"}


@lru_cache(maxsize=1)
def known_keys() -> frozenset[str]:
    """The settings that there are, as `fit.epochs`."""
    return frozenset(row[0] for row in _core.settings())


def _argument(key: str) -> str:
    name = key.removeprefix("data.")
    return name if name in OF_READING else key.replace(".", "__")


def _literal(value: str) -> str:
    """A value in YAML as Python writes it."""
    if value in _WORDS or value.startswith('"'):
        return _WORDS.get(value, value)
    if value.startswith("["):
        return f"[{', '.join(_literal(one.strip()) for one in value[1:-1].split(',') if one.strip())}]"
    try:
        float(value)
    except ValueError:
        return json.dumps(value, ensure_ascii=False)
    return value


def _translated(found: re.Match[str]) -> str:
    key, value = found.groups()
    if key not in known_keys():
        return found.group()
    return _argument(key) if value is None else f"{_argument(key)}={_literal(value)}"


def in_python(text: str) -> str:
    """The same sentence with its settings as keyword arguments: `uncertainty__method="clustered"`."""
    text = _MAP.sub(r"\1 with data.columns", text)
    text = _COLUMN.sub(lambda m: f'columns={{"{m[1]}": {json.dumps(m[2]) if m[2] else "..."}}}', text)
    text = _COLUMNS.sub("columns={...}", text)
    text = _SETTING.sub(_translated, text)
    for option, words in _OPTIONS.items():
        text = text.replace(option, words)
    return text
