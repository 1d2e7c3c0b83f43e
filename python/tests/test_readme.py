"""The README's Python lines run as printed, in their order, by someone who has a table of their own."""

import re

import matplotlib
from conftest import ROOT

import synfer

MY_FLIES = """fly,number,odour,accepted,sugar
fly1,1,apple,0,
fly1,1,pear,1,1
fly1,2,pear,1,0
fly1,3,apple,1,0
fly1,4,apple,0,
fly1,4,pear,1,1
fly2,1,apple,1,1
fly2,2,apple,0,
fly2,2,pear,1,0
fly2,3,apple,1,1
fly2,4,pear,0,
fly2,4,apple,1,0
"""


def python_lines():
    section = re.search(r"^## Python$(.*?)^## ", (ROOT / "README.md").read_text(), re.M | re.S)[1]
    return re.findall(r"^```python$(.*?)^```$", section, re.M | re.S)


def test_the_lines_of_the_readme_work_as_printed(tmp_path, monkeypatch, capsys):
    matplotlib.use("agg")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_flies.csv").write_text(MY_FLIES)
    blocks = python_lines()
    assert len(blocks) == 3
    names = {}
    for block in blocks:
        exec(block, names)
    assert "x*r" in capsys.readouterr().out
    assert names["mine"].inventory()["rewards"] == 4
    assert set(names["fits"]) == {"fly1", "fly2"}
    assert names["again"] == names["result"]


def test_the_examples_of_the_docstrings_are_true():
    import doctest

    for module in (synfer.session, synfer.rule):
        assert doctest.testmod(module).failed == 0
