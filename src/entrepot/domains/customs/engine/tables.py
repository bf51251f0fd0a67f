"""Tables of customs law as read from YAML (plain dicts), checked row by row.

A table file has `territory`, `countries` and dated rows (`kernel.lawfile`); a row with `in_use: false` is read, shown and
not applied. Refuses besides: a list of treatments or entries whose last is not open to everything, a duty that is said to be
not loaded without saying what that means.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from entrepot.domains.customs.errors import BadLaw
from entrepot.kernel.lawfile import LawRow, amount_fault, refuse_contradictions, rows_of
from entrepot.kernel.period import Period
from entrepot.kernel.trade import RuleRef

_FIELDS = {
    "treatments": "key kind valuation limit basis currency amount digits schemes not_origins consumers_only origins not_codes"
    " dispatch modes rate code_rates deduction base_step amount_step step_rounding collector",
    "entries": "key limit basis currency digits importer_of_record procedure_code",
    "fees": "key kind entries amount rate min max currency limit basis limit_currency countries consumers_only modes",
    "added_duties": "key rate net_of_base of_duty origins not_origins chapters codes not_codes instead_of",
    "not_loaded": "key origins chapters",
    "merchant_duty": "rate",
    "postal_specific": "band_below inclusive amount",
    "tariff": "code origin rate",
    "programmes": "key name origins proofs chapters rate",
}
NONE = "none"  # the option of a choice by which no row of it holds


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

    def rows(self, table: str, on: dt.date, chosen: Mapping[str, str] | None = None) -> list[LawRow]:
        """Return the rows of a table that are in force and in use on a day.

        Args:
            chosen: the option that the merchant follows, by choice; a choice that is not among them goes by `in_use`.
        """
        chosen = chosen or {}
        return [row for row in self.tables.get(table, ()) if on in row.period and in_use(row, chosen)]


def in_use(row: LawRow, chosen: Mapping[str, str]) -> bool:
    """Say whether a row is applied: by the merchant's choice where it is one of several readings, else as it says itself."""
    option = chosen.get(row.fields.get("choice", ""))
    return bool(row.fields.get("in_use", True)) if option is None else option == row.fields["option"]


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


def _key(table: str, row: LawRow) -> str:
    f = row.fields
    if table == "tariff":
        return f"{table} {f['code']} {f.get('origin', '')}"
    if table == "postal_specific":
        return f"{table} {f.get('band_below')}"
    reading = f" as {f['option']}" if f.get("option") else ""
    return f"{table} {f.get('key', table)}{reading}"


_CONDITIONS = ("limit", "schemes", "not_origins", "consumers_only", "origins", "not_codes", "dispatch", "modes")
_KINDS = ("relief", "flat_per_item", "ad_valorem", "one_rate")


def _treatment_fault(f: Mapping[str, Any]) -> str:
    if f.get("kind") not in _KINDS:
        return f"kind is one of {', '.join(_KINDS)}"
    if ("rate" in f) != (f["kind"] == "one_rate"):
        return "a treatment of one rate has a rate, and no other has"
    if f.get("step_rounding", "down") not in ("down", "up", "half_up"):
        return "step_rounding is down, up or half_up"
    for more in f.get("code_rates") or ():
        if set(more) != {"codes", "rate"} or isinstance(more["rate"], float) or not more["codes"]:
            return "code_rates are lists of codes with a rate as text"
    return amount_fault(f, ("limit", "amount", "deduction", "base_step", "amount_step"))


def _refuse_open_questions(table: str, rows: Sequence[LawRow], file: str) -> None:
    if not rows:
        raise BadLaw(file=file, row=table, what="there are none")
    last = rows[-1]
    open_to_all = not any(last.fields.get(n) for n in _CONDITIONS)
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
    for table, fields in _FIELDS.items():
        own = (*fields.split(), "in_use", "choice", "option")
        rows = tables[table] = rows_of(table, raw.get(table) or (), allowed=own, file=file, bad=BadLaw)
        refuse_contradictions(rows, file=file, key_of=partial(_key, table))
        for row in rows:
            if bool(row.fields.get("choice")) != bool(row.fields.get("option")):
                raise BadLaw(file=file, row=f"{table} {row.number}", what="a choice and its option go together")
    for row in tables["programmes"]:
        if not all(row.fields.get(name) for name in ("key", "name", "origins", "proofs")):
            raise BadLaw(file=file, row=f"programmes {row.number}", what="it has key, name, origins and proofs")
    for row in tables["not_loaded"]:
        if not row.fields.get("doubt"):
            raise BadLaw(
                file=file, row=f"not_loaded {row.number}", what="no doubt: say what is missing and how to load it"
            )
    for row in tables["treatments"]:
        what = _treatment_fault(row.fields)
        if what:
            raise BadLaw(file=file, row=f"treatments {row.number}", what=what)
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
