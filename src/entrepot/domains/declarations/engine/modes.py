"""The mode of an export declaration, from rows of data (`refdata/export_modes.yaml`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec


class ModeRule(msgspec.Struct, frozen=True):
    """A row: from which warehouses of a country, for which kind of sale, goods leave under which mode. "*": all."""

    country: str
    warehouse: str
    sale: str
    mode: str
    reason: str
    source: str
    confidence: str
    start: dt.date | None = None
    end: dt.date | None = None


def export_mode(country: str, warehouse: str, sale: str, rules: Iterable[ModeRule], *, on: dt.date) -> tuple[str, str]:
    """Return (mode, reason) of the first row that fits, ("", "") when the country of dispatch has no modes.

    `warehouse` is its kind (domestic, bonded, overseas, third_party); `sale` is consumer, business or stock.
    """
    for rule in rules:
        in_force = (not rule.start or on >= rule.start) and (not rule.end or on < rule.end)
        fits = rule.country == country and rule.warehouse in ("*", warehouse) and rule.sale in ("*", sale)
        if in_force and fits:
            return rule.mode, rule.reason
    return "", ""
