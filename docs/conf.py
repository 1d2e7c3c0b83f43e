"""How Sphinx makes the documentation: `bash scripts/test_docs.sh`, or with its environment

    sphinx-build -c docs . build/docs/html

The source is the repository as it stands, so that a link between two pages, a notebook and a README holds on
the repository's web page and here.
"""

import re
import subprocess
from pathlib import Path

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml
from pygments.lexers.special import TextLexer

ROOT = Path(__file__).resolve().parents[1]

project = "synfer"
release = re.search(r"project\(synfer VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())[1]

root_doc = "docs/index"
highlight_language = "text"
default_role = "code"  # a word in backticks of a docstring
include_patterns = [
    "docs/*.md", "examples/**.md", "studies/*/README.md", "benchmarks/RESULTS.md", "CONTRIBUTING.md", "CHANGELOG.md"
]
extensions = [
    "myst_nb",  # pages in Markdown, notebooks among them
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinxcontrib.mermaid",
    "breathe",
]
html_theme = "furo"
html_title = f"synfer {release}"
html_show_copyright = False
html_math_renderer = "mathml"

# Markdown as the repository's web page has it.
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_fence_as_directive = ["mermaid", "math"]
myst_heading_anchors = 3

# Notebooks run anew in every build, in their own folder.
nb_execution_mode = "force"
nb_execution_timeout = 120
nb_execution_raise_on_error = True
nb_merge_streams = True

autodoc_typehints = "none"  # signatures say enough, and docstrings say shapes
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False

# C++: Doxygen reads the headers, their `//` comments too (docs/doxygen_filter).
breathe_projects = {"synfer": str(ROOT / "build/docs/doxygen/xml")}
breathe_default_project = "synfer"
breathe_show_include = False
suppress_warnings = ["source_code_parser.cpp"]  # defaults that are lambdas, which are shown as they are written


def write_math(translator, node) -> None:
    """As MathML, which browsers draw without a script from elsewhere."""
    translator.body.append(tex2mathml(node.astext(), as_block=node.tagname == "math_block"))
    raise SkipNode


def run_doxygen(_) -> None:
    (ROOT / "build/docs/doxygen").mkdir(parents=True, exist_ok=True)
    subprocess.run(["doxygen", "docs/Doxyfile"], cwd=ROOT, check=True)


def setup(app) -> None:
    app.add_lexer("csv", TextLexer)
    app.add_html_math_renderer("mathml", (write_math, None), (write_math, None))
    app.connect("builder-inited", run_doxygen)
