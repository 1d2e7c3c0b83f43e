"""The simulated data in examples/data are what their script writes, and the notebooks are notebooks."""

import runpy
from pathlib import Path

import jupytext
import pytest
import synfer

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
DATA = EXAMPLES / "data"
LAYOUTS = ["steps.csv", "arrays.npz", "arrays.mat", "trials.nwb", "flies", "flies2022", "mice"]


@pytest.fixture(scope="module")
def written_again(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    runpy.run_path(str(DATA / "simulate.py"))["write_all"](folder)
    return folder


@pytest.mark.parametrize("name", LAYOUTS)
def test_data_are_what_the_script_writes(name, written_again):
    assert list(synfer.read(DATA / name)) == list(synfer.read(written_again / name))


def test_the_table_with_other_names_is_what_the_script_writes(written_again):
    assert (DATA / "my_flies.csv").read_text() == (written_again / "my_flies.csv").read_text()


@pytest.mark.parametrize("name", ["arrays.npz", "arrays.mat", "flies"])
def test_the_same_flies_come_out_of_every_layout(name):
    steps, others = synfer.read(DATA / "steps.csv"), synfer.read(DATA / name)
    for one, other in zip(steps, others, strict=True):
        assert (one.choice == other.choice).all()
        assert (one.stimulus == other.stimulus).all()


def test_every_file_of_the_data_is_read_by_a_layout_or_explained():
    explained = {"README.md", "simulate.py", "my_flies.csv"}
    assert {path.name for path in DATA.iterdir()} - {"__pycache__"} == {*LAYOUTS, *explained}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.md")), ids=lambda path: path.stem)
def test_a_notebook_ends_in_what_was_learnt_and_what_cannot_be_concluded(path):
    cells = jupytext.read(path).cells
    assert sum(cell.cell_type == "code" for cell in cells) >= 5
    last = cells[-1]
    assert last.cell_type == "markdown"
    assert "What was learnt" in last.source and "What cannot be concluded" in last.source
