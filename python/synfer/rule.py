"""Plasticity rules g(x, y, w, r): the weight change, in units of eta, that activity and reward bring."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core


def terms_of(rule: str | Sequence[str]) -> list[str]:
    """The terms of a rule to be fitted: `"1 + w + x*r"` or `["1", "w", "x*r"]`."""
    if not isinstance(rule, str):
        return [str(term) for term in rule]
    terms, coefficients = _core.parse_rule(rule, "rule")
    if any(c != 1 for c in coefficients):
        raise ValueError(
            f"found a rule with numbers, {rule!r}; the numbers are what is fitted: leave them out, or start "
            "from them with fit__start"
        )
    return terms


class Rule:
    """A rule with numbers, to be looked at and called.

    x presynaptic activity, y postsynaptic activity, w weight, r reward minus expected reward (the
    reward itself where reward_term.baseline is none).

    Examples
    --------
    >>> import synfer
    >>> g = synfer.Rule("x*r - 0.05*w")
    >>> float(g(x=1.0, y=0.0, w=2.0, r=0.5))
    0.4
    """

    def __init__(self, text: str) -> None:
        terms, coefficients = _core.parse_rule(text, "rule")
        self._source: tuple[Any, ...] = (terms, coefficients)
        self._text = _core.rule_text(terms, coefficients)
        self._run: tuple[str, str] | None = None  # that it was fitted in: its settings and result

    @classmethod
    def _of_run(cls, yaml: str, json: str, text: str, taylor: bool) -> Rule:
        rule = cls(text) if taylor else cls.__new__(cls)
        rule._run = (yaml, json)
        if taylor:
            return rule
        rule._source = rule._run
        rule._text = text
        return rule

    @property
    def terms(self) -> dict[str, float]:
        """Coefficients by term; empty for an MLP."""
        terms, coefficients = self._source
        return {} if isinstance(terms, str) else dict(zip(terms, coefficients, strict=True))

    def __call__(
        self,
        x: npt.ArrayLike = 0.0,
        y: npt.ArrayLike = 0.0,
        w: npt.ArrayLike = 0.0,
        r: npt.ArrayLike = 0.0,
    ) -> npt.NDArray[np.float64]:
        """g at one synapse or many; the arguments broadcast."""
        parts = np.broadcast_arrays(*(np.asarray(v, np.float64) for v in (x, y, w, r)))
        flat = [np.ascontiguousarray(part).reshape(-1) for part in parts]
        change = _core.change_of_run if isinstance(self._source[0], str) else _core.change
        return change(*self._source, *flat).reshape(parts[0].shape)

    def _to(self, language: str) -> str:
        if self._run is not None:
            return _core.export_of_run(*self._run, language)
        return _core.export_rule(*self._source, language)

    def to_python(self) -> str:
        """A Python module with g(x, y, w, r) and weights_after(w, x, y, r); it needs NumPy alone.

        Of a fitted rule, eta is that of the fit; otherwise 1.
        """
        return self._to("python")

    def to_cpp(self) -> str:
        """A C++ header with plasticity::g and plasticity::weight_after."""
        return self._to("c++")

    def to_brian2(self) -> str:
        """A Python module that makes Brian2 synapses with this rule."""
        return self._to("brian2")

    def to_nestml(self) -> str:
        """A NESTML synapse model with this rule."""
        return self._to("nestml")

    def to_latex(self) -> str:
        """Displayed equations; coefficients of a fit with their standard errors."""
        return self._to("latex")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rule) and self._source == other._source

    def __hash__(self) -> int:
        return hash(self._text)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Rule({self._text!r})"

    def plot(self, across: str = "x", against: str = "r", **fixed: float) -> Any:
        """g as curves over `across`, a colour each of three values of `against`; a matplotlib Axes.

        Three weights, where g depends on it and `w` is not given; the rest is 0 unless given. All from -1 to 1:
        `Result.plot_rule` knows where the data went.
        """
        from ._plots_rule import rule

        reward_term = json.loads(self._run[1])["rule"].get("r") if self._run else None
        return rule(self, across, against, fixed, reward_term=reward_term)
