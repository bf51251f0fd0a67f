"""The landed costs of many consignments under one pair of rule sets: the cents, without the trace.

A shelf of a hundred thousand articles has a few hundred kinds of them (code, origin, category, place of dispatch); what the law
says of a kind is settled once, as functions of numbers. Consignments of several lines go through the same engines as ever. It
comes to the cents of `landed_cost`, consignment by consignment: tests/unit/test_law_batch.py compares them by the hundred thousand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import NamedTuple

from entrepot.domains.customs.engine import single as customs_engine
from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.tax.engine import single as tax_engine
from entrepot.domains.tax.types import TaxRules
from entrepot.flows.price.landed_cost import LandedCost, landed_cost
from entrepot.kernel.errors import EntrepotError
from entrepot.kernel.money import Fx
from entrepot.kernel.trade import Consignment


class Cents(NamedTuple):
    """What a consignment comes to, in minor units of its currency, and how it crosses.

    Duty, fee and tax are of its lines together; `tax_minor` is without the tax on freight. The total is of everything.
    """

    goods_minor: int
    freight_minor: int
    duty_minor: int
    fee_minor: int
    tax_minor: int
    freight_tax_minor: int
    total_minor: int
    tax_scheme: str
    treatment: str
    entry: str


_Price = Callable[[int, int, int], Cents | None]
_cents = tuple.__new__


def _by_itself(_goods: int, _quantity: int, _carriage: int) -> None:
    """A kind of consignment of which the law cannot be said for every value: each is asked by itself."""


def _unknown(_goods: int, _quantity: int, _carriage: int) -> None:
    """A kind that was not asked about yet."""


_UNKNOWN: _Price = _unknown


class LandedCosts:
    """Prices consignments by one pair of rule sets; keep it as long as these are kept.

    Args:
        on: the tax point; both rule sets must be of that day. fx: rates by (source, target), as for `landed_cost`.
    """

    def __init__(self, customs: CustomsRules, tax: TaxRules, on: dt.date, *, fx: Fx | None = None) -> None:
        self._law = (customs, tax, on, fx)
        self._same_day = customs.on == on == tax.on
        self._kinds: dict[tuple[str | bool, ...], _Price] = {}

    def of(self, consignment: Consignment) -> Cents:
        """Return what a consignment comes to.

        Raises:
            InvalidInput, NoTariff, NotRegistered, NoRateGiven: as `landed_cost`.
        """
        lines = consignment.lines
        if len(lines) == 1 and self._same_day:
            line, freight, insurance = lines[0], consignment.freight_minor, consignment.insurance_minor
            if line.goods_minor >= 0 and line.quantity > 0 and freight >= 0 and insurance >= 0:
                kind = (
                    line.hs_code, line.origin, line.tax_category, consignment.dispatch_country, consignment.currency,
                    consignment.customer, consignment.mode, consignment.facilitated, consignment.seller_country,
                )  # fmt: skip
                price = self._kinds.get(kind, _UNKNOWN)
                if price is _UNKNOWN:
                    price = self._kinds[kind] = self._settled(consignment)
                found = price(line.goods_minor, line.quantity, freight + insurance)
                if found is not None:
                    return found
        customs, tax, on, fx = self._law
        return cents_of(landed_cost(consignment, customs, tax, on, fx=fx))

    def _settled(self, consignment: Consignment) -> _Price:
        """What the law says of a kind of consignment."""
        customs, tax, _, fx = self._law
        try:
            ways = [
                (
                    way.most, way.cif, way.per_unit, int(way.exclusive),
                    customs_engine.border_of(consignment, customs, way.scheme.key, fx),
                    tax_engine.tax_of(consignment, way.scheme, tax, fx), way.scheme.key,
                )
                for way in tax_engine.ways_of(consignment, tax, fx)
            ]  # fmt: skip
        except EntrepotError:  # perhaps only for values that do not occur: each is told by itself
            return _by_itself
        return _by_value(ways)


_Way = tuple[int | None, bool, bool, int, Callable[[int, int], customs_engine.Border], tax_engine.Tax | None, str]


def _by_value(ways: list[_Way]) -> _Price:
    def price(goods: int, quantity: int, carriage: int) -> Cents | None:
        for way in ways:
            most, cif, per_unit, shut, border, tax, key = way
            value = goods + carriage if cif else goods
            if most is None or value <= (most * quantity if per_unit else most) - shut:
                duty, counted, fee, treatment, entry = border(goods, carriage)
                paid, on_freight = tax(goods, quantity, counted, fee, carriage) if tax is not None else (0, 0)
                total = goods + carriage + duty + fee + paid + on_freight
                return _cents(Cents, (goods, carriage, duty, fee, paid, on_freight, total, key, treatment, entry))
        return None

    return price


def cents_of(cost: LandedCost) -> Cents:
    """Return the cents of a landed cost."""
    return Cents(
        cost.goods_minor, cost.freight_minor, cost.duty_minor, cost.fee_minor,
        cost.tax_minor - cost.freight_tax_minor, cost.freight_tax_minor, cost.total_minor, cost.tax_scheme,
        cost.treatment, cost.entry,
    )  # fmt: skip


def landed_costs(
    consignments: Iterable[Consignment], customs: CustomsRules, tax: TaxRules, on: dt.date, *, fx: Fx | None = None
) -> list[Cents]:
    """Return what each of many consignments comes to at a tax point, in their order.

    Raises:
        InvalidInput, NoTariff, NotRegistered, NoRateGiven: as `landed_cost`, for the first that cannot be priced.
    """
    of = LandedCosts(customs, tax, on, fx=fx).of
    return [of(consignment) for consignment in consignments]
