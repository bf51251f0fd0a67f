"""Thresholds of registration as data: which there are on a day, and which sales count towards one. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from entrepot.domains.tax.engine.tables import Law
from entrepot.domains.tax.errors import BadLaw
from entrepot.domains.tax.types import RegistrationInfo, Threshold
from entrepot.kernel.errors import N_
from entrepot.kernel.lawfile import LawRow, amount_fault, reference, refuse_contradictions, rows_of
from entrepot.kernel.money import Money

TITLES = {
    "eu_distance": N_("Distance sales within the Union"),
    "turnover": N_("Sales to the country"),
    "imports": N_("Sales into the country from outside"),
    "nexus": N_("Sales into the state"),
}
_FIELDS = [
    "key",
    "title",
    "jurisdiction",
    "registration",
    "amount",
    "currency",
    "counts",
    "customers",
    "period",
    "established",
]
COUNTS = ("to", "import", "across", "inside")
PERIODS = ("rolling_12_months", "previous_year", "previous_or_current_year")
# How the table of the states words its periods. What is not told or has quarters of its own is measured over twelve months.
_NEXUS_PERIODS = {
    "previous calendar year": "previous_year",
    "previous or current calendar year": "previous_or_current_year",
}


def thresholds_in(raw: Mapping[str, Any], file: str) -> tuple[LawRow, ...]:
    """Return the checked rows of a file of thresholds.

    Raises:
        BadLaw, GapOrOverlap: naming file and row; nothing of the file is used.
    """
    rows = rows_of("thresholds", raw.get("thresholds") or (), allowed=_FIELDS, file=file, bad=BadLaw)
    refuse_contradictions(rows, file=file, key_of=lambda row: f"threshold {row.fields.get('key')}")
    for row in rows:
        what = _fault(row.fields)
        if what:
            raise BadLaw(file=file, row=f"thresholds {row.number}", what=what)
    return rows


def _fault(f: Mapping[str, Any]) -> str:
    for field, allowed in (("title", tuple(TITLES)), ("counts", COUNTS), ("period", PERIODS)):
        if f.get(field) not in allowed:
            return f"{field} is one of {', '.join(allowed)}"
    if f.get("established") not in (None, "", "inside", "outside"):
        return "established is inside, outside or empty"
    return amount_fault(f, ("amount",)) or ("" if f.get("amount") else "no amount")


def thresholds_on(rows: Iterable[LawRow], laws: Mapping[str, Law], on: dt.date) -> tuple[Threshold, ...]:
    """Return the thresholds in force on a day: those of the file, then those of the states that tables of law hold."""
    found = [_threshold(row) for row in rows if on in row.period]
    for law in laws.values():
        found += [_nexus(row, law) for row in law.nexus if on in row.period]
    return tuple(found)


def _threshold(row: LawRow) -> Threshold:
    f = row.fields
    return Threshold(
        key=f["key"],
        title=TITLES[f["title"]],
        jurisdiction=f["jurisdiction"],
        region="",
        registration=f["registration"],
        amount_minor=Money.parse(f["amount"], f["currency"]).minor,
        currency=f["currency"],
        counts=f["counts"],
        customers=tuple(f.get("customers") or ()),
        period=f["period"],
        established=f.get("established") or "",
        rule=reference(row, "tax.thresholds", f["key"], f"{f['amount']} {f['currency']}"),
    )


def _nexus(row: LawRow, law: Law) -> Threshold:
    f = row.fields
    number = int(f["transactions"] or 0)
    words = f"{f['sales']} {law.currency}" + (f" {f['operator']} {number} transactions" if number else "")
    return Threshold(
        key=f"{law.jurisdiction}-{f['region']}",
        title=TITLES["nexus"],
        jurisdiction=law.jurisdiction,
        region=f["region"],
        registration="sales_tax",
        amount_minor=Money.parse(str(f["sales"]), law.currency).minor,
        currency=law.currency,
        counts="to",
        customers=(),
        period=_NEXUS_PERIODS.get(str(f.get("period")), "rolling_12_months"),
        established="",
        rule=reference(row, f"tax.{law.jurisdiction}-{f['region']}", "nexus", words),
        transactions=number,
        both=f.get("operator") == "and",
    )


def applies(threshold: Threshold, *, seller_country: str, members: Collection[str]) -> bool:
    """Say whether a threshold is for a seller established in a country; `members` are the countries of its jurisdiction."""
    if not threshold.established:
        return True
    return (seller_country in members) == (threshold.established == "inside")


def counts(
    threshold: Threshold, *, dispatch: str, destination: str, region: str, customer: str, members: Collection[str]
) -> bool:
    """Say whether a sale counts towards a threshold: where it left, where it went, and who bought."""
    if destination not in members or (threshold.customers and customer not in threshold.customers):
        return False
    if threshold.region and region.removeprefix(f"{threshold.jurisdiction}-") != threshold.region:
        return False
    inside = dispatch in members
    return {
        "to": True,
        "import": not inside,
        "inside": inside,
        "across": inside and dispatch != destination,
    }[threshold.counts]


def holds(threshold: Threshold, registrations: Iterable[RegistrationInfo], on: dt.date) -> bool:
    """Say whether the seller holds on a day what the threshold asks for."""
    place = f"{threshold.jurisdiction}-{threshold.region}" if threshold.region else threshold.jurisdiction
    return any(
        (r.scheme, r.jurisdiction) == (threshold.registration, place)
        and r.from_date <= on
        and (r.until is None or on < r.until)
        for r in registrations
    )
