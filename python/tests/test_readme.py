"""The README's Python lines run as printed, in their order, and are enough for someone with a table of their own."""

import re

import matplotlib
import pandas
import pytest
from conftest import ROOT

import synfer

PAGE = (ROOT / "README.md").read_text()
SECTION = re.search(r"^## Python$(.*?)^## ", PAGE, re.M | re.S)[1]
BLOCKS = re.findall(r"^```python$(.*?)^```$", SECTION, re.M | re.S)


@pytest.fixture
def source_folder(tmp_path, monkeypatch):
    """An empty folder with the examples, as the README is read in the source folder."""
    matplotlib.use("agg")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_lines_of_the_readme_work_as_printed(source_folder, capsys):
    assert len(BLOCKS) == 3
    names = {}
    for block in BLOCKS:
        exec(block, names)
    assert "x*r" in capsys.readouterr().out
    table = pandas.read_csv("examples/data/my_flies.csv")
    assert names["mine"].inventory()["rewards"] == table["sugar"].sum()
    assert set(names["fits"]) == {"fly1", "fly2", "fly3"}
    assert names["again"] == names["result"]


def as_the_reader_would_change_it(block, changes):
    """The printed block with the reader's file and column names in place of the README's."""
    for printed, own in changes.items():
        assert block.count(f'"{printed}"') == 1, f"the README's block has no {printed!r} to change"
        block = block.replace(f'"{printed}"', f'"{own}"')
    return block


def test_who_knows_pandas_fits_a_table_with_other_column_names_from_the_readme_alone(source_folder):
    flies = synfer.simulate("x*r", sessions=2, task__trials_per_block=20)
    known = flies.to_frame()
    own = {"session": "bee", "trial": "visit", "stimulus": "flower", "choice": "landed", "reward": "nectar"}
    known[list(own)].rename(columns=own).assign(temperature=25.0).to_csv("bees.csv", index=False)

    names = {}
    changes = {"examples/data/my_flies.csv": "bees.csv", "fly": "bee", "number": "visit", "odour": "flower",
               "accepted": "landed", "sugar": "nectar", "fly1": flies[0].name}
    exec(as_the_reader_would_change_it(BLOCKS[1], changes), names)

    assert set(names["fits"]) == {session.animal for session in flies}
    for fly in flies:
        one = synfer.fit(synfer.from_frame(known[known["session"] == fly.name][list(own)]), rule="x + r + x*r")
        assert names["fits"][fly.animal].coefficients == one.coefficients


def test_a_table_whose_columns_are_not_named_says_which_is_missing(source_folder):
    table = pandas.read_csv("examples/data/my_flies.csv")
    with pytest.raises(synfer.DataError, match="choice"):
        synfer.from_frame(table, columns={"session": "fly", "trial": "number", "stimulus": "odour", "reward": "sugar"})


def test_the_examples_of_the_docstrings_are_true():
    import doctest

    for module in (synfer.session, synfer.rule):
        assert doctest.testmod(module).failed == 0
