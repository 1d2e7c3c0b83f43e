"""Links of the README lead to files that are there; Sphinx checks those of the pages."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINKS = sorted(set(re.findall(r"\]\(([^)#:]+)", (ROOT / "README.md").read_text())))


@pytest.mark.parametrize("link", LINKS)
def test_link_leads_somewhere(link):
    assert (ROOT / link).exists()
