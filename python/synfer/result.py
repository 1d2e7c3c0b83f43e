"""What a run found: result.json as a Python object, the same numbers as the command line writes."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _core
from ._csv import frame_of
from ._draws import covariance, draws_for_arviz
from ._entries import Estimate, Note, Rival, estimate_of, largest_first, rival_of, scores_of
from ._frames import exact_frame
from ._hints import in_python
from ._optional import needed
from ._result_html import html_of
from ._text import median_of, table_of
from .errors import DataError, OutputError
from .rule import Rule

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas
    import pynwb

_NAN = math.nan


class Result:
    """What a fit or an evaluation found.

    Attributes
    ----------
    json : dict
        Everything, as in result.json.
    configuration : str
        The run's settings as YAML; the same file gives the same numbers.
    tables : dict of str
        The run folder's tables as CSV: trace.csv; trajectories.csv and rule_shape.csv, from which the report
        draws; held_out.csv of a cross-validation.
    """

    def __init__(
        self, result_json: str, configuration: str, tables: Iterable[tuple[str, str]] | Mapping[str, str] = ()
    ) -> None:
        self.text = result_json
        self.json: dict[str, Any] = json.loads(result_json)
        self.configuration = configuration
        self.tables = dict(tables)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.text, self.configuration, self.tables)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Result) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        return hash(self.text)

    # What was found.

    @property
    def usable(self) -> bool:
        """Whether the estimate may be used at all; `reasons` say why not.

        `state` is how the optimiser ended, and says nothing of it.
        """
        return bool(self.json.get("usable", {}).get("value", "yes") == "yes")

    @property
    def reasons(self) -> list[str]:
        """Why the estimate is not usable, a sentence each."""
        return [in_python(reason) for reason in self.json.get("usable", {}).get("reasons", ())]

    @property
    def state(self) -> str:
        """The named end of the fit: converged, completed, iteration limit, diverged."""
        return str(self.json["state"])

    @property
    def advice(self) -> str:
        """How the fit ended and what to try, in a sentence."""
        return in_python(str(self.json["advice"]))

    @property
    def warnings(self) -> list[str]:
        """What to know before the rule is believed, a sentence each: what makes it unusable, rivals that it does
        not beat, and all else, in the order of importance."""
        return [in_python(warning) for warning in self.json["warnings"]]

    @property
    def notes(self) -> list[Note]:
        """All that is said of the result, warnings and findings, in the order of importance."""
        notes = self.json.get("notes", ())
        return [Note(n["id"], n["kind"], n["first"], in_python(n["text"])) for n in notes]

    @property
    def how(self) -> list[str]:
        """How what the data leave open was understood, a sentence each."""
        return [in_python(sentence) for sentence in self.json["data"].get("how", ())]

    @property
    def rivals(self) -> list[Rival]:
        """The fit beside each rival on held-out choices; empty where it was not cross-validated."""
        return [rival_of(one) for one in self.json.get("cross_validation", {}).get("comparisons", ())]

    @property
    def estimates(self) -> list[Estimate]:
        """The rule's terms (or an MLP's parameters), in the order of the fit."""
        return [estimate_of(e) for e in self._entries()]

    def _entries(self) -> list[dict[str, Any]]:
        rule = self.json["rule"]
        return list(rule["terms" if rule["kind"] == "taylor" else "parameters"])

    def _largest_first(self) -> list[Estimate]:
        return largest_first(self.estimates, self._entries())

    @property
    def others(self) -> list[Estimate]:
        """What was estimated beside the rule: noise_sd, walk_sd, initial_sd."""
        return [estimate_of(e) for e in self.json["fit"].get("others", [])]

    @property
    def history(self) -> list[Estimate]:
        """Covariates of the logit: what the animal's own history adds to a choice beside the rule."""
        return [estimate_of(e) for e in self.json.get("history", {}).get("covariates", [])]

    @property
    def other_optima(self) -> list[tuple[Rule, float]]:
        """Coefficients of the same terms that are nearly as likely, within 2 nats, and by how many nats less."""
        found = self.json["fit"].get("optimum", {}).get("others", [])
        return [(Rule(one["rule"]), float(one["nats"])) for one in found]

    @property
    def coefficients(self) -> dict[str, float]:
        """Estimates by the name of their term."""
        return {e.name: e.value for e in self.estimates}

    @property
    def rule(self) -> Rule:
        """The fitted rule, to be called as g(x, y, w, r)."""
        if self.json["rule"]["kind"] == "taylor":
            names, values = zip(*((e.name, e.value) for e in self.estimates), strict=True)
            return Rule._of_run(self.configuration, self.text, _core.rule_text(list(names), list(values)), True)
        better = (self.reading or {}).get("better", {"rule": "no polynomial", "explains": True})
        text = f"an MLP, about {better['rule']}" if better["explains"] else "an MLP that no polynomial here explains"
        return Rule._of_run(self.configuration, self.text, text, False)

    @property
    def reading(self) -> dict[str, Any] | None:
        """An MLP as polynomials: the one that is nearest to g, and under `of_choices` the terms that explain the
        choices best; each with what it loses in the place of the MLP (`scores`). None for a rule in terms."""
        return self.json.get("reading")

    @property
    def scores(self) -> dict[str, dict[str, Any]]:
        """Scores by the sessions they are of: `in_sample`, `held_out`, or `simulated` (fresh sessions)."""
        evaluation = self.json["evaluation"]
        return {"simulated": evaluation} if self.json["command"] == "recover" else evaluation

    def percent_deviance(self, null: str = "training_rate", sessions: str | None = None) -> float:
        """Percent deviance explained, the median over sessions; NaN where there is nothing to score.

        `null` is what is compared with: coin_flip, training_rate, own_rate or without_plasticity.
        `sessions` is held_out, in_sample or simulated; the first of them that there is unless given.
        """
        scores = self.scores
        if sessions is None:
            sessions = next((n for n in ("held_out", "simulated", "in_sample") if n in scores), "held_out")
        found = scores.get(sessions, {}).get("percent_deviance", {})
        if found and null not in found:
            raise KeyError(f"found null {null!r}, expected one of {', '.join(found)}")
        return median_of(found[null]) if found else _NAN

    # For tables and other packages.

    def to_frame(self) -> pandas.DataFrame:
        """One row a term: estimate, standard_error, low, high, status (a pandas table)."""
        pandas = needed("pandas")

        frame = pandas.DataFrame(self.estimates, columns=["term", *Estimate._fields[1:]])
        return frame.rename(columns={"value": "estimate"}).set_index("term")

    def scores_to_frame(self) -> pandas.DataFrame:
        """One row a score and session: sessions, score, null, session, value (a pandas table)."""
        pandas = needed("pandas")

        rows = [(*kind, n, v) for kind, found in self._scored() for n, v in enumerate(scores_of(found))]
        return pandas.DataFrame(rows, columns=["sessions", "score", "null", "session", "value"])

    def _scored(self) -> Iterator[tuple[tuple[str, str, str], dict[str, Any]]]:
        for sessions, scores in self.scores.items():
            for score, found in scores.items():
                if not isinstance(found, dict):
                    continue
                by_null = {"": found} if "median" in found else found
                for null, values in by_null.items():
                    yield (sessions, score, null), values

    def trace(self) -> pandas.DataFrame:
        """Loss and parameters along the fit, a row each log interval (a pandas table)."""
        return exact_frame(self.tables["trace.csv"]).astype({"start": int, "done": int})

    def cross_validation(self) -> pandas.DataFrame:
        """Scores on what refits never saw, the rule beside its rivals (a pandas table of held_out.csv).

        Raises
        ------
        ValueError
            Where there was no cross-validation.
        """
        return self._table("held_out.csv", "cross-validation", "evaluation__cross_validate='leave_one_out'")

    def predictive_check(self) -> pandas.DataFrame:
        """Simulations under the fitted rule against each animal (a pandas table of predictive_check.csv).

        Raises
        ------
        ValueError
            Where there was no such check.
        """
        return self._table("predictive_check.csv", "predictive check", "evaluation__predictive_draws=200")

    def assumptions(self) -> pandas.DataFrame:
        """The same rule under other assumptions (a pandas table of assumptions.csv).

        Raises
        ------
        ValueError
            Where none was made.
        """
        return self._table("assumptions.csv", "other assumptions", "evaluation__assumptions=True")

    def structures(self) -> pandas.DataFrame:
        """The structures that were compared on held-out choices, the simplest first (a pandas table of structures.csv);
        what their terms say, and which conclusions hold in all, stands in `json["structures"]`.

        Raises
        ------
        ValueError
            Where none were compared: with quick=True, or where settings were given for all of them.
        """
        return self._table("structures.csv", "structures", "quick=False, and leave their settings out")

    def _table(self, name: str, what: str, setting: str) -> pandas.DataFrame:
        if name not in self.tables:
            raise ValueError(f"found no {what}; fit with {setting}")
        # Names are names, though they look like numbers.
        return frame_of(self.tables[name], dtype={"animal": str, "session": str})

    def covariance(self) -> tuple[list[str], np.ndarray]:
        """Names and covariance of the terms that have standard errors.

        Correlations are those of the expected information, singular directions left out; standard errors are
        those of the intervals.
        """
        return covariance(self)

    def to_arviz(self, draws: int = 4000, seed: int = 1) -> Any:
        """Draws for ArviZ: from the normal distribution with the estimates and their covariance.

        They are no posterior: no prior entered, and what selecting the terms adds is not in them. Terms
        without a standard error are left out.

        Raises
        ------
        ValueError
            Where no term has a standard error.
        """
        return draws_for_arviz(self, draws, seed)

    # To keep.

    def save(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Writes a run folder, which `synfer.load` and the command line read.

        Raises
        ------
        OutputError
            Where something of that name exists, or the folder cannot be written.
        """
        files = [(f["path"], f["sha256"]) for f in self.json["data"].get("files", [])]
        origin = {
            "schema_version": 1,
            "command": self.json["command"],
            "data": [os.path.abspath(path) for path, _ in files],
            "files": [{"path": os.path.abspath(path), "sha256": sha256} for path, sha256 in files],
        }
        named = [
            ("run.json", json.dumps(origin, indent=2) + "\n"),
            ("configuration.yaml", self.configuration),
            ("result.json", self.text),
            *self.tables.items(),
        ]
        try:
            _core.save(os.fspath(path), overwrite, named)
        except OutputError as error:
            said = str(error).replace("another --out", "another folder").replace("--overwrite", "overwrite=True")
            raise OutputError(said, error.path) from None

    def report(self, path: str | os.PathLike[str]) -> None:
        """Writes the report, one HTML page that opens offline, in place of any earlier file of that name.

        A run folder that `save` or the command line wrote has one already.
        """
        beside = os.path.dirname(os.path.abspath(path))  # so that the page takes its name at once
        with tempfile.TemporaryDirectory(prefix=".", dir=beside) as folder:
            run = os.path.join(folder, os.path.splitext(os.path.basename(path))[0])
            self.save(run)
            os.replace(os.path.join(run, "report.html"), path)

    def to_nwb(self, folder: str | os.PathLike[str]) -> list[str]:
        """Writes an NWB file for each replayed session: its offers under the fitted rule, and the rule (pynwb).

        Returns the paths. Files that exist are not replaced.
        """
        from . import _nwb

        return _nwb.write(self, folder)

    def add_to_nwb(self, nwbfile: pynwb.NWBFile, animal: str | None = None, session: str | None = None) -> None:
        """Adds what was found to an NWB file that is open for writing (pynwb), beside the recording itself.

        The tables are `processing/behavior/synfer_trajectory`, whose `step` is the row of the file's trials
        where the session was read from them, and `analysis/synfer_terms`.

        Parameters
        ----------
        animal, session
            Which session of the result the file holds; not needed where there is but one.
        """
        from . import _nwb

        _nwb.add(self, nwbfile, animal, session)

    def trajectories(self) -> pandas.DataFrame:
        """What the fitted rule makes of each animal, a row each offer (a pandas table of trajectories.csv).

        Predicted probability, choice, reward, weight of the stimulus and, where weights are filtered, the sd of
        the belief over it.
        """
        return frame_of(self.tables["trajectories.csv"], dtype={"animal": str, "session": str})

    # To be looked at.

    def __repr__(self) -> str:
        return table_of(self)

    def _repr_html_(self) -> str:
        return html_of(self)

    def plot_terms(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Estimates with their intervals, those that do most to choices on top (matplotlib)."""
        from ._plots import terms

        return terms(self, ax)

    def plot_trace(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Loss along the fit, a line each start (matplotlib).

        Of a rule whose terms were selected, the best set of each number of terms as well, on the axis above.
        """
        from ._plots import trace

        return trace(self, ax)

    def plot_selection(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """The criterion of the best set of terms of each size (matplotlib)."""
        from ._plots import selection

        return selection(self, ax)

    def plot_deviance(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Percent deviance against each null, a point each session (matplotlib)."""
        from ._plots import deviance

        return deviance(self, ax)

    def plot_rule(self, across: str = "x", against: str = "r", **fixed: float) -> matplotlib.axes.Axes:
        """g as curves over `across`, over the range where the data went (matplotlib).

        A colour each low, middle and high value of `against`; dotted, whole and dashed at a low, middle and high
        weight, where g depends on it and `w` is not given. The rest is at its median (x: of inputs that were driven),
        unless given. Dots are states of a variable that has few.
        """
        from ._plots_rule import Visited, rule

        shape = self.tables.get("rule_shape.csv")
        return rule(self.rule, across, against, fixed, Visited(shape) if shape else None, self.json["rule"].get("r"))

    def plot_blocks(
        self, before: int = 10, after: int = 20, ax: matplotlib.axes.Axes | None = None
    ) -> matplotlib.axes.Axes:
        """The learning curve around block changes, as the animals chose and as the rule predicts (matplotlib).

        As `Sessions.plot_blocks`, of the sessions in `trajectories`.
        """
        from ._plots_blocks import blocks, of_trajectories

        return blocks(of_trajectories(self.tables["trajectories.csv"]), before, after, ax)


def load(path: str | os.PathLike[str]) -> Result:
    """The result of a run folder, written by `Result.save` or by the command line.

    Raises
    ------
    ConfigurationError
        Where there is no such run, or its result.json is damaged: the message names the key.
    DataError
        Where a table cannot be read.
    """
    result, configuration = _core.read_run(os.fspath(path))

    def text(name: str) -> str:
        place = os.path.join(path, name)
        try:
            with open(place, encoding="utf-8") as file:
                return file.read()
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{place}: cannot be read: {error}", place, 0, "") from None

    entries = sorted(entry.name for entry in os.scandir(path) if entry.is_file(follow_symlinks=False))
    return Result(result, configuration, {name: text(name) for name in entries if name.endswith(".csv")})
