"""The landed cost of one consignment: goods + freight + duty + fees + tax, to the cent, with its trace.

Pure: a consignment and two frozen rule sets in, a `LandedCost` out; the same arguments give the same cents for ever.
It is called in a loop over candidate plans, so it allocates little. The story is docs/algorithms/price.md.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import msgspec

from entrepot.domains.customs.engine import duty as customs_engine
from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.tax.engine import vat as tax_engine
from entrepot.domains.tax.types import TaxRules
from entrepot.kernel.errors import N_, InvalidInput
from entrepot.kernel.money import Fx
from entrepot.kernel.trade import Charge, Consignment, RuleRef

_line_cost = tuple.__new__  # half the price of the named constructor, and it is called for every line of every plan

GOODS = N_("Goods")
FREIGHT = N_("Delivery")
INSURANCE = N_("Transport insurance")
_PRICE_RULE = RuleRef("pricing.price", "list price", "", "price list of the shop", "merchant")
_FREIGHT_RULE = RuleRef("logistics.lane", "rate card", "", "rate card of the carrier", "merchant")


class LineCost(NamedTuple):
    """What a line comes to, in minor units: goods, duty, fee, and the tax on these three."""

    goods_minor: int
    duty_minor: int
    fee_minor: int
    tax_minor: int


class LandedCost(msgspec.Struct, frozen=True):
    """What a consignment costs its buyer, all amounts in minor units of `currency`.

    `charges` is the cascade in order (goods, freight, insurance, duty, fee, tax) and sums to `total_minor`.
    `lines` is by Line.ref; `freight_minor` includes insurance; `tax_minor` = tax of all lines + `freight_tax_minor`.
    `scheme` says how it crosses (e.g. ioss, standard_import, us_informal), `entry` which declaration it is entered with; where
    articles of one consignment go under different schemes, it is the last of them in the law's order, which asks for most.
    `tax_scheme` is the tax scheme's key; `line_schemes` those of the lines, in their order, where they differ, else ().
    `next_boundary` is the first later day on which any rule used may differ: a quote must not be placed on it.
    `rules` are the rule rows used, each once.
    """

    ref: str
    currency: str
    on: dt.date
    charges: tuple[Charge, ...]
    lines: dict[str, LineCost]
    goods_minor: int
    freight_minor: int
    duty_minor: int
    fee_minor: int
    tax_minor: int
    freight_tax_minor: int
    total_minor: int
    scheme: str
    entry: str
    treatment: str
    importer_of_record: str
    incoterm: str
    next_boundary: dt.date | None
    rules: tuple[RuleRef, ...]
    tax_scheme: str = ""
    line_schemes: tuple[str, ...] = ()


def _refuse_bad(consignment: Consignment, customs: CustomsRules, tax: TaxRules, on: dt.date) -> None:
    if customs.on != on or tax.on != on:
        raise InvalidInput(field="on", value=on, rule="The rules were loaded for another day.")
    if consignment.freight_minor < 0 or consignment.insurance_minor < 0:
        raise InvalidInput(field="freight_minor", value=consignment.freight_minor, rule="Freight is never negative.")
    for line in consignment.lines:
        if line.goods_minor < 0 or line.quantity < 1:
            raise InvalidInput(
                field="lines", value=line.ref, rule="A line has at least one unit and no negative price."
            )
    if not consignment.lines:
        raise InvalidInput(field="lines", value="", rule="A consignment has at least one line.")


def _goods_and_freight(consignment: Consignment) -> list[Charge]:
    rows = [Charge("goods", GOODS, line.ref, line.goods_minor, _PRICE_RULE) for line in consignment.lines]
    freight = consignment.freight_minor
    rows.append(Charge("freight", FREIGHT, "", freight, _FREIGHT_RULE, 0, 0, "" if freight else "free_delivery"))
    if consignment.insurance_minor:
        rows.append(Charge("insurance", INSURANCE, "", consignment.insurance_minor, _FREIGHT_RULE))
    return rows


def _earlier(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    if one is None or (other is not None and other < one):
        return other
    return one


def landed_cost(
    consignment: Consignment, customs: CustomsRules, tax: TaxRules, on: dt.date, *, fx: Fx | None = None
) -> LandedCost:
    """Return what a consignment costs its buyer at a tax point, with the rule behind every figure.

    Order: tax scheme (by movement, value, registration) → duty and fees → tax on goods, duty, fees and freight as the
    scheme says. Every zero carries a reason.

    Args:
        on: the tax point; both rule sets must be of that day.
        fx: rates by (source, target), needed only where a limit or flat amount has another currency than the consignment.
    Raises:
        InvalidInput: a negative amount, no line, or rules of another day.
        NoTariff, NotRegistered, NoRateGiven: the law cannot be applied with what is known; the plan is not to be sold.
    """
    _refuse_bad(consignment, customs, tax, on)
    if tax.by_goods:
        schemes = tax_engine.schemes_for(consignment, tax, fx=fx)
        scheme = schemes[-1]
        alike = schemes.count(scheme) == len(schemes)
        key = scheme.key if alike else [one.key for one in schemes]
        if not alike:
            scheme = next(one for one in reversed(tax.schemes) if one in schemes)
    else:
        scheme = tax_engine.scheme_for(consignment, tax, fx=fx)
        alike, key, schemes = True, scheme.key, []
    border = customs_engine.assess(consignment, customs, scheme=key, fx=fx)
    if alike:
        taxed = tax_engine.assess(consignment, scheme, tax, border.taxable_duty, border.fee, fx=fx)
    else:
        taxed = tax_engine.assess_apart(consignment, schemes, tax, border.taxable_duty, border.fee, fx=fx)
    charges = _goods_and_freight(consignment)
    charges += border.charges
    charges += taxed.charges
    lines: dict[str, LineCost] = {}
    goods = duty = fee = line_tax = 0
    for line, d, f, t in zip(consignment.lines, border.duty, border.fee, taxed.line_tax, strict=True):
        price = line.goods_minor
        lines[line.ref] = _line_cost(LineCost, (price, d, f, t))
        goods += price
        duty += d
        fee += f
        line_tax += t
    freight = consignment.freight_minor + consignment.insurance_minor
    rules = {id(charge.rule): charge.rule for charge in charges}
    rules[id(scheme.rule)] = scheme.rule
    if not alike:
        rules |= {id(used.rule): used.rule for used in schemes}
    return LandedCost(
        ref=consignment.ref,
        currency=consignment.currency,
        on=on,
        charges=tuple(charges),
        lines=lines,
        goods_minor=goods,
        freight_minor=freight,
        duty_minor=duty,
        fee_minor=fee,
        tax_minor=line_tax + taxed.freight_tax_minor,
        freight_tax_minor=taxed.freight_tax_minor,
        total_minor=goods + freight + duty + fee + line_tax + taxed.freight_tax_minor,
        scheme=border.entry if scheme.label_by_entry and border.entry else scheme.key,
        entry=border.entry,
        treatment=border.treatment,
        importer_of_record=scheme.importer_of_record or border.importer_of_record or "seller",
        incoterm="DDP",
        next_boundary=_earlier(customs.next_boundary, tax.next_boundary),
        rules=tuple(rules.values()),
        tax_scheme=scheme.key,
        line_schemes=() if alike else tuple(one.key for one in schemes),
    )
