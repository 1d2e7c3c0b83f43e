"""How sure a fit is of its terms together: their covariance, and draws from it for ArviZ."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ._optional import needed

if TYPE_CHECKING:
    from .result import Result


def covariance(result: Result) -> tuple[list[str], np.ndarray]:
    """As `Result.covariance`."""
    errors = {e.name: e.standard_error for e in result.estimates if math.isfinite(e.standard_error)}
    found = result.json.get("identifiability")
    if not errors or found is None:
        return list(errors), np.diag(np.square(list(errors.values())))
    names = [name for name in found["terms"] if name in errors]
    at = [found["terms"].index(name) for name in names]
    scaled = np.zeros((len(names), len(names)))
    for direction in found["directions"]:
        v = np.array(direction["weights"])[at]
        if direction["eigenvalue"] > 0:
            scaled += np.outer(v, v) / direction["eigenvalue"]
    spread = np.sqrt(np.diag(scaled))
    sd = np.array([errors[name] for name in names])
    return names, scaled / np.outer(spread, spread) * np.outer(sd, sd)


def draws_for_arviz(result: Result, draws: int, seed: int) -> Any:
    """As `Result.to_arviz`."""
    arviz = needed("arviz")

    names, spread = covariance(result)
    if not names:
        raise ValueError("found no standard errors to draw from; fit with uncertainty__method='information'")
    mean = [result.coefficients[name] for name in names]
    sample = np.random.default_rng(seed).multivariate_normal(mean, spread, size=(1, draws))
    posterior = {name: sample[:, :, n] for n, name in enumerate(names)}
    if int(arviz.__version__.split(".")[0]) >= 1:
        return arviz.from_dict({"posterior": posterior})
    return arviz.from_dict(posterior=posterior)
