"""Libraries that only parts of the package need, imported where they are used."""

from __future__ import annotations

import importlib
from typing import Any


def needed(module: str) -> Any:
    """The module, or an error that says how to get it."""
    name = module.split(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise ModuleNotFoundError(f"this needs {name}: pip install {name}", name=name) from None
