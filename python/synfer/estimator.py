"""The scikit-learn style of use: parameters at the start, `fit`, `score`; scikit-learn is not needed.

One sample is a session. `score` is the percent deviance that the fitted rule explains on sessions given to
it, against a null that is named; scikit-learn's cross-validation over a list of sessions therefore is one
over animals where each has one session. There is no `predict`: a choice depends on all that was learned
before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .result import Result
from .runs import Data, evaluate, fit


class PlasticityEstimator:
    """A plasticity rule as an estimator.

    Parameters
    ----------
    rule
        As for `synfer.fit`; None selects the terms.
    null : str
        What `score` compares with: training_rate, coin_flip, own_rate or without_plasticity.
    **settings
        As for `synfer.fit`. All trials of the sessions are fitted (data.held_out is 0 unless set), since who
        cross-validates holds out sessions.

    Attributes
    ----------
    result_ : Result
        Of the last fit.
    coef_ : dict
        Estimates by term.
    """

    def __init__(
        self, rule: str | Sequence[str] | None = None, null: str = "training_rate", **settings: Any
    ) -> None:
        self.rule = rule
        self.null = null
        self.settings = settings

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """All parameters by name, settings included."""
        return {"rule": self.rule, "null": self.null, **self.settings}

    def set_params(self, **parameters: Any) -> PlasticityEstimator:
        """Changes parameters; settings keep their names."""
        for name, value in parameters.items():
            if name in ("rule", "null"):
                setattr(self, name, value)
            else:
                self.settings[name] = value
        return self

    def fit(self, X: Data, y: None = None) -> PlasticityEstimator:
        """Fits the rule to sessions; `y` is not used."""
        if hasattr(X, "dtype"):  # scikit-learn makes arrays of lists now and then
            if X.dtype != object or X.ndim != 1:
                raise TypeError("found numbers, dense or sparse; expected sessions: one sample is a synfer.Session")
            X = list(X)
        held_out = {} if {"data__held_out", "data.held_out"} & set(self.settings) else {"data__held_out": 0}
        self.result_: Result = fit(X, self.rule, **held_out, **self.settings)
        self.coef_ = self.result_.coefficients
        return self

    def score(self, X: Data, y: None = None) -> float:
        """Percent deviance explained on sessions, against `null`: the median over them.

        Held out only if the sessions are others than those of the fit.
        """
        return evaluate(self.result_, X).percent_deviance(self.null, "held_out")

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "result_")

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, Tags, TargetTags

        return Tags(
            estimator_type=None, target_tags=TargetTags(required=False), input_tags=InputTags(two_d_array=False)
        )

    def __repr__(self) -> str:
        given = {"rule": self.rule, **self.settings}
        return f"PlasticityEstimator({', '.join(f'{k}={v!r}' for k, v in given.items() if v is not None)})"
