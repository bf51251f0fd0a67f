"""Wire the processes to events and clock: import `flows/<process>/{subscriptions,schedule}.py` and register them.

Web, worker, command line and tests call `load()` once, after Django is set up, for whoever publishes an event must
know its subscribers. The names are found by looking, so that a new process needs no line here; infra itself
imports no flow.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from typing import Any

from entrepot.infra import events, schedule

_FLOWS = "entrepot.flows"


def processes() -> list[str]:
    """Return the full names of the processes' packages."""
    root = importlib.import_module(_FLOWS)
    return sorted(f"{_FLOWS}.{module.name}" for module in pkgutil.iter_modules(root.__path__) if module.ispkg)


def load() -> None:
    """Register every process's SUBSCRIPTIONS and SCHEDULE; calling it again changes nothing.

    Raises:
        AttributeError: a module of that name declares no such tuple.
    """
    for process in processes():
        events.subscribe(_declared(f"{process}.subscriptions", "SUBSCRIPTIONS"))
        schedule.register(_declared(f"{process}.schedule", "SCHEDULE"))


def _declared(module: str, name: str) -> tuple[Any, ...]:
    if importlib.util.find_spec(module) is None:
        return ()
    return tuple(getattr(importlib.import_module(module), name))
