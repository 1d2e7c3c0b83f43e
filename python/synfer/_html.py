"""Plain HTML for notebooks: it inherits the notebook's colours, light or dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def items(title: str, lines: Sequence[str]) -> str:
    """A list below its title; nothing where there are none."""
    if not lines:
        return ""
    return f"<p>{escape(title)}</p><ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"
