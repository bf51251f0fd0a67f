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
from entrepot.kernel.money import exponent
from entrepot.kernel.trade import Consignment, Line

HELP = "µs per quote of ten lines in two consignments with full trace, against the same sums in Decimal"
DATABASE = False

DAY = dt.date(2026, 11, 25)
CENT = Decimal("0.01")
CODES = ("610910", "691110", "940521", "851830", "420222")
REGISTERED = ("ioss@EU", "oss@EU", "sales_tax@US-CA", "vat@GB", "gst_lvg@AU", "remessa_conforme@BR")


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

# Laws in whole steps of value and tax, and one with the tax inside the price: their sums are longer, here and for the peer.
STEPPED = {
    "br_inside": Case("BR", "BRL", "SP", 1_999),
    "jp_steps": Case("JP", "JPY", "", 3_999),
    "id_rupiah": Case("ID", "IDR", "", 1_999_900),
}
FX = {("USD", "BRL"): Decimal("5.4"), ("USD", "IDR"): Decimal(16_000)}


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


def _shares(total: Decimal, weights: Sequence[Decimal], unit: Decimal = CENT) -> list[Decimal]:
    whole = sum(weights)
    shares = [(total * weight / whole).quantize(unit, rounding="ROUND_DOWN") for weight in weights]
    rests = sorted(range(len(weights)), key=lambda n: shares[n] - total * weights[n] / whole)
    for n in rests[: int((total - sum(shares)) / unit)]:
        shares[n] += unit
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


class Steps(NamedTuple):
    """The same of a law in whole steps, or with its tax inside the price; a step of 0 is none."""

    goods: list[Decimal]
    freight: Decimal
    unit: Decimal
    duty: list[Decimal]
    base_step: Decimal
    duty_step: Decimal
    tax_step: Decimal
    tax_base_step: Decimal
    mode: str
    tax_mode: str
    rate: Decimal
    inside: bool
    share: Decimal


def _stepped(value: Decimal, step: Decimal, mode: str) -> Decimal:
    return (value / step).quantize(Decimal(1), rounding=mode) * step if step else value


def _stepped_total(case: Steps) -> Decimal:
    goods, unit = case.goods, case.unit
    carriage = _shares(case.freight, goods, unit)
    duty = counted = Decimal(0)
    own = list(goods)
    if case.duty:
        values = [_stepped(g + c, case.base_step, "ROUND_DOWN") for g, c in zip(goods, carriage, strict=True)]
        raw = [(v * r).quantize(unit, rounding=ROUND_HALF_UP) for v, r in zip(values, case.duty, strict=True)]
        duty = counted = _stepped(sum(raw, Decimal(0)), case.duty_step, case.mode)
        if case.mode == "ROUND_DOWN" and case.duty_step:
            cut = [_stepped(one, case.duty_step, "ROUND_DOWN") for one in raw]
            own, counted = [g + more for g, more in zip(goods, cut, strict=True)], Decimal(0)
    if case.tax_base_step:
        parts = [_stepped(o + c, case.tax_base_step, "ROUND_DOWN") for o, c in zip(own, carriage, strict=True)]
        base = sum(parts, Decimal(0))
    else:
        base = sum(own, Decimal(0)) + counted + case.freight
    main = base * case.rate / (1 - case.rate if case.inside else 1)
    main = _stepped(main.quantize(unit, rounding=case.tax_mode), case.tax_step, case.mode)
    beside = _stepped((main * case.share).quantize(unit, rounding="ROUND_DOWN"), case.tax_step, case.mode)
    return sum(goods, Decimal(0)) + case.freight + duty + main + beside


def _steps(parcel: Consignment, duty: CustomsRules, vat: TaxRules) -> Steps:
    """Take the steps from the law and the rates from our own trace, as `_decimals` does."""
    cost = landed_cost(parcel, duty, vat, DAY, fx=FX)
    scheme = next(s for s in vat.schemes if s.rule in cost.rules)
    way = next(t for t in duty.treatments if t.key == cost.treatment)
    unit = Decimal(1).scaleb(-exponent(parcel.currency))
    modes = {"down": "ROUND_DOWN", "half_up": ROUND_HALF_UP}
    rate = vat.rates["standard"]
    over, under = rate.further[0].share if rate.further else (0, 1)
    return Steps(
        goods=[line.goods_minor * unit for line in parcel.lines],
        freight=parcel.freight_minor * unit,
        unit=unit,
        duty=[Decimal(c.rate_ppm) / 1_000_000 for c in cost.charges if c.kind == "duty" and c.line],
        base_step=way.base_step_minor * unit,
        duty_step=way.amount_step_minor * unit,
        tax_step=scheme.amount_step_minor * unit,
        tax_base_step=scheme.base_step_minor * unit,
        mode=modes[scheme.step_rounding],
        tax_mode=modes[vat.rounding],
        rate=Decimal(rate.rate_ppm) / 1_000_000,
        inside=rate.inside,
        share=Decimal(over) / under,
    )


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
    for name, case in {**CASES, **STEPPED}.items():
        duty, vat = rules(case)
        parcels = consignments(case)
        total = sum(landed_cost(parcel, duty, vat, DAY, fx=FX).total_minor for parcel in parcels)
        sides = (_steps, _stepped_total) if name in STEPPED else (_decimals, _decimal_total)
        prepare, price = sides
        prepared = [prepare(parcel, duty, vat) for parcel in parcels]
        other = sum((price(one) for one in prepared), Decimal(0))  # type: ignore[operator]
        if other.scaleb(exponent(case.currency)) != total:
            raise ArithmeticError(f"{name}: {total} minor units here, {other} with Decimal")
        key = f"us_per_quote.{name}"
        ours[key] = round(
            _best(lambda d=duty, v=vat, ps=parcels: [landed_cost(p, d, v, DAY, fx=FX) for p in ps], args), 1
        )
        theirs[key] = round(_best(lambda rows=prepared, price=price: [price(row) for row in rows], args), 1)
    return {
        "figures": ours,
        "peers": {"decimal": theirs},
        "units": {"us_per_quote": "µs"},
        "notes": [
            "ten lines, two consignments (Shenzhen, Rotterdam); here with a row, rule and reason per charge; processor time",
            "br_inside, id_rupiah, jp_steps: laws in whole steps, or with several taxes of which one is inside the price",
            "decimal: the same cents with Decimal, rules already chosen, no trace",
        ],
    }
