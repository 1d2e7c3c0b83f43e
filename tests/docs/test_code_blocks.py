"""Every code block of the pages runs as printed.

The blocks of a page run in their order, in one folder that is empty but for examples/ and, where they are, the
recorded data: shell blocks in a shell each with the program on the PATH, Python blocks in one namespace. A table
in a block of `csv` is saved as table.csv for the lines after it; C++ is an excerpt of the file that its first line
names; every line of a block without a language, but for `...`, is what a block before it printed. What is not run is
skipped with the reason.
"""

import os
import re
import subprocess
import textwrap
from pathlib import Path
from typing import NamedTuple

import matplotlib
import pytest

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT.parent / "shared/data"
RUN = ("sh", "python", "csv", "cpp", "")
SHOWN = {"matlab": "needs MATLAB"}  # code that is not run here, and why
FENCE = re.compile(r"^( *)```([^\n`]*)\n(.*?)^ *```$", re.M | re.S)


class Block(NamedTuple):
    page: str
    line: int
    language: str
    code: str


def blocks():
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = path.read_text()
        for found in FENCE.finditer(text):
            _, language, code = found.groups()
            if language in RUN or language in SHOWN:
                line = text.count("\n", 0, found.start()) + 1
                yield Block(path.relative_to(ROOT).as_posix(), line, language, textwrap.dedent(code))


class Page:
    """Where the blocks of one page run."""

    def __init__(self, folder):
        self.folder = folder / "here"
        self.folder.mkdir()
        self.names = {}
        self.printed = []
        (self.folder / "examples").symlink_to(ROOT / "examples")
        (self.folder / "build").symlink_to(ROOT / "build")
        if RECORDED.is_dir():
            (folder / "shared").mkdir()
            (folder / "shared/data").symlink_to(RECORDED)
            (self.folder / "sampleRatData.npz").symlink_to(RECORDED / "rat/sampleRatData.npz")


@pytest.fixture(scope="module")
def page_of(tmp_path_factory):
    pages = {}

    def find(name):
        if name not in pages:
            pages[name] = Page(tmp_path_factory.mktemp("page"))
        return pages[name]

    return find


def what_runs(block):
    """Of a line that installs and builds and then runs synfer, the last: the rest is what CI itself does."""
    return re.sub(r"^bash scripts/install-debian.sh && .* && ", "", block.code)


def reason_to_skip(block):
    code = what_runs(block)
    if block.language in SHOWN:
        return SHOWN[block.language]
    if block.page == "README.md" and block.language == "python":
        return "python/tests/test_readme.py runs it"
    if "scripts/" in code:
        return "installs, builds or tests"
    if ("../shared/data" in code or "sampleRatData" in code) and not RECORDED.is_dir():
        return f"needs recorded data, and {RECORDED} is absent"
    return None


@pytest.mark.parametrize("block", list(blocks()), ids=lambda block: f"{block.page}:{block.line}-{block.language or 'output'}")
def test_block_runs_as_printed(block, page_of, monkeypatch):
    reason = reason_to_skip(block)
    if reason:
        pytest.skip(reason)
    page = page_of(block.page)
    if block.language == "csv":
        (page.folder / "table.csv").write_text(block.code)
    elif block.language == "cpp":
        name, excerpt = block.code.split("\n", 1)
        assert excerpt in (ROOT / name.removeprefix("// ")).read_text()
    elif block.language == "sh":
        path = f"{ROOT / 'build/release'}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", what_runs(block)], cwd=page.folder, env={**os.environ, "PATH": path},
            capture_output=True, text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        page.printed += [line.strip() for line in done.stdout.splitlines()]
    elif block.language == "":
        for line in block.code.splitlines():
            assert line.strip() in ["...", *page.printed]
    else:
        matplotlib.use("agg")
        monkeypatch.chdir(page.folder)
        exec(compile(block.code, f"{block.page}:{block.line}", "exec"), page.names)
