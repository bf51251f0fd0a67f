"""Adapters are files: a registry per port, filled by importing every module of a folder."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Generic, TypeVar

from entrepot.kernel.errors import NotFound

T = TypeVar("T")


class Registry(Generic[T]):
    """Implementations of one port, by name; a name is given once."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._known: dict[str, T] = {}

    def register(self, name: str, thing: T) -> T:
        """Add an implementation under its name."""
        if name in self._known and type(self._known[name]) is not type(thing):
            raise ValueError(f"two {self.kind} adapters are named {name}")
        self._known[name] = thing
        return thing

    def get(self, name: str) -> T:
        """Return the implementation, or raise NotFound naming what there is."""
        if name not in self._known:
            raise NotFound(kind=self.kind, key=name)
        return self._known[name]

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._known))


def discover(package: str) -> None:
    """Import every module of a package (not below it), so that placing a file registers it; a missing package is empty."""
    try:
        root = importlib.import_module(package)
    except ModuleNotFoundError as missing:
        if missing.name == package:
            return
        raise
    for module in pkgutil.iter_modules(root.__path__):
        importlib.import_module(f"{package}.{module.name}")
