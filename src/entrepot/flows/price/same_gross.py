"""Work a landed cost back from the price that a buyer pays: the second of a market's two price policies.

Under *same net* the list holds what the shop gets, and duty and tax come on top. Under *same gross* it holds what the shelf
says, wherever the goods leave and whatever rate applies, and the shop gets what duty and tax leave of it. The law still goes
forward from net goods values, so the net is looked for with the engines themselves.

Two things have no exact answer. Rounding tax up by line skips some totals: then the tax of that line takes the missing
coin, and says so (`rounded_to_price`). At a threshold (goods of €150, say) there may be no net value that gives the price: just
below it the total is less, just above it more. The same goes where duty and tax come in whole
thousands. Then the buyer pays less than the list says, never more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import msgspec

from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.pricing.errors import PriceBelowDuties
from entrepot.domains.tax.types import TaxRules
from entrepot.flows.price.landed_cost import LandedCost, landed_cost
from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.money import Fx
from entrepot.kernel.trade import Charge, Consignment

_TRIES = 12
_COINS = 2  # what rounding may leave over in a line: one coin of tax, one of duty
ROUNDED = "rounded_to_price"

Land = Callable[[Sequence[int]], tuple[Consignment, LandedCost]]


def landed_from_gross(
    consignment: Consignment,
    customs: CustomsRules,
    tax: TaxRules,
    on: dt.date,
    *,
    incl: bool,
    step: int = 1,
    fx: Fx | None = None,
) -> tuple[Consignment, LandedCost]:
    """Return a consignment with the net prices that give its lines' prices, and its landed cost.

    Args:
        consignment: `goods_minor` of each line is what the buyer pays for it: with duty and fees, and with tax when `incl`.
            Freight is net, as ever.
        step: prices are whole multiples of it (minor units).
    Returns:
        Lines whose sum of goods, duty, fee (and tax) is the price asked, or less where a threshold leaves no other way.
    Raises:
        InvalidInput: a price below zero. What `landed_cost` raises.
    """
    targets = [line.goods_minor for line in consignment.lines]
    if any(target < 0 for target in targets):
        raise InvalidInput(field="goods_minor", value=min(targets), rule="A price is not negative.")

    def land(goods: Sequence[int]) -> tuple[Consignment, LandedCost]:
        lines = tuple(
            msgspec.structs.replace(line, goods_minor=net) for line, net in zip(consignment.lines, goods, strict=True)
        )
        netted = msgspec.structs.replace(consignment, lines=lines)
        return netted, landed_cost(netted, customs, tax, on, fx=fx)

    goods = _greatest(targets, land, incl)
    netted, cost = land(goods)
    paid = _paid(cost, netted, incl)
    # At a threshold the total may be any number: go down to one that can be charged.
    wanted = [t if t - p <= _COINS else p // step * step for t, p in zip(targets, paid, strict=True)]
    if wanted != targets and any((t - p) % step for t, p in zip(targets, paid, strict=True)):
        goods = _greatest(wanted, land, incl)
        netted, cost = land(goods)
        paid = _paid(cost, netted, incl)
    missing = [t - p if t - p <= _COINS else 0 for t, p in zip(wanted, paid, strict=True)]
    return netted, _rounded(cost, netted, missing, incl)


def _paid(cost: LandedCost, consignment: Consignment, incl: bool) -> list[int]:
    """What the buyer pays for each line."""
    found = []
    for line in consignment.lines:
        goods, duty, fee, tax = cost.lines[line.ref]
        found.append(goods + duty + fee + (tax if incl else 0))
    return found


def _greatest(targets: Sequence[int], land: Land, incl: bool) -> list[int]:
    """The greatest net prices with no line above its target.

    Each net is scaled by what its line missed, until nothing moves; where that swings over a threshold, the place between the
    last try below and the last above is found by halving.

    Raises PriceBelowDuties when even goods for nothing cost more than the price.
    """
    goods, below, above = list(targets), [0] * len(targets), list(targets)
    least = -1
    seen: set[tuple[int, ...]] = set()
    while len(seen) < _TRIES and tuple(goods) not in seen:
        seen.add(tuple(goods))
        netted, cost = land(goods)
        off = [t - p for t, p in zip(targets, _paid(cost, netted, incl), strict=True)]
        if min(off) < 0:
            above = goods
        elif least < 0 or sum(off) < least:
            below, least = goods, sum(off)
        if not any(off):
            return goods
        goods = [_scaled(net, target, left) for net, target, left in zip(goods, targets, off, strict=True)]
    return _up(_between(below, above, targets, land, incl), targets, land, incl)


def _scaled(net: int, target: int, left: int) -> int:
    now = target - left
    if now <= 0 or net <= 0:  # nothing to scale: flat duty alone, or a price of nought
        return max(0, net + left)
    return max(0, (2 * net * target + now) // (2 * now))


def _fits(goods: Sequence[int], targets: Sequence[int], land: Land, incl: bool) -> bool:
    netted, cost = land(goods)
    return all(p <= t for t, p in zip(targets, _paid(cost, netted, incl), strict=True))


def _between(below: Sequence[int], above: Sequence[int], targets: Sequence[int], land: Land, incl: bool) -> list[int]:
    """The last point that fits on the way from `below` to `above`, to the minor unit."""
    steps = max(abs(a - b) for a, b in zip(above, below, strict=True)) or 1

    def point(number: int) -> list[int]:
        return [b + (a - b) * number // steps for a, b in zip(above, below, strict=True)]

    low, high = 0, steps
    if not _fits(point(0), targets, land, incl):
        raise PriceBelowDuties()
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _fits(point(middle), targets, land, incl) else (low, middle - 1)
    return point(low)


def _up(goods: list[int], targets: Sequence[int], land: Land, incl: bool) -> list[int]:
    """Give each line the coins that are left for it, one line after the other, as long as none gets above its target."""
    for place in range(len(goods)):
        for _ in range(_COINS):
            tried = [net + (at == place) for at, net in enumerate(goods)]
            if not _fits(tried, targets, land, incl):
                break
            goods = tried
    return goods


def _rounded(cost: LandedCost, consignment: Consignment, missing: Sequence[int], incl: bool) -> LandedCost:
    """The same cost with the coins that rounding left over put on the tax of their line (else on its duty)."""
    charges, lines = list(cost.charges), dict(cost.lines)
    kinds = ("tax", "duty", "fee") if incl else ("duty", "fee")
    sums = dict.fromkeys(kinds, 0)
    for line, coins in zip(consignment.lines, missing, strict=True):
        at = _charge_of(charges, line.ref, kinds) if coins > 0 else -1
        if at < 0:
            continue
        charge = charges[at]
        charges[at] = msgspec.structs.replace(charge, amount_minor=charge.amount_minor + coins, reason=ROUNDED)
        sums[charge.kind] += coins
        part = f"{charge.kind}_minor"
        lines[line.ref] = lines[line.ref]._replace(**{part: getattr(lines[line.ref], part) + coins})
    added = sum(sums.values())
    if not added:
        return cost
    return msgspec.structs.replace(
        cost,
        charges=tuple(charges),
        lines=lines,
        tax_minor=cost.tax_minor + sums.get("tax", 0),
        duty_minor=cost.duty_minor + sums["duty"],
        fee_minor=cost.fee_minor + sums["fee"],
        total_minor=cost.total_minor + added,
    )


def _charge_of(charges: Sequence[Charge], ref: str, kinds: Sequence[str]) -> int:
    """The place of the row that takes a line's coins: its own, of the first kind that is charged at all; -1 without one."""
    for kind in kinds:
        for place, charge in enumerate(charges):
            if charge.kind == kind and charge.line == ref and (charge.amount_minor or charge.rate_ppm):
                return place
    return -1
