"""synfer: which synaptic plasticity rule explains an animal's choices and its neurons' activity?

    import synfer

    sessions = synfer.read("flies/")
    result = synfer.fit(sessions, rule="1 + w + x + r + x*r")
    result.plot_terms()

Settings have the names of the command line, with `__` for the dot: `fit__epochs=10`. `synfer.settings()`
lists them.
"""

from ._core import version as __version__
from .check import Check, check
from .errors import ConfigurationError, DataError, NonFiniteError, OutputError, SynferError
from .estimator import PlasticityEstimator
from .mapping import map_fits
from .reading import formats, from_frame, read
from .result import Estimate, Note, Result, Rival, load
from .rule import Rule
from .runs import DesignCheck, Simulation, design_check, evaluate, fit, recover, select, simulate
from .session import Session, Sessions
from ._settings import Setting, settings

__all__ = [
    "Check",
    "ConfigurationError",
    "DataError",
    "DesignCheck",
    "Estimate",
    "NonFiniteError",
    "Note",
    "OutputError",
    "PlasticityEstimator",
    "Result",
    "Rival",
    "Rule",
    "Session",
    "Sessions",
    "Setting",
    "Simulation",
    "SynferError",
    "__version__",
    "check",
    "design_check",
    "evaluate",
    "fit",
    "formats",
    "from_frame",
    "load",
    "map_fits",
    "read",
    "recover",
    "select",
    "settings",
    "simulate",
]
