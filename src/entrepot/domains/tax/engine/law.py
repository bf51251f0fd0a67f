"""From checked tables of tax to the frozen rules of a destination on a day: what the engine needs, and nothing else.

No country is named here; what a row may say stands in `engine.tables`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from entrepot.domains.tax.engine.tables import WORDS, Law
from entrepot.domains.tax.errors import NotCovered
from entrepot.domains.tax.types import FurtherTax, LocalTax, RegistrationInfo, TaxRate, TaxRules, TaxScheme
from entrepot.kernel.lawfile import LawRow, ppm, reference
from entrepot.kernel.money import Money
from entrepot.kernel.period import Period, next_boundary


def _minor(value: Any, currency: str) -> int:
    return Money.parse(str(value), currency).minor


def _scheme(
    row: LawRow,
    law: Law,
    held: set[tuple[str, str]],
    places: Sequence[str],
    freight: bool,
    territory: frozenset[str],
) -> TaxScheme:
    f = row.fields
    currency = f.get("currency", law.currency)
    needs = f.get("registration", "")
    limit = f.get("limit")
    return TaxScheme(
        key=f["key"],
        name=WORDS[f["name"]],
        movement=f.get("movement", "any"),
        rule=reference(row, f"tax.{law.jurisdiction}", f["key"], _words_of_limit(f, currency)),
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
        limit_exclusive=f.get("limit_exclusive", False),
        limit_per=f.get("limit_per", "consignment"),
        basis=f.get("basis", "intrinsic"),
        uplift_ppm=ppm(f.get("uplift", "0")),
        minimum_inclusive=f.get("minimum_inclusive", False),
        level=f.get("level", law.level),
        base_step_minor=_minor(f.get("base_step", "0"), law.currency),
        amount_step_minor=_minor(f.get("amount_step", "0"), law.currency),
        step_rounding=f.get("step_rounding", "down"),
        home=law.currency,
        invoice_note=f.get("invoice_note", ""),
        by_goods=f.get("limit_per") == "item" or any(f.get(name) for name in ("not_codes", "not_categories")),
        narrow=any(f.get(name) for name in _NARROW),
        facilitated=f.get("facilitated", False),
        across=f.get("across", False),
        not_sellers_of=territory if f.get("seller") == "outside" else frozenset(),
        **{name: tuple(f.get(name) or ()) for name in _CONDITIONS},
    )


_NARROW = ("customers", "modes", "dispatch", "origins", "facilitated", "across", "seller")
_CONDITIONS = ("customers", "modes", "dispatch", "origins", "not_codes", "not_categories")


def _words_of_limit(f: Mapping[str, Any], currency: str) -> str:
    """A scheme's limit in words, or the movement it is for."""
    if not f.get("limit"):
        return str(f.get("movement", "any"))
    words = f"{'below' if f.get('limit_exclusive') else 'up to'} {f['limit']} {currency}"
    return words + (" an item" if f.get("limit_per") == "item" else "")


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
        rate = ppm(f["rate"])
        rates[str(f["category"])] = TaxRate(
            rate,
            reference(row, f"tax.{place}", str(f["category"]), f"{f['rate']} %"),
            f.get("reason", "" if rate else "zero_rated"),
            name=WORDS[f["name"]] if "name" in f else "",
            inside=f.get("inside", False),
        )
        if f["category"] == "standard":
            freight = f.get("freight_taxable", True)
    for row in law.exemptions:
        f = row.fields
        if on in row.period and f.get("region", "") in ("", region):
            rates[f["category"]] = _exempted(row, law, rates.get(f["category"], rates["standard"]), region)
    return _with_further(rates, law, region, on), freight


def _exempted(row: LawRow, law: Law, usual: TaxRate, region: str) -> TaxRate:
    f = row.fields
    place = f"{law.jurisdiction}-{region}" if f.get("region") else law.jurisdiction
    rule = reference(row, f"tax.{place}", f"exemption of {f['category']}", f"below {f['below']} {law.currency} a unit")
    return msgspec.structs.replace(
        usual, exempt_below_minor=_minor(f["below"], law.currency), exempt_currency=law.currency, exemption=rule
    )


def _with_further(rates: dict[str, TaxRate], law: Law, region: str, on: dt.date) -> dict[str, TaxRate]:
    """The same rates with the taxes that stand beside them; a category that is free stays free of these too."""
    found: list[tuple[FurtherTax, tuple[str, ...]]] = []
    for row in law.further:
        f = row.fields
        if on not in row.period or f.get("region", "") not in ("", region):
            continue
        place = f"{law.jurisdiction}-{region}" if f.get("region") else law.jurisdiction
        if "share" in f:
            over, under = (int(part) for part in str(f["share"]).split("/"))
            rule = reference(row, f"tax.{place}", f["key"], f"{f['share']} of the main tax")
            more = FurtherTax(WORDS[f["name"]], 0, rule, (over, under))
        else:
            rule = reference(row, f"tax.{place}", f["key"], f"{f['rate']} %")
            more = FurtherTax(WORDS[f["name"]], ppm(f["rate"]), rule)
        found.append((more, tuple(f.get("not_categories") or ())))
    if not found:
        return rates
    return {
        name: msgspec.structs.replace(rate, further=tuple(more for more, without in found if name not in without))
        if rate.rate_ppm
        else rate
        for name, rate in rates.items()
    }


def _with_local(rates: dict[str, TaxRate], local: LocalTax) -> dict[str, TaxRate]:
    """The same rates with what a place adds to each that is taxed, as one rate: both are worked out and rounded together."""
    found = dict(rates)
    for name, rate in rates.items():
        if name != "standard" and not rate.rate_ppm:
            continue
        ppm_ = rate.rate_ppm + local.rate_ppm
        rule = msgspec.structs.replace(
            rate.rule,
            key=f"{rate.rule.key} {local.postcode}",
            value=f"{_percent(ppm_)} ({_percent(rate.rate_ppm)} and {_percent(local.rate_ppm)} local)",
            source=f"{rate.rule.source}; local: {local.source}",
            confidence=local.confidence,
        )
        found[name] = msgspec.structs.replace(rate, rate_ppm=ppm_, rule=rule)
    return found


def _percent(rate_ppm: int) -> str:
    return f"{(Decimal(rate_ppm) / 10_000).normalize():f} %"


def compile_rules(
    laws: Mapping[str, Law],
    *,
    destination: str,
    region: str,
    on: dt.date,
    registrations: Sequence[RegistrationInfo] = (),
    local: LocalTax | None = None,
) -> TaxRules:
    """Return the frozen rules of a destination and region on a day, for what a seller is registered for.

    The schemes of a country's group come before its own; one of its own with the same key takes the group's place. A
    registration in the country, its group or its region counts. `local` is what the place adds to the region's rates.

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
    if local is not None:
        rates = _with_local(rates, local)
    group = laws.get(law.group) if law.group else None
    held = {(r.scheme, r.jurisdiction) for r in registrations if on in Period(r.from_date, r.until)}
    places = [destination, law.group, f"{destination}-{region}"]
    own = {row.fields["key"] for row in law.schemes}
    rows = [(row, group) for row in group.schemes if row.fields["key"] not in own] if group is not None else []
    rows += [(row, law) for row in law.schemes]
    rows = [(row, owner) for row, owner in rows if not row.fields.get("regions") or region in row.fields["regions"]]
    territory = group.members if group is not None else frozenset({destination}) | law.members
    schemes = tuple(_scheme(row, owner, held, places, freight, territory) for row, owner in rows if on in row.period)
    dated = [Period(r.from_date, r.until) for r in registrations]
    tables = (*law.rates, *law.exemptions, *law.further)
    touched = (
        [*law.outside]
        + [row for row, _ in rows]
        + [row for row in tables if row.fields.get("region", "") in ("", region)]
    )
    dated += [Period(local.from_date, local.until)] if local is not None else []
    edges = [edge for period in dated for edge in (period.start, period.end) if edge is not None and edge > on]
    boundary = next_boundary(touched, on)
    long_way = any(rate.inside or rate.further for rate in rates.values())
    return TaxRules(
        by_goods=any(scheme.by_goods for scheme in schemes),
        exempts=any(rate.exempt_below_minor for rate in rates.values()),
        staged=frozenset(scheme.key for scheme in schemes if long_way or not scheme.plain),
        destination=destination,
        region=region,
        territory=territory,
        on=on,
        schemes=schemes,
        rates=rates,
        rounding=law.rounding,  # type: ignore[arg-type]
        next_boundary=min([*edges, *([boundary] if boundary else [])], default=None),
    )
