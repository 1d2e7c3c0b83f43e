"""How far a fit is: a tqdm bar where tqdm is installed, a line on standard error otherwise."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Report = Callable[[str, int, int, float], Any]
"""Called with the phase (terms, steps, epochs, ...), how many are done, of how many, and the loss."""


class _Bars:
    """One bar a phase."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._bars: dict[str, Any] = {}

    def __call__(self, phase: str, done: int, total: int, value: float) -> None:
        if phase not in self._bars:
            self._bars[phase] = self._make(total=total, desc=phase)
        bar = self._bars[phase]
        bar.n = done
        bar.set_postfix(loss=f"{value:.6g}")

    def close(self) -> None:
        for bar in self._bars.values():
            bar.close()


def _line(phase: str, done: int, total: int, value: float) -> None:
    print(f"\r{phase} {done}/{total}  loss {value:.6g}   ", end="", file=sys.stderr, flush=True)


@contextmanager
def reporting(progress: bool | Report) -> Iterator[Report | None]:
    if callable(progress):
        yield progress
    elif not progress:
        yield None
    else:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            yield _line
            print(file=sys.stderr)
            return
        bars = _Bars(tqdm)
        try:
            yield bars
        finally:
            bars.close()
