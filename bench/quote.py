"""What a quote costs: ten lines in two consignments, from a net price to the whole cascade with the rule behind each row.

A case is a destination's rules as they stand; the rules are loaded once, as in a checkout that weighs several plans. The peer
does the same sums with Decimal, without a trace; it must come to the same cents, or the measurement stops.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
import timeit
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from bench._frame import Result
from entrepot.domains.customs import queries as customs
from entrepot.domains.customs.engine import law as customs_law
from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine import law as tax_law
from entrepot.domains.tax.types import RegistrationInfo, TaxRules
from entrepot.flows.price.landed_cost import landed_cost
from entrepot.kernel.trade import Consignment, Line

HELP = "µs per quote of ten lines in two consignments with full trace, against the same sums in Decimal"
DATABASE = False

DAY = dt.date(2026, 11, 25)
CENT = Decimal("0.01")
CODES = ("610910", "691110", "940521", "851830", "420222")
REGISTERED = ("ioss@EU", "oss@EU", "sales_tax@US-CA", "vat@GB", "gst_lvg@AU")


class Case(NamedTuple):
    """A destination, its currency and region, and the price of a line in minor units."""

    to: str
    currency: str
    region: str
    price_minor: int


CASES = {
    "de_low_value": Case("DE", "EUR", "", 1_999),
    "de_above_150": Case("DE", "EUR", "", 8_999),
    "us_informal": Case("US", "USD", "CA", 1_999),
    "sa_relief": Case("SA", "SAR", "", 7_999),
    "sa_above_1000": Case("SA", "SAR", "", 39_999),
    "gb_at_sale": Case("GB", "GBP", "", 1_999),
    "au_low_value": Case("AU", "AUD", "", 1_999),
    "ca_ontario": Case("CA", "CAD", "ON", 1_999),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--repeat", type=int, default=15, help="rounds; the best counts")
    parser.add_argument("--number", type=int, default=400, help="quotes per round")


def consignments(case: Case) -> tuple[Consignment, Consignment]:
    """Return five lines from each warehouse."""

    def one(ref: str, country: str) -> Consignment:
        lines = tuple(
            Line(f"{ref}-{n}", f"SKU-{n}", 1, case.price_minor + 137 * n, code, "CN", 300)
            for n, code in enumerate(CODES, 1)
        )
        return Consignment(ref, country, case.to, case.region, "", case.currency, lines, 690)

    return one("c1", "CN"), one("c2", "NL")


def rules(case: Case) -> tuple[CustomsRules, TaxRules]:
    """Return the rules of the demo's day, from the files alone."""
    law = customs.territory_of(country=case.to)
    if law is None:
        raise LookupError(case.to)
    pairs = {(code, "CN") for code in CODES}
    held = [RegistrationInfo(*text.split("@"), "-", dt.date(2000, 1, 1), None) for text in REGISTERED]
    return (
        customs_law.compile_rules(law, destination=case.to, pairs=pairs, on=DAY),
        tax_law.compile_rules(tax.law(), destination=case.to, region=case.region, on=DAY, registrations=held),
    )


# ---- the peer: the same sums with Decimal, one function per kind of destination


def _round(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def _shares(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    whole = sum(weights)
    shares = [(total * weight / whole).quantize(CENT, rounding="ROUND_DOWN") for weight in weights]
    rests = sorted(range(len(weights)), key=lambda n: shares[n] - total * weights[n] / whole)
    for n in rests[: int((total - sum(shares)) / CENT)]:
        shares[n] += CENT
    return shares


class Decimals(NamedTuple):
    """What the peer needs of a consignment and its rules, prepared beforehand."""

    goods: list[Decimal]
    freight: Decimal
    duty: list[tuple[Decimal, list[Decimal]]]
    flat: Decimal | None
    cif: bool
    item_fee: Decimal
    entry_fee: Decimal
    rate: Decimal
    on_duty: bool
    on_fee: bool
    on_freight: bool
    once: bool


def _decimal_total(case: Decimals) -> Decimal:
    goods, number = case.goods, len(case.goods)
    carriage = _shares(case.freight, goods) if case.cif and case.duty else [Decimal(0)] * number
    duty = [case.flat or Decimal(0)] * number
    for n, (base, added) in enumerate(case.duty):
        value = goods[n] + carriage[n]
        duty[n] = _round(value * base) + sum((_round(value * more) for more in added), Decimal(0))
    entry = _shares(case.entry_fee, goods) if case.entry_fee else [Decimal(0)] * number
    fees = [case.item_fee + entry[n] for n in range(number)]
    bases = [
        goods[n] + (duty[n] if case.on_duty else Decimal(0)) + (fees[n] if case.on_fee else Decimal(0))
        for n in range(number)
    ]
    bases += [case.freight] if case.on_freight else []
    tax = _round(sum(bases) * case.rate) if case.once else sum((_round(b * case.rate) for b in bases), Decimal(0))
    return sum(goods) + case.freight + sum(duty) + sum(fees) + tax


def _decimals(parcel: Consignment, duty: CustomsRules, vat: TaxRules) -> Decimals:
    """Take from the trace of our own quote which rules apply, so that the peer need not choose."""
    cost = landed_cost(parcel, duty, vat, DAY)
    border = [c for c in cost.charges if c.kind == "duty"]
    flat = next((Decimal(c.base_minor) / 100 for c in border if c.amount_minor and not c.rate_ppm), None)
    rates: list[tuple[Decimal, list[Decimal]]] = []
    for line in parcel.lines:
        own = [Decimal(c.rate_ppm) / 1_000_000 for c in border if c.line == line.ref and c.base_minor and not flat]
        if own:
            rates.append((own[0], own[1:]))
    fees = [c for c in cost.charges if c.kind == "fee"]
    taxes = [c for c in cost.charges if c.kind == "tax"]
    scheme = next(s for s in vat.schemes if s.rule in cost.rules)
    return Decimals(
        goods=[Decimal(line.goods_minor) / 100 for line in parcel.lines],
        freight=Decimal(parcel.freight_minor) / 100,
        duty=rates,
        flat=flat,
        cif=next((t.valuation for t in duty.treatments if t.kind == "ad_valorem"), "cif") == "cif",
        item_fee=next((Decimal(c.base_minor) / 100 for c in fees if c.line), Decimal(0)),
        entry_fee=sum((Decimal(c.amount_minor) / 100 for c in fees if not c.line), Decimal(0)),
        rate=Decimal(max(c.rate_ppm for c in taxes)) / 1_000_000,
        on_duty=scheme.on_duty,
        on_fee=scheme.on_fee,
        on_freight=scheme.on_freight and scheme.taxed,
        once=scheme.level == "total",
    )


def _best(call: Callable[[], object], args: argparse.Namespace) -> float:
    rounds = timeit.repeat(call, timer=time.process_time, number=args.number, repeat=args.repeat)
    return min(rounds) / args.number * 1e6


def run(args: argparse.Namespace) -> Result:
    """Measure every case; stop when the peer comes to other cents."""
    ours: dict[str, float] = {}
    theirs: dict[str, float] = {}
    for name, case in CASES.items():
        duty, vat = rules(case)
        parcels = consignments(case)
        total = sum(landed_cost(parcel, duty, vat, DAY).total_minor for parcel in parcels)
        prepared = [_decimals(parcel, duty, vat) for parcel in parcels]
        other = sum((_decimal_total(one) for one in prepared), Decimal(0))
        if other * 100 != total:
            raise ArithmeticError(f"{name}: {total} minor units here, {other * 100} with Decimal")
        ours[f"us_per_quote.{name}"] = round(
            _best(lambda d=duty, v=vat, ps=parcels: [landed_cost(p, d, v, DAY) for p in ps], args), 1
        )
        theirs[f"us_per_quote.{name}"] = round(
            _best(lambda rows=prepared: [_decimal_total(row) for row in rows], args), 1
        )
    return {
        "figures": ours,
        "peers": {"decimal": theirs},
        "units": {"us_per_quote": "µs"},
        "notes": [
            "ten lines, two consignments (Shenzhen, Rotterdam); here with a row, rule and reason per charge; processor time",
            "decimal: the same cents with Decimal, rules already chosen, no trace",
        ],
    }
