import os
import subprocess
from pathlib import Path

import pytest

import synfer

ROOT = Path(__file__).resolve().parents[2]


# The rule alone, filtered: no covariates beside it, no refits.
PLAIN = {"stimulus.in_fit": "filtered", "history.covariates": [], "evaluation.cross_validate": "none"}


@pytest.fixture(scope="session")
def simulated():
    """Four animals that learn by x*r, 60 trials each."""
    return synfer.simulate("x*r", sessions=4, task__trials_per_block=20)


@pytest.fixture(scope="session")
def fitted(simulated):
    return synfer.fit(simulated, rule="1 + w + x + r + x*r", **PLAIN)


@pytest.fixture(scope="session")
def program():
    """The built program, which SYNFER_PROGRAM names."""
    path = os.environ.get("SYNFER_PROGRAM", str(ROOT / "build/release/synfer"))
    assert os.path.exists(path), f"{path} is missing: build it, or let scripts/test_python.sh do so"
    return path


@pytest.fixture(scope="session")
def command_line(program):
    """Runs the program and gives back its output."""

    def run(*arguments):
        return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout

    return run
