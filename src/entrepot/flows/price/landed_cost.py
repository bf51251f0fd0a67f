"""The landed cost of one consignment: goods + freight + duty + fees + tax, to the cent, with its trace.

Pure: a consignment and two frozen rule sets in, a `LandedCost` out; the same arguments give the same cents for ever.
It is called in a loop over candidate plans, so it allocates little. The story is docs/algorithms/price.md.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from itertools import repeat
from typing import NamedTuple

import msgspec

from entrepot.domains.customs.engine import duty as customs_engine
from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.tax.engine import vat as tax_engine
from entrepot.domains.tax.types import TaxRules
from entrepot.kernel.errors import N_, InvalidInput
from entrepot.kernel.money import Fx
from entrepot.kernel.trade import Charge, Columns, Consignment, RuleRef

GOODS = N_("Goods")
FREIGHT = N_("Delivery")
INSURANCE = N_("Transport insurance")
_PRICE_RULE = RuleRef("pricing.price", "list price", "", "price list of the shop", "merchant")
_FREIGHT_RULE = RuleRef("logistics.lane", "rate card", "", "rate card of the carrier", "merchant")
_GOODS, _GOODS_NAME, _GOODS_RULE = repeat("goods"), repeat(GOODS), repeat(_PRICE_RULE)


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


# Half the price of the named constructor, and it is called for every line of every plan.
_line_cost = partial(tuple.__new__, LineCost)


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


def _goods_and_freight(consignment: Consignment, columns: Columns) -> list[Charge]:
    rows = [*map(Charge, _GOODS, _GOODS_NAME, columns.refs, columns.goods, _GOODS_RULE)]
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
    scheme, schemes = tax_engine.choose(consignment, tax, fx=fx)
    key = [one.key for one in schemes] if schemes else scheme.key
    columns = Columns(consignment)
    border = customs_engine.assess(consignment, customs, scheme=key, fx=fx, columns=columns)
    duties, fees = border.duty, border.fee
    if schemes:
        taxed = tax_engine.assess_apart(consignment, schemes, tax, border.taxable_duty, fees, fx=fx)
    else:
        taxed = tax_engine.assess(consignment, scheme, tax, border.taxable_duty, fees, fx=fx, columns=columns)
    charges = _goods_and_freight(consignment, columns)
    charges += border.charges
    charges += taxed.charges
    value, duty, fee, freight = columns.goods_minor, sum(duties), sum(fees), columns.carriage_minor
    taxes = sum(taxed.line_tax) + taxed.freight_tax_minor
    used = [_PRICE_RULE, _FREIGHT_RULE, *border.rules, *taxed.rules, scheme.rule, *[one.rule for one in schemes]]
    costs = map(_line_cost, zip(columns.goods, duties, fees, taxed.line_tax, strict=True))
    return LandedCost(  # by position, which is a third of the price; in the order of the fields
        consignment.ref,
        consignment.currency,
        on,
        tuple(charges),
        dict(zip(columns.refs, costs, strict=True)),
        value,
        freight,
        duty,
        fee,
        taxes,
        taxed.freight_tax_minor,
        value + freight + duty + fee + taxes,
        border.entry if scheme.label_by_entry and border.entry else scheme.key,
        border.entry,
        border.treatment,
        scheme.importer_of_record or border.importer_of_record or "seller",
        "DDP",
        _earlier(customs.next_boundary, tax.next_boundary),
        tuple({id(rule): rule for rule in used}.values()),
        scheme.key,
        tuple(key) if schemes else (),
    )
