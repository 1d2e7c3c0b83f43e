"""What a fit made of a session, as tables of an NWB file (pynwb).

    processing/behavior/synfer_trajectory   a row each offer: what the rule predicts, and the weight it has learned
    analysis/synfer_terms                   a row each term (or parameter) of the rule, with its interval

Times count steps where the file is synfer's own, since a result knows no clock; in a file of one's own the column
`step` is the row of its trials.
"""

from __future__ import annotations

import datetime
import os
import re
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from . import _core
from ._optional import needed

if TYPE_CHECKING:
    import pandas
    import pynwb

    from .result import Result

_TRAJECTORY = {
    "step": "Number of the step within the session, from 0.",
    "stimulus": "Name of the stimulus offered.",
    "probability": "Probability of accepting or choosing the offer under the fitted rule.",
    "chosen": "1 chosen, 0 not, NaN: no choice was made.",
    "reward": "Reward earned by the step; NaN where it could earn none.",
    "weight": "Mean weight of the inputs that the stimulus drives, before the choice.",
    "weight_sd": "Uncertainty of that mean, one standard deviation; NaN where weights are not filtered.",
    "held_out": "1 where the fit did not see the step.",
}
_TERMS = {
    "term": "Term of the rule, or name of its parameter.",
    "estimate": "Estimate of its coefficient, in units of dw/eta.",
    "standard_error": "NaN where there is none.",
    "low": "Lower end of the interval; NaN where there is none.",
    "high": "Upper end of the interval; NaN where there is none.",
    "status": "Why there is no standard error; empty otherwise.",
}
_TEXTS = ("stimulus", "term", "status")


def _table(name: str, description: str, columns: dict[str, str], frame: pandas.DataFrame) -> Any:
    from hdmf.common import DynamicTable, VectorData

    def values(column: str) -> Any:
        if column in _TEXTS:
            return ["" if text != text else str(text) for text in frame[column]]
        return frame[column].astype(float).to_numpy()

    return DynamicTable(
        name=name,
        description=description,
        columns=[VectorData(name=c, description=text, data=values(c)) for c, text in columns.items()],
    )


def _sessions(result: Result) -> Iterator[tuple[str, str, pandas.DataFrame]]:
    for (animal, session), rows in result.trajectories().groupby(["animal", "session"], sort=False):
        yield str(animal), str(session), rows


def add(result: Result, nwbfile: pynwb.NWBFile, animal: str | None, session: str | None) -> None:
    """See Result.add_to_nwb."""
    pandas = needed("pandas")

    found = [
        rows
        for a, s, rows in _sessions(result)
        if (animal is None or a == animal) and (session is None or s == session)
    ]
    if len(found) != 1:
        known = ", ".join(f"{a} {s}" for a, s, _ in _sessions(result))
        raise ValueError(f"found {len(found)} sessions, expected one; name animal and session out of: {known}")
    module = nwbfile.processing.get("behavior") or nwbfile.create_processing_module(
        "behavior", "What was made of the animal's behaviour."
    )
    level = 100 * result.json["intervals"].get("level", 0.95)
    module.add(
        _table(
            "synfer_trajectory",
            f"The session under the fitted rule, a row each offer; synfer {_core.version}, {result.json['command']}.",
            _TRAJECTORY,
            found[0],
        )
    )
    terms = pandas.DataFrame([{**e._asdict(), "term": e.name, "estimate": e.value} for e in result.estimates])
    nwbfile.add_analysis(
        _table(
            "synfer_terms",
            f"The fitted rule g(x, y, w, r), dw = eta g; intervals of {level:.4g} %. {result.state}: {result.advice}.",
            _TERMS,
            terms,
        )
    )


def write(result: Result, folder: str | os.PathLike[str]) -> list[str]:
    """See Result.to_nwb."""
    pynwb = needed("pynwb")
    os.makedirs(folder, exist_ok=True)
    paths = []
    for animal, session, rows in _sessions(result):
        start = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)  # as in the sessions that synfer writes
        nwbfile = pynwb.NWBFile(
            session_description="A session under a plasticity rule that was fitted to it.",
            identifier=f"synfer {_core.version} {animal} {session}",
            session_start_time=start,
            session_id=session,
            experiment_description="What synfer found; times count steps and are not those of a clock.",
            # NWB wants these said; all that a result knows of the animal is its name.
            subject=pynwb.file.Subject(
                subject_id=animal,
                species="http://purl.obolibrary.org/obo/NCBITaxon_33208",
                sex="U",
                age="P0D/",
                description="The animal of the session, which may be a simulated one.",
            ),
        )
        steps = rows.drop_duplicates("step")
        nwbfile.add_trial_column("trial", "Number of the trial that the step belongs to.")
        nwbfile.add_trial_column("block", "Number of the block that the step belongs to.")
        for step, trial, block in zip(steps["step"], steps["trial"], steps["block"]):
            nwbfile.add_trial(start_time=float(step), stop_time=float(step) + 1, trial=float(trial), block=float(block))
        add(result, nwbfile, animal, session)
        name = re.sub(r"[^\w.-]", "_", f"{animal}_{session}" if animal != session else animal)
        path = os.path.join(folder, f"{name}.nwb")
        if os.path.exists(path):
            raise FileExistsError(f"{path}: exists; remove it first, or name another folder")
        with tempfile.TemporaryDirectory(prefix=".", dir=folder) as beside:  # a file is whole or not there
            whole = os.path.join(beside, f"{name}.nwb")
            with pynwb.NWBHDF5IO(whole, "w") as io:
                io.write(nwbfile)
            os.replace(whole, path)
        paths.append(path)
    return paths
