"""From tables of law (plain dicts as read from YAML) to the frozen rules of a destination on a day.

A table file has `jurisdiction`, dated rows with `from`/`until` (half-open civil dates), `source` and `confidence`.
Refuses: a gap or overlap between rows of one key, a row without source or confidence, an unknown word; each refusal names
file and row. What is compiled is what the engine needs and nothing else; no country is named here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from entrepot.domains.tax.errors import BadLaw, NotCovered
from entrepot.domains.tax.types import RegistrationInfo, TaxRate, TaxRules, TaxScheme
from entrepot.kernel.errors import N_
from entrepot.kernel.money import Money
from entrepot.kernel.period import Period, next_boundary, refuse_gap_or_overlap
from entrepot.kernel.trade import RuleRef

# What a row of tax is called in a cascade. Data refer to these words by key, so that every one is in the catalogue.
WORDS = {
    "vat": N_("VAT"),
    "import_vat": N_("Import VAT"),
    "sales_tax": N_("Sales tax"),
}

_DATED = "from until source confidence note doubt"
_FIELDS = {
    "schemes": f"key name movement registration limit currency taxed reason on_freight on_duty on_fee collector"
    f" importer_of_record minimum label_by_entry procedure_code {_DATED}",
    "rates": f"category rate reason region freight_taxable {_DATED}",
    "exemptions": f"region category below {_DATED}",
    "nexus": f"region sales transactions operator basis period {_DATED}",
}


class LawRow(msgspec.Struct, frozen=True):
    """A dated row of a table, with where it stands."""

    file: str
    number: int
    period: Period
    fields: Mapping[str, Any]


class Law(msgspec.Struct, frozen=True):
    """One jurisdiction's tables: its dated schemes and rates. `members` are the countries that share it as a territory."""

    jurisdiction: str
    file: str
    currency: str
    time_zone: str
    group: str
    rounding: str
    members: frozenset[str]
    schemes: tuple[LawRow, ...]
    rates: tuple[LawRow, ...]
    exemptions: tuple[LawRow, ...] = ()
    nexus: tuple[LawRow, ...] = ()


def ppm(percent: Any) -> int:
    """Return a rate given in percent (text or int, never float) as parts per million."""
    if isinstance(percent, float):
        raise ValueError("a rate is written as text, never as a float")
    value = Decimal(str(percent)) * 10_000
    if value != int(value) or value < 0:
        raise ValueError(f"{percent} % is no rate of at most four decimals")
    return int(value)


def rows_of(name: str, table: Sequence[Mapping[str, Any]], file: str) -> tuple[LawRow, ...]:
    """Check and wrap the rows of one table; raise BadLaw naming file and row number (from 1)."""
    allowed = set(_FIELDS[name].split())
    wrapped = []
    for number, fields in enumerate(table, 1):
        unknown = {str(field) for field in fields} - allowed
        if unknown:
            raise BadLaw(file=file, row=number, what=f"unknown field {', '.join(sorted(unknown))}")
        for needed in ("source", "confidence"):
            if not fields.get(needed):
                raise BadLaw(file=file, row=number, what=f"no {needed}")
        start, end = fields.get("from"), fields.get("until")
        for edge in (start, end):
            if edge is not None and (not isinstance(edge, dt.date) or isinstance(edge, dt.datetime)):
                raise BadLaw(file=file, row=number, what=f"{edge} is no civil date")
        if start and end and end <= start:
            raise BadLaw(file=file, row=number, what="it ends before it begins")
        wrapped.append(LawRow(file, number, Period(start, end), fields))
    return tuple(wrapped)


def refuse_contradictions(rows: Iterable[LawRow], file: str, key_of: Any) -> None:
    """Raise GapOrOverlap, naming file and rows, unless the rows of each key follow each other exactly."""
    by_key: dict[str, list[LawRow]] = {}
    for row in rows:
        by_key.setdefault(key_of(row), []).append(row)
    for key, group in by_key.items():
        numbers = ", ".join(str(row.number) for row in group)
        refuse_gap_or_overlap(group, table=file, key=f"{key} (rows {numbers})")


def law_of(raw: Mapping[str, Any], file: str) -> Law:
    """Return the checked tables of one jurisdiction.

    Raises:
        BadLaw, GapOrOverlap: naming file and row; nothing of the file is used.
    """
    schemes = rows_of("schemes", raw.get("schemes", ()), file)
    rates = rows_of("rates", raw.get("rates", ()), file)
    exemptions = rows_of("exemptions", raw.get("exemptions", ()), file)
    nexus = rows_of("nexus", raw.get("nexus", ()), file)
    refuse_contradictions(schemes, file, lambda row: f"scheme {row.fields['key']}")
    refuse_contradictions(nexus, file, lambda row: f"nexus {row.fields['region']}")
    refuse_contradictions(
        exemptions, file, lambda row: f"exemption {row.fields.get('region', '')} {row.fields['category']}"
    )
    refuse_contradictions(rates, file, lambda row: f"rate {row.fields.get('region', '')} {row.fields['category']}")
    for row in schemes:
        if row.fields.get("name") not in WORDS:
            raise BadLaw(file=file, row=row.number, what=f"name is one of {', '.join(WORDS)}")
    for row in rates:
        try:
            ppm(row.fields["rate"])
        except (ValueError, ArithmeticError) as fault:
            raise BadLaw(file=file, row=row.number, what=str(fault)) from fault
    return Law(
        jurisdiction=raw["jurisdiction"],
        file=file,
        currency=raw["currency"],
        time_zone=raw["time_zone"],
        group=raw.get("group", ""),
        rounding=raw.get("rounding", "half_up"),
        members=frozenset(raw.get("members", ())),
        schemes=schemes,
        rates=rates,
        exemptions=exemptions,
        nexus=nexus,
    )


def reference(row: LawRow, table: str, key: str, value: str) -> RuleRef:
    """Return the RuleRef of a row; a doubt is said along with the source."""
    fields = row.fields
    source = f"{fields['source']}; doubt: {fields['doubt']}" if fields.get("doubt") else str(fields["source"])
    since = row.period.start.isoformat() if row.period.start else ""
    until = row.period.end.isoformat() if row.period.end else ""
    return RuleRef(table, key, value, " ".join(source.split()), str(fields["confidence"]), since, until)


def _minor(value: Any, currency: str) -> int:
    return Money.parse(str(value), currency).minor


def _scheme(row: LawRow, law: Law, held: set[tuple[str, str]], places: Sequence[str], freight: bool) -> TaxScheme:
    f = row.fields
    currency = f.get("currency", law.currency)
    needs = f.get("registration", "")
    limit = f.get("limit")
    value = f"up to {limit} {currency}" if limit else f.get("movement", "any")
    return TaxScheme(
        key=f["key"],
        name=WORDS[f["name"]],
        movement=f.get("movement", "any"),
        rule=reference(row, f"tax.{law.jurisdiction}", f["key"], value),
        registration=needs,
        registered=any((needs, place) in held for place in places),
        limit_minor=_minor(limit, currency) if limit else None,
        currency=currency,
        taxed=f.get("taxed", True),
        reason=f.get("reason", ""),
        on_freight=f.get("on_freight", True) and freight,
        on_duty=f.get("on_duty", True),
        on_fee=f.get("on_fee", True),
        collector=f.get("collector", "seller"),
        importer_of_record=f.get("importer_of_record", ""),
        minimum_minor=_minor(f.get("minimum", "0"), currency),
        label_by_entry=f.get("label_by_entry", False),
        procedure_code=f.get("procedure_code", ""),
    )


def _rates(law: Law, region: str, on: dt.date) -> tuple[dict[str, TaxRate], bool]:
    """Rates by category for a region (rows without region serve all), and whether freight is taxed there."""
    rates: dict[str, TaxRate] = {}
    freight = True
    chosen = sorted(
        (row for row in law.rates if on in row.period and row.fields.get("region", "") in ("", region)),
        key=lambda row: row.fields.get("region", ""),
    )
    for row in chosen:
        f = row.fields
        place = f"{law.jurisdiction}-{region}" if f.get("region") else law.jurisdiction
        rule = reference(row, f"tax.{place}", str(f["category"]), f"{f['rate']} %")
        rates[str(f["category"])] = TaxRate(ppm(f["rate"]), rule, f.get("reason", ""))
        if f["category"] == "standard":
            freight = f.get("freight_taxable", True)
    for row in law.exemptions:
        f = row.fields
        if on in row.period and f.get("region", "") in ("", region):
            place = f"{law.jurisdiction}-{region}" if f.get("region") else law.jurisdiction
            usual = rates.get(f["category"], rates["standard"])
            rule = reference(
                row, f"tax.{place}", f"exemption of {f['category']}", f"below {f['below']} {law.currency} a unit"
            )
            rates[f["category"]] = TaxRate(
                usual.rate_ppm, usual.rule, usual.reason, _minor(f["below"], law.currency), law.currency, rule
            )
    return rates, freight


def compile_rules(
    laws: Mapping[str, Law],
    *,
    destination: str,
    region: str,
    on: dt.date,
    registrations: Sequence[RegistrationInfo] = (),
) -> TaxRules:
    """Return the frozen rules of a destination and region on a day, for what a seller is registered for.

    The schemes of a country's group come before its own; one of its own with the same key takes the group's place. A
    registration in the country, its group or its region counts.

    Raises:
        NotCovered: there are no tables for the country, or no standard rate on that day.
    """
    law = laws.get(destination)
    if law is None:
        raise NotCovered(country=destination, on=on)
    region = region.removeprefix(f"{destination}-")
    rates, freight = _rates(law, region, on)
    if "standard" not in rates:
        raise NotCovered(country=destination, on=on)
    group = laws.get(law.group) if law.group else None
    held = {(r.scheme, r.jurisdiction) for r in registrations if on in Period(r.from_date, r.until)}
    places = [destination, law.group, f"{destination}-{region}"]
    own = {row.fields["key"] for row in law.schemes}
    rows = [(row, group) for row in group.schemes if row.fields["key"] not in own] if group is not None else []
    rows += [(row, law) for row in law.schemes]
    schemes = tuple(_scheme(row, owner, held, places, freight) for row, owner in rows if on in row.period)
    dated = [Period(r.from_date, r.until) for r in registrations]
    tables = (*law.rates, *law.exemptions)
    touched = [row for row, _ in rows] + [row for row in tables if row.fields.get("region", "") in ("", region)]
    edges = [edge for period in dated for edge in (period.start, period.end) if edge is not None and edge > on]
    boundary = next_boundary(touched, on)
    return TaxRules(
        destination=destination,
        region=region,
        territory=group.members if group is not None else frozenset({destination}) | law.members,
        on=on,
        schemes=schemes,
        rates=rates,
        rounding=law.rounding,  # type: ignore[arg-type]
        next_boundary=min([*edges, *([boundary] if boundary else [])], default=None),
    )
