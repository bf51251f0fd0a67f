"""From the return type of a read to a table: a column for each part of the struct it returns."""

from __future__ import annotations

import datetime as dt
import inspect
import typing
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

_KINDS = {bool: "yes", int: "whole", Decimal: "number", dt.date: "day", dt.datetime: "moment"}
NUMBERS = frozenset({"whole", "number", "percent"})


class Column(msgspec.Struct, frozen=True):
    """A column: `kind` says how its cells are written (text, yes, whole, number, percent, day, moment, list)."""

    name: str
    label: str
    kind: str

    @property
    def at_end(self) -> bool:
        """Whether its cells stand at the end of the column, as numbers do."""
        return self.kind in NUMBERS


def struct_of(read: Callable[..., Any]) -> type[msgspec.Struct]:
    """Return the struct that a read returns many of; raise TypeError when it returns none."""
    hint = typing.get_type_hints(inspect.unwrap(read))["return"]
    for part in typing.get_args(hint):
        if isinstance(part, type) and issubclass(part, msgspec.Struct):
            return part
    raise TypeError(f"{read.__name__} returns no rows of a struct")


def columns_of(read: Callable[..., Any], labels: Mapping[str, str]) -> tuple[Column, ...]:
    """Return the columns that have a label (a message id), in the order of the labels; raise TypeError for an unknown one."""
    hints = typing.get_type_hints(struct_of(read))
    for name in labels.keys() - hints.keys():
        raise TypeError(f"{read.__name__}: its rows have no {name}")
    return tuple(Column(name, label, _kind(name, hints[name])) for name, label in labels.items())


def _kind(name: str, hint: Any) -> str:
    if name.endswith("_ppm"):
        return "percent"
    for part in (hint, *typing.get_args(hint)):
        if part in _KINDS:
            return _KINDS[part]
    return "list" if typing.get_origin(hint) in (tuple, list) else "text"
