"""What repricing costs: every offer of a shop in twelve markets, one unit each, to the cent of the law.

Here: the batch (`flows.price.landed_costs`), and for comparison the scalar that checkout uses, with its trace. The peer is plain
Python with Decimal and no trace: the same choice of scheme and treatment by value, the same sums; a sample of its cents must be
ours, or the measurement stops.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from bench._frame import Result
from bench.quote import DAY
from entrepot.domains.customs import queries as customs
from entrepot.domains.customs.engine import law as customs_law
from entrepot.domains.customs.types import CustomsRules, Treatment
from entrepot.domains.markets.queries import demo_data
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine import law as tax_law
from entrepot.domains.tax.types import RegistrationInfo, TaxRate, TaxRules, TaxScheme
from entrepot.flows.price.landed_cost import landed_cost
from entrepot.flows.price.landed_costs import LandedCosts
from entrepot.kernel.money import exponent, restate
from entrepot.kernel.trade import Consignment, Line

HELP = "rows per second of pricing offers × markets anew by the batch, against plain Python with Decimal"
DATABASE = False

MARKETS = {
    "DE": "EUR", "FR": "EUR", "ES": "EUR", "IT": "EUR", "NL": "EUR", "GB": "GBP", "US": "USD", "CA": "CAD", "AU": "AUD",
    "SA": "SAR", "SG": "SGD", "NO": "NOK",
}  # fmt: skip
CODES = ("610910", "691110", "940521", "851830", "420222", "950300", "330499", "490199")
ORIGINS = ("CN", "DE", "VN")
HELD = ("ioss@EU", "oss@EU", "sales_tax@US-CA", "vat@GB", "gst_lvg@AU", "gst_ovr@SG", "voec@NO")
FREIGHT = (490, 690, 990)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--offers", type=int, default=100_000, help="articles on the shelf (default 100,000)")
    parser.add_argument("--peer-offers", type=int, default=4_000, help="of these, so many for the slower sides")


def _rates() -> dict[tuple[str, str], Decimal]:
    told = demo_data()["fx"]
    rates = {name: Decimal(rate) for name, rate in told["rates"].items()} | {told["base"]: Decimal(1)}
    return {(one, two): rates[two] / rates[one] for one in rates for two in rates if one != two}


def _rules(country: str) -> tuple[CustomsRules, TaxRules]:
    law = customs.territory_of(country=country)
    if law is None:
        raise LookupError(country)
    pairs = {(code, origin) for code in CODES for origin in ORIGINS}
    held = [RegistrationInfo(*text.split("@"), "-", DAY.replace(year=2000), None) for text in HELD]
    return (
        customs_law.compile_rules(law, destination=country, pairs=pairs, on=DAY),
        tax_law.compile_rules(tax.law(), destination=country, region=_region(country), on=DAY, registrations=held),
    )


def _region(country: str) -> str:
    return {"US": "CA", "CA": "ON"}.get(country, "")


def _shelf(number: int, country: str, currency: str) -> Iterator[Consignment]:
    """One unit of every article, made as it is asked for: prices from 0.50 to 400, of every kind of goods."""
    dice = random.Random(7)
    for n in range(number):
        price = dice.randint(50, 40_000)
        code, origin = dice.choice(CODES), dice.choice(ORIGINS)
        line = Line("l", f"SKU-{n}", 1, price, code, origin, 300, "standard")
        yield Consignment("c", "CN", country, _region(country), "", currency, (line,), dice.choice(FREIGHT))


# ---- the peer: Decimal, no trace; the choice by value as in the law


class Peer:
    """The same answer with Decimal in major units, as one would write it first."""

    def __init__(self, duty: CustomsRules, vat: TaxRules, currency: str, fx: dict[tuple[str, str], Decimal]) -> None:
        self.duty, self.vat, self.currency, self.fx = duty, vat, currency, fx
        self.cent = Decimal(1).scaleb(-exponent(currency))
        self.limits: dict[tuple[int, str], Decimal] = {}

    def total(self, sent: Consignment) -> Decimal:
        """Return the landed cost of a consignment of one line."""
        line = sent.lines[0]
        goods, carriage = Decimal(line.goods_minor) * self.cent, Decimal(sent.freight_minor) * self.cent
        scheme = self._scheme(goods, carriage)
        way = next(one for one in self.duty.treatments if self._open(one, line.origin, scheme, goods, carriage))
        duty = self._duty(way, line, goods, carriage)
        fees = self._fees(goods, carriage)
        rate = self.vat.rates.get(line.tax_category, self.vat.rates["standard"])
        tax = self._tax(
            scheme, rate, goods + (duty if scheme.on_duty else 0) + (fees if scheme.on_fee else 0), carriage
        )
        return goods + carriage + duty + fees + tax

    def _major(self, minor: int, currency: str, rounding: str = "down") -> Decimal:
        key = (minor, currency + rounding)
        if key not in self.limits:
            self.limits[key] = Decimal(restate(minor, currency, self.currency, self.fx, rounding)) * self.cent  # type: ignore[arg-type]
        return self.limits[key]

    def _below(self, limit: int | None, currency: str, basis: str, goods: Decimal, carriage: Decimal) -> bool:
        value = goods + carriage if basis == "cif" else goods
        return limit is None or value <= self._major(limit, currency)

    def _scheme(self, goods: Decimal, carriage: Decimal) -> TaxScheme:
        for one in self.vat.schemes:
            if one.movement == "inside" or one.customers == ("business",) or (one.registration and not one.registered):
                continue
            if one.facilitated or _shut(one):
                continue
            if (
                one.limit_minor is not None
                and one.limit_exclusive
                and goods == self._major(one.limit_minor, one.currency)
            ):
                continue
            if self._below(one.limit_minor, one.currency, one.basis, goods, carriage):
                return one
        raise LookupError("no scheme")

    def _open(self, one: Treatment, origin: str, scheme: TaxScheme, goods: Decimal, carriage: Decimal) -> bool:
        if (one.schemes and scheme.key not in one.schemes) or origin in one.not_origins or _shut(one):
            return False
        if one.origins and origin not in one.origins:
            return False
        return self._below(one.limit_minor, one.currency, one.basis, goods, carriage)

    def _round(self, value: Decimal) -> Decimal:
        return value.quantize(self.cent, rounding=ROUND_HALF_UP)

    def _duty(self, way: Treatment, line: Line, goods: Decimal, carriage: Decimal) -> Decimal:
        if way.kind == "relief":
            return Decimal(0)
        if way.kind == "flat_per_item":
            return self._major(way.amount_minor, way.currency, "half_up")
        rate = self.duty.rates[line.hs_code, line.origin]
        base = goods + carriage if way.valuation == "cif" else goods
        total = self._round(base * rate.rate_ppm / 1_000_000)
        for more in rate.added:
            ppm = max(0, more.rate_ppm - rate.rate_ppm) if more.net_of_base else more.rate_ppm
            total += self._round(base * ppm / 1_000_000)
        return total

    def _fees(self, goods: Decimal, carriage: Decimal) -> Decimal:
        entry = next(
            one for one in self.duty.entries if self._below(one.limit_minor, one.currency, one.basis, goods, carriage)
        )
        total = Decimal(0)
        for fee in self.duty.fees:
            if fee.entries and entry.key not in fee.entries:
                continue
            if self._below(fee.limit_minor, fee.limit_currency, fee.basis, goods, carriage):
                total += self._major(fee.amount_minor, fee.currency, "half_up")
        return total

    def _tax(self, scheme: TaxScheme, rate: TaxRate, base: Decimal, carriage: Decimal) -> Decimal:
        if not scheme.taxed:
            return Decimal(0)
        freight = carriage if scheme.on_freight else Decimal(0)
        share = Decimal(rate.rate_ppm) / 1_000_000
        mode = ROUND_HALF_UP if self.vat.rounding == "half_up" else ROUND_DOWN
        parts = [base * share, freight * share] if scheme.level == "line" else [(base + freight) * share]
        tax = sum((part.quantize(self.cent, rounding=mode) for part in parts), Decimal(0))
        for more in rate.further:
            tax += ((base + freight) * more.rate_ppm / 1_000_000).quantize(self.cent, rounding=mode)
        return tax


def _shut(one: TaxScheme | Treatment) -> bool:
    """Whether the place of dispatch or the way keeps a shelf's consignments out."""
    return bool((one.dispatch and "CN" not in one.dispatch) or (one.modes and "courier" not in one.modes))


def _timed(rows: list[Consignment], price: Callable[[Consignment], object]) -> float:
    began = time.process_time()
    for row in rows:
        price(row)
    return time.process_time() - began


def run(args: argparse.Namespace) -> Result:
    """Price every offer in every market by the batch, a part of them by the scalar and the peer."""
    fx = _rates()
    fx |= {("USD", "SAR"): Decimal("3.75"), ("EUR", "SAR"): fx["EUR", "USD"] * Decimal("3.75")}
    spent = {"batch": 0.0, "scalar": 0.0, "decimal": 0.0}
    done = {"batch": 0, "some": 0}
    for country, currency in MARKETS.items():
        duty, vat = _rules(country)
        rows = list(_shelf(args.offers, country, currency))
        some = rows[: args.peer_offers]
        batch, peer = LandedCosts(duty, vat, DAY, fx=fx), Peer(duty, vat, currency, fx)
        for row in some[:500]:
            ours, theirs = batch.of(row).total_minor, peer.total(row) / peer.cent
            scalar = landed_cost(row, duty, vat, DAY, fx=fx).total_minor
            if not ours == scalar == theirs:
                raise ArithmeticError(f"{country}: batch {ours}, scalar {scalar}, Decimal {theirs} for {row}")
        batch = LandedCosts(duty, vat, DAY, fx=fx)  # settling what the law says of each kind counts
        spent["batch"] += _timed(rows, batch.of)
        spent["scalar"] += _timed(some, lambda row, d=duty, v=vat: landed_cost(row, d, v, DAY, fx=fx))  # type: ignore[misc]
        spent["decimal"] += _timed(some, peer.total)
        done["batch"] += len(rows)
        done["some"] += len(some)
    return {
        "figures": {
            "rows_per_s.batch": round(done["batch"] / spent["batch"]),
            "rows_per_s.with_trace": round(done["some"] / spent["scalar"]),
            "seconds": round(spent["batch"], 2),
        },
        "peers": {"decimal": {"rows_per_s.batch": round(done["some"] / spent["decimal"])}},
        "units": {"rows_per_s": "rows/s", "seconds": "s"},
        "notes": [
            f"{args.offers:,} offers × {len(MARKETS)} markets; one unit each; processor time of one process",
            f"decimal: plain Python, Decimal, no trace, {args.peer_offers:,} offers; 500 of each market equal to the cent",
        ],
    }
