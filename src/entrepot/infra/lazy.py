"""Load heavy wheels (typst, fontTools, …) at first use, so that starting stays fast."""

import importlib
from types import ModuleType


def module(name: str) -> ModuleType:
    """Import and return a module by name; the import is paid once, by the first caller."""
    return importlib.import_module(name)
