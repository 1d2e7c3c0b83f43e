"""Many fits spread over processes or a cluster: any concurrent.futures.Executor will do.

Sessions and results pickle, so that ProcessPoolExecutor, mpi4py.futures, dask.distributed
(`client.get_executor()`) and submitit can carry them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, TypeVar, overload

from .result import Result
from .runs import Data, fit

K = TypeVar("K")


def _fit(sessions: Data, rule: str | Sequence[str] | None, settings: dict[str, Any]) -> Result:
    return fit(sessions, rule, **settings)


@overload
def map_fits(
    groups: Mapping[K, Data],
    rule: str | Sequence[str] | None = ...,
    *,
    executor: Executor | None = ...,
    **settings: Any,
) -> dict[K, Result]: ...
@overload
def map_fits(
    groups: Iterable[Data],
    rule: str | Sequence[str] | None = ...,
    *,
    executor: Executor | None = ...,
    **settings: Any,
) -> list[Result]: ...
def map_fits(
    groups: Any, rule: str | Sequence[str] | None = None, *, executor: Executor | None = None, **settings: Any
) -> Any:
    """Fits one rule to each group of sessions, say each animal.

    Parameters
    ----------
    groups
        Sessions of each fit, in a dict (as `sessions.animals`) or a sequence; paths will do too.
    rule, **settings
        As for `fit`. With an executor each fit takes one thread (run.threads) unless told otherwise; the
        results do not depend on it.
    executor
        Any concurrent.futures.Executor; None fits one after another, with all cores each.

    Returns
    -------
    dict or list of Result
        Under the same keys, or in the same order. The first fit that fails raises its error.

    Raises
    ------
    TypeError
        Where groups is one path or one table: `read` and `from_frame` make sessions of these.

    Examples
    --------
    ::

        with ProcessPoolExecutor() as executor:
            fits = synfer.map_fits(flies.animals, rule="1 + w + x + r + x*r", executor=executor)
    """
    if isinstance(groups, str | os.PathLike) or hasattr(groups, "columns"):
        raise TypeError(
            "map_fits takes groups of sessions, such as synfer.read(path).animals or synfer.from_frame(table).animals"
        )
    named = isinstance(groups, Mapping)
    keys, data = (list(groups), list(groups.values())) if named else (None, list(groups))
    if executor is None:
        results = [_fit(sessions, rule, settings) for sessions in data]
    else:
        if not {"run__threads", "run.threads"} & set(settings):
            settings["run.threads"] = 1
        submit: Callable[..., Any] = executor.submit
        results = [f.result() for f in [submit(_fit, sessions, rule, settings) for sessions in data]]
    return dict(zip(keys, results, strict=True)) if keys is not None else results
