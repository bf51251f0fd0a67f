"""From tables of law (plain dicts as read from YAML) to the frozen rules of a destination on a day.

A table file has `jurisdiction` and dated rows (`kernel.lawfile`). Refuses besides: a rate without a name of our words, a
place outside the territory without postal codes. What is compiled is what the engine needs and nothing else; no country is
named here.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from entrepot.domains.tax.errors import BadLaw, NotCovered, OutsideTerritory
from entrepot.domains.tax.types import RegistrationInfo, TaxRate, TaxRules, TaxScheme
from entrepot.kernel.errors import N_
from entrepot.kernel.lawfile import LawRow, ppm, reference, refuse_contradictions, rows_of
from entrepot.kernel.money import Money
from entrepot.kernel.period import Period, next_boundary

# What a row of tax is called in a cascade. Data refer to these words by key, so that every one is in the catalogue.
WORDS = {
    "vat": N_("VAT"),
    "import_vat": N_("Import VAT"),
    "sales_tax": N_("Sales tax"),
}

_FIELDS = {
    "schemes": "key name movement registration limit currency taxed reason on_freight on_duty on_fee collector"
    " importer_of_record minimum label_by_entry procedure_code",
    "rates": "category rate reason region freight_taxable",
    "exemptions": "region category below",
    "nexus": "region sales transactions operator basis period",
    "outside": "place postcodes",
}


class Law(msgspec.Struct, frozen=True):
    """One jurisdiction's tables: its dated schemes and rates. `members` are the countries that share it as a territory.

    `outside` are places with its postal codes in which its tax does not hold.
    """

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
    outside: tuple[LawRow, ...] = ()


def law_of(raw: Mapping[str, Any], file: str) -> Law:
    """Return the checked tables of one jurisdiction.

    Raises:
        BadLaw, GapOrOverlap: naming file and row; nothing of the file is used.
    """
    tables = {
        name: rows_of(name, raw.get(name) or (), allowed=fields.split(), file=file, bad=BadLaw)
        for name, fields in _FIELDS.items()
    }
    for name, rows in tables.items():
        refuse_contradictions(rows, file=file, key_of=partial(_key, name))
    for row in tables["schemes"]:
        if row.fields.get("name") not in WORDS:
            raise BadLaw(file=file, row=f"schemes {row.number}", what=f"name is one of {', '.join(WORDS)}")
    for row in tables["rates"]:
        if "rate" not in row.fields:
            raise BadLaw(file=file, row=f"rates {row.number}", what="no rate")
    for row in tables["outside"]:
        codes = row.fields.get("postcodes") or [""]
        if not all(isinstance(code, str) and code for code in codes):
            raise BadLaw(
                file=file, row=f"outside {row.number}", what="postcodes are beginnings of postal codes, as text"
            )
    return Law(
        jurisdiction=raw["jurisdiction"],
        file=file,
        currency=raw["currency"],
        time_zone=raw["time_zone"],
        group=raw.get("group", ""),
        rounding=raw.get("rounding", "half_up"),
        members=frozenset(raw.get("members", ())),
        **tables,
    )


def _key(table: str, row: LawRow) -> str:
    """Say which rows of a table stand for one thing, and so must follow each other."""
    f = row.fields
    if table == "schemes":
        return f"scheme {f['key']}"
    if table == "nexus":
        return f"nexus {f['region']}"
    if table == "outside":
        return f"outside {f.get('place')}"
    return f"{'rate' if table == 'rates' else 'exemption'} {f.get('region', '')} {f['category']}"


def _plain(postcode: str) -> str:
    """A postal code in capitals and digits alone, whatever way it was typed."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", postcode).upper())


def refuse_outside(laws: Mapping[str, Law], *, destination: str, postcode: str, on: dt.date) -> None:
    """Raise OutsideTerritory when a postal code lies where a country's tax does not hold on a day; "" never does."""
    law = laws.get(destination)
    plain = _plain(postcode).removeprefix(destination)
    if law is None or not plain:
        return
    for row in law.outside:
        if on in row.period and plain.startswith(tuple(row.fields["postcodes"])):
            place = str(row.fields["place"])
            raise OutsideTerritory(
                place=place,
                postcode=plain[:20],
                country=destination,
                on=on,
                field="postal_code",
                value=plain[:20],
                rule="",
            )


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
    touched = (
        [*law.outside]
        + [row for row, _ in rows]
        + [row for row in tables if row.fields.get("region", "") in ("", region)]
    )
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
