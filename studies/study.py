"""What the studies share: many runs of `synfer`, and a table, a picture and a README from them.

A study is a script studies/NAME/run that names its runs by their settings, asks for their results and
says in words what the table shows. Runs are of `synfer recover` unless the study names another command.
Each has its own folder in runs/studies/NAME and is used again
where it is there with the same settings, by the same program: an interrupted study goes on where it
stopped, and --fresh starts anew. With --draft N a study does only N of its seeds and writes to runs/studies/NAME/draft.
"""

import argparse
import concurrent.futures
import csv
import hashlib
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SYNFER = ROOT / "build/release/synfer"
PUBLISHED = ROOT / "../shared/published"
RECORDED = ROOT / "../shared/data"
NULL = "without_plasticity"
NOT_CONVERGED = 4  # exit status of a run that has a result all the same


def _enter_environment():
    """Goes on in studies/.venv, made here where it is missing."""
    environment = ROOT / "studies/.venv"
    if pathlib.Path(sys.prefix) == environment:
        return
    python = environment / "bin/python"
    requirements = ROOT / "studies/requirements.txt"
    if not (environment / "complete").exists():
        print(f"installing {requirements.read_text().split()} into {environment}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", requirements], check=True)
        (environment / "complete").touch()
    os.execv(python, [python, *sys.argv])


_enter_environment()

import matplotlib  # noqa: E402  (only the environment has it)
import matplotlib.pyplot as plt  # noqa: E402

matplotlib.use("Agg")
# Okabe and Ito's colours, which colour-blind readers can tell apart; markers differ too.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
MARKERS = ["o", "s", "^", "D", "v", "P"]
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "font.size": 10,
                     "legend.frameon": False, "figure.constrained_layout.use": True})


def recovered(folder, settings):
    """The known rule of the settings, simulated and recovered."""
    yield ["recover", "--out", folder, *words(settings)]


def fitted(folder, settings):
    """{"data": files, "fit": settings}: recorded animals, or {"simulate": settings, "fit": settings}: simulated
    ones that are fitted as if they had been recorded."""
    data = settings.get("data")
    if not data:
        animals = folder.with_name(folder.name + "-animals")
        yield ["simulate", "--out", animals, *words(settings["simulate"])]
        data = [animals / "sessions.csv"]
    config = ["--config", settings["config"]] if "config" in settings else []
    yield ["fit", *data, *config, "--out", folder, *words(settings["fit"])]


def words(settings):
    return [f"{key}={_written(value)}" for key, value in settings.items()]


def _written(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value)


class Study:
    def __init__(self, script, full, what="seeds", data=None):
        """`full` is the number of seeds (or whatever `what` names) of the whole study, `data` the name of the folder
        of recorded data, if any, which --data may give another place."""
        here = pathlib.Path(script).resolve().parent
        options = argparse.ArgumentParser(description=f"Runs the study {here.name}.")
        options.add_argument("--draft", type=int, metavar="N", help=f"only N {what}, kept apart from the study")
        options.add_argument("--fresh", action="store_true", help="run anew what has been run already")
        options.add_argument("--jobs", type=int, default=2, help="runs at a time")
        options.add_argument("--mlp", action="store_true", help="fit MLP rules too, where the study knows them")
        if data:
            options.add_argument("--data", type=pathlib.Path, default=RECORDED / data, help="folder of the recorded data")
        self.options = options.parse_args()
        self.data = self.options.data if data else None
        self.name = here.name
        self.runs = ROOT / "runs/studies" / self.name
        self.folder = self.runs / "draft" if self.options.draft else here
        self.size = min(full, self.options.draft or full)
        self.failures = {}
        self.program = hashlib.sha256(SYNFER.read_bytes()).hexdigest()

    def run(self, jobs, commands=recovered):
        """Results by name of run: `jobs` gives the settings of each, `commands` the arguments of synfer that turn
        settings into a run in a folder. Failed runs are left out and listed."""
        results, missing = {}, {}
        for name, settings in jobs.items():
            kept = None if self.options.fresh else self._kept(name, settings)
            if kept:
                results[name] = kept
            else:
                missing[name] = settings
        print(f"{self.name}: {len(jobs)} runs, {len(results)} of them there already")
        start = shown = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            waiting = {pool.submit(self._run_one, *job, commands): job[0] for job in missing.items()}
            try:
                for done, future in enumerate(concurrent.futures.as_completed(waiting), 1):
                    if future.result() is not None:
                        results[waiting[future]] = future.result()
                    now = time.monotonic()
                    if now - shown > 10 or done == len(missing):
                        left = (now - start) / done * (len(missing) - done)
                        print(f"  {done} of {len(missing)} runs, {now - start:.0f} s, about {left:.0f} s left", flush=True)
                        shown = now
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)
                sys.exit("interrupted; the same command goes on from here")
        for name, message in self.failures.items():
            print(f"  failed: {name}: {message}")
        return {name: results[name] for name in jobs if name in results}

    def _result(self, name):
        return self.runs / name / "result.json"

    def _key(self, settings):
        """What a run is one of: its settings, and the program that ran it."""
        return json.loads(json.dumps({"synfer": self.program, "settings": settings}, default=str))

    def _kept(self, name, settings):
        kept = self.runs / name / "settings.json"
        if not kept.exists() or json.loads(kept.read_text()) != self._key(settings):
            return None
        return json.loads(self._result(name).read_text())

    def _run_one(self, name, settings, commands):
        folder = self.runs / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        for arguments in commands(folder, settings):
            run = subprocess.run([SYNFER, *arguments, "--overwrite", "run.threads=1"], capture_output=True, text=True)
            if run.returncode not in (0, NOT_CONVERGED):
                self.failures[name] = (run.stderr.strip().splitlines() or [f"exit status {run.returncode}"])[-1]
                return None
        (folder / "settings.json").write_text(json.dumps(self._key(settings), indent=1))
        return json.loads(self._result(name).read_text())

    def table(self, rows):
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "table.csv", "w", newline="") as out:
            table = csv.DictWriter(out, rows[0], lineterminator="\n")
            table.writeheader()
            table.writerows({key: shown(value) for key, value in row.items()} for row in rows)

    def picture(self, figure):
        figure.savefig(self.folder / "picture.png", dpi=130)
        plt.close(figure)

    def readme(self, text):
        lines = [f"# {self.name}", f"Written by `studies/{self.name}/run`; the figures are those of table.csv.", text]
        if self.failures:
            lines.append(f"{len(self.failures)} runs failed: " + "; ".join(f"{n} ({m})" for n, m in self.failures.items()))
        lines.append("![picture](picture.png)")
        (self.folder / "README.md").write_text("\n\n".join(line.strip() for line in lines) + "\n")
        print((self.folder / "README.md").read_text())


def shown(value, digits=4):
    """A number as tables show it."""
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)


def markdown(rows, digits=3):
    """A table of rows that share their keys."""
    lines = ["| " + " | ".join(rows[0]) + " |", "|" + "---|" * len(rows[0])]
    lines += ["| " + " | ".join(shown(v, digits) for v in row.values()) + " |" for row in rows]
    return "\n".join(lines)


def met(condition):
    return "met" if condition else "**not met**"


def coefficients(rule):
    """{"x*r": 1.0, "w": -0.05} for "x*r - 0.05*w"."""
    found = {}
    for sign, text in re.findall(r"(?:^|(?<=\s))([+-]?)\s*([^\s+-]\S*)", rule):
        factors = text.split("*")
        number = factors.pop(0) if re.match(r"[\d.]", factors[0]) and (factors[0] != "1" or factors[1:]) else "1"
        if number != "0":
            found["*".join(factors) or "1"] = float(sign + number)
    return found


def estimates(result):
    return {term["term"]: term["estimate"] for term in result["rule"]["terms"]}


def is_exact(result):
    """Whether exactly the true terms were selected; a term counts for those that are one function with it, unless
    the search told them apart."""
    if result.get("selection", {}).get("aliases_told_apart"):
        return set(estimates(result)) == set(coefficients(result["truth"]))
    return classes(result, estimates(result)) == classes(result, coefficients(result["truth"]))


def classes(result, terms):
    """Terms by the first of those that are one function on the data."""
    first = {alias["term"]: each["term"] for each in result["aliases"] for alias in each["aliases"]}
    return {first.get(term, term) for term in terms}


def held_out(result):
    """Comparisons with each null or rival on what a fit never saw, by the rival's name."""
    return {each["null"]: each for each in result["cross_validation"]["comparisons"]}


def compared(one, other):
    """What one fit gains on the other on the same held-out sessions: nats a step, standard error over sessions, and
    in how many of them it is better."""
    nll = [{(s["fold"], s["session"]): s["nll"]["fit"] / s["choices"] for s in r["cross_validation"]["scores"]}
           for r in (one, other)]
    gains = [nll[1][key] - nll[0][key] for key in nll[0]]
    mean = sum(gains) / len(gains)
    error = math.sqrt(sum((g - mean) ** 2 for g in gains) / (len(gains) - 1) / len(gains))
    return mean, error, sum(g > 0 for g in gains)


def deviance(result, of="percent_deviance"):
    """Median percent deviance over sessions against plasticity switched off."""
    return result["evaluation"][of][NULL]["median"]


def r2_weights(result):
    return result["evaluation"]["r2_weights"]["median"]
