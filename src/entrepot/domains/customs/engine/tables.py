"""Tables of customs law as read from YAML (plain dicts), checked row by row.

A table file has `territory`, `countries` and dated rows with `from`/`until` (half-open civil dates), `source` and
`confidence`. Refuses: a gap or overlap between rows of one key, a row without source or confidence, an unknown field, a
list of treatments or entries whose last is not open to everything; each refusal names file and row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from entrepot.domains.customs.errors import BadLaw
from entrepot.kernel.period import Period, refuse_gap_or_overlap
from entrepot.kernel.trade import RuleRef

_DATED = "from until source confidence note doubt in_use"
_FIELDS = {
    "treatments": f"key kind valuation limit basis currency amount digits schemes not_origins consumers_only {_DATED}",
    "entries": f"key limit basis currency digits importer_of_record procedure_code {_DATED}",
    "fees": f"key kind entries amount rate min max currency limit basis limit_currency countries consumers_only {_DATED}",
    "added_duties": f"key rate net_of_base origins not_origins chapters {_DATED}",
    "merchant_duty": f"rate {_DATED}",
    "postal_specific": f"band_below inclusive amount {_DATED}",
    "tariff": f"code origin rate {_DATED}",
}


class LawRow(msgspec.Struct, frozen=True):
    """A dated row of a table, with where it stands."""

    file: str
    number: int
    period: Period
    fields: Mapping[str, Any]


class Law(msgspec.Struct, frozen=True):
    """A customs territory's tables, by name."""

    territory: str
    file: str
    currency: str
    time_zone: str
    countries: frozenset[str]
    free_movement: RuleRef
    tariff_column: str
    tables: dict[str, tuple[LawRow, ...]]

    def rows(self, table: str, on: dt.date) -> list[LawRow]:
        """Return the rows of a table that are in force and in use on a day."""
        return [row for row in self.tables.get(table, ()) if on in row.period and row.fields.get("in_use", True)]


class TariffRow(msgspec.Struct, frozen=True):
    """A tariff rate as stored: `origin` "" is any; `added` comes on top of the base rate."""

    code: str
    origin: str
    rate_ppm: int
    added: bool
    name: str
    from_date: dt.date | None
    until: dt.date | None
    source: str
    confidence: str


def ppm(percent: Any) -> int:
    """Return a rate given in percent (text or int, never float) as parts per million; ValueError otherwise."""
    if isinstance(percent, float):
        raise ValueError("a rate is written as text, never as a float")
    value = Decimal(str(percent)) * 10_000
    if value != int(value) or value < 0:
        raise ValueError(f"{percent} % is no rate of at most four decimals")
    return int(value)


def _rows(table: str, listed: Sequence[Mapping[str, Any]], file: str) -> tuple[LawRow, ...]:
    allowed = set(_FIELDS[table].split())
    wrapped = []
    for number, fields in enumerate(listed, 1):
        where = f"{table} {number}"
        unknown = {str(name) for name in fields} - allowed
        if unknown:
            raise BadLaw(file=file, row=where, what=f"unknown field {', '.join(sorted(unknown))}")
        for needed in ("source", "confidence"):
            if not fields.get(needed):
                raise BadLaw(file=file, row=where, what=f"no {needed}")
        start, end = fields.get("from"), fields.get("until")
        for edge in (start, end):
            if edge is not None and (not isinstance(edge, dt.date) or isinstance(edge, dt.datetime)):
                raise BadLaw(file=file, row=where, what=f"{edge} is no civil date")
        if start and end and end <= start:
            raise BadLaw(file=file, row=where, what="it ends before it begins")
        try:
            if "rate" in fields:
                ppm(fields["rate"])
        except (ValueError, ArithmeticError) as fault:
            raise BadLaw(file=file, row=where, what=str(fault)) from fault
        wrapped.append(LawRow(file, number, Period(start, end), fields))
    return tuple(wrapped)


def _key(table: str, row: LawRow) -> str:
    f = row.fields
    if table == "tariff":
        return f"{f['code']} {f.get('origin', '')}"
    if table == "postal_specific":
        return str(f.get("band_below"))
    return str(f.get("key", table))


def _refuse_open_questions(table: str, rows: Sequence[LawRow], file: str) -> None:
    if not rows:
        raise BadLaw(file=file, row=table, what="there are none")
    last = rows[-1]
    open_to_all = not any(last.fields.get(n) for n in ("limit", "schemes", "not_origins", "consumers_only"))
    if not open_to_all or last.period != Period(None, None):
        raise BadLaw(
            file=file, row=f"{table} {last.number}", what="the last row must fit every consignment on every day"
        )


def law_of(raw: Mapping[str, Any], file: str) -> Law:
    """Return the checked tables of one territory.

    Raises:
        BadLaw, GapOrOverlap: naming file and row; nothing of the file is used.
    """
    tables: dict[str, tuple[LawRow, ...]] = {}
    for table in _FIELDS:
        rows = _rows(table, raw.get(table) or (), file)
        tables[table] = rows
        by_key: dict[str, list[LawRow]] = {}
        for row in rows:
            by_key.setdefault(_key(table, row), []).append(row)
        for key, group in by_key.items():
            numbers = ", ".join(str(row.number) for row in group)
            refuse_gap_or_overlap(group, table=file, key=f"{table} {key} (rows {numbers})")
    _refuse_open_questions("treatments", tables["treatments"], file)
    _refuse_open_questions("entries", tables["entries"], file)
    free = raw["free_movement"]
    return Law(
        territory=raw["territory"],
        file=file,
        currency=raw["currency"],
        time_zone=raw["time_zone"],
        countries=frozenset(raw["countries"]),
        free_movement=RuleRef(f"customs.{raw['territory']}", "free_movement", "", free["source"], free["confidence"]),
        tariff_column=raw.get("tariff_column", ""),
        tables=tables,
    )
