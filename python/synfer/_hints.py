"""Hints in Python's syntax: messages name settings as the command line writes them, `data.carry_weights=true`.

The C++ rooms speak to all doors, in dotted names. What they say passes through here on its way to a user of
Python, who writes `data__carry_weights=True`.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache

from . import _core

# A dotted name, and perhaps its value: a list, or all up to what ends it in a sentence.
_SETTING = re.compile(r"\b([a-z]\w*(?:\.[a-z]\w*)+)(?:=(\[[^\]]*\]|[^\s,;:()']+))?")
_WORDS = {"true": "True", "false": "False", "null": "None"}


@lru_cache(maxsize=1)
def _keys() -> frozenset[str]:
    return frozenset(row[0] for row in _core.settings())


def _literal(value: str) -> str:
    if value in _WORDS:
        return _WORDS[value]
    if value.startswith("["):
        items = [item.strip() for item in value[1:-1].split(",") if item.strip()]
        return f"[{', '.join(_literal(item) for item in items)}]"
    try:
        float(value)
    except ValueError:
        return json.dumps(value, ensure_ascii=False)
    return value


def _translated(found: re.Match[str]) -> str:
    key, value = found.groups()
    if key not in _keys():
        return found.group()
    name = key.replace(".", "__")
    if value is None:
        return name
    end = "." if value.endswith(".") else ""
    return f"{name}={_literal(value.rstrip('.'))}{end}"


def in_python(text: str) -> str:
    """The same sentence with its settings as keyword arguments: `uncertainty__method="clustered"`."""
    return _SETTING.sub(_translated, text)
