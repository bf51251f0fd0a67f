"""What a plan costs at least, before it is priced: with it the search for the cheapest leaves most plans aside. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal

from entrepot.domains.inventory.engine.sourcing import Floors
from entrepot.domains.logistics.engine import freight as freight_engine
from entrepot.domains.logistics.types import LaneRate
from entrepot.flows.price.facts import Facts
from entrepot.kernel.money import exponent, restate


def floors_of(facts: Facts, lanes: Mapping[str, Sequence[LaneRate]], *, step: int, gross: bool, scale: int) -> Floors:
    """Return true lower bounds of a plan's cost: the first freight step per parcel, goods and freight by mass per unit.

    Args:
        lanes: of each warehouse. step: prices are whole multiples of it. scale: what one minor unit is in the bounds.
        gross: the list holds what the buyer pays; then a line may cost less at a threshold, and freight alone is sure.
    """
    opening, unit = {}, {}
    currency = facts.market.currency
    goods = {sku: 0 if gross else _unit_floor(facts, sku, step) for sku in facts.demand}
    for code, mine in lanes.items():
        bounds = [
            tuple(restate(part, lane.currency, currency, facts.rates, "down") for part in freight_engine.floor(lane))
            for lane in mine
        ]
        opening[code] = min((bound[0] for bound in bounds), default=0) * scale
        per_kg = min((bound[1] for bound in bounds), default=0)
        for sku in facts.demand:
            unit[code, sku] = (goods[sku] + per_kg * facts.variants[sku].mass_g // 1000) * scale
    return Floors(opening=opening, unit=unit)


def _unit_floor(facts: Facts, sku: str, step: int) -> int:
    price, currency = facts.prices[sku], facts.market.currency
    rate = facts.rates.get((price.currency, currency), Decimal(1))
    amount = (price.unit_price * rate).scaleb(exponent(currency))
    return max(0, int(amount.to_integral_value(rounding=ROUND_FLOOR))) // step * step
