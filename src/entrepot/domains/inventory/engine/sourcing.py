"""Which warehouse sends which line: the cheapest plan, found exactly by branch and bound.

A plan gives every unit asked for to a warehouse. What a plan costs is not known here: the caller's `price_of` says it
(landed cost, with duty thresholds and mass steps, so it is neither linear nor monotone), and says None for a plan that
may not be. The search walks the lines, one after the other, and drops a branch whose lower bound is not below the best
price found. Bounds come from `Floors`; without them every plan is priced.

Refuses: to guess. When `limit` prices were not enough, the answer says `exact=False`.
The algorithm in prose, with worked numbers: docs/algorithms/sourcing.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import msgspec

from entrepot.domains.inventory.errors import OutOfStock

Plan = tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
"""((warehouse, ((sku, quantity), …)), …), warehouses and SKUs in ascending order."""

Share = tuple[tuple[str, int], ...]
"""((warehouse, quantity), …): who sends how much of one line."""

Splits = Literal["needed", "any"]


class Floors(msgspec.Struct, frozen=True):
    """What a plan costs at least; every figure must be a true lower bound, else the answer is not the cheapest.

    opening: warehouse → what one more consignment from there costs at least, whatever is in it.
    unit: (warehouse, sku) → what each unit adds at least, on top of that. Missing keys count as 0.
    Needed for every plan: price_of(plan) ≥ Σ opening of its warehouses + Σ unit × quantity.
    """

    opening: Mapping[str, int] = {}
    unit: Mapping[tuple[str, str], int] = {}


class Sourcing(msgspec.Struct, frozen=True):
    """The winner. `considered` plans were priced; `exact` is False when the limit ended the search."""

    plan: Plan
    price: int
    considered: int
    exact: bool


def shares(quantity: int, available: Mapping[str, int], splits: Splits = "needed") -> Iterator[Share]:
    """Yield how a line may be shared over warehouses.

    "needed": whole, from each warehouse that has enough; only where none has, split, and then all sharers but one give
    everything they have (the fewest pieces; a line is never torn apart to slip under a customs threshold).
    "any": every division into whole units.
    """
    stocked = [(code, units) for code, units in sorted(available.items()) if units > 0]
    if splits == "any":
        yield from _divisions(quantity, stocked)
        return
    whole = [((code, quantity),) for code, units in stocked if units >= quantity]
    yield from whole or _exhausting(quantity, stocked)


def _divisions(quantity: int, stocked: list[tuple[str, int]]) -> Iterator[Share]:
    if not quantity:
        yield ()
        return
    if not stocked or sum(units for _, units in stocked) < quantity:
        return
    (code, units), rest = stocked[0], stocked[1:]
    for here in range(min(units, quantity), -1, -1):
        for others in _divisions(quantity - here, rest):
            yield (((code, here), *others) if here else others)


def _exhausting(quantity: int, stocked: list[tuple[str, int]]) -> Iterator[Share]:
    seen = set()
    for size in range(1, len(stocked)):
        for full in itertools.combinations(stocked, size):
            missing = quantity - sum(units for _, units in full)
            if missing < 0:
                continue
            rest = [(code, missing) for code, units in stocked if (code, units) not in full and units >= missing]
            last = [[(code, n)] for code, n in rest if n] if missing else [[]]
            for piece in last:
                share = tuple(sorted([*full, *piece]))
                if share not in seen:
                    seen.add(share)
                    yield share
    if sum(units for _, units in stocked) == quantity:
        share = tuple(stocked)
        if share not in seen:
            yield share


def plan_of(chosen: Mapping[str, Share]) -> Plan:
    """Return the plan of sku → share."""
    by_warehouse: dict[str, list[tuple[str, int]]] = {}
    for sku in sorted(chosen):
        for code, quantity in chosen[sku]:
            by_warehouse.setdefault(code, []).append((sku, quantity))
    return tuple((code, tuple(by_warehouse[code])) for code in sorted(by_warehouse))


def plans(
    demand: Mapping[str, int], available: Mapping[str, Mapping[str, int]], splits: Splits = "needed"
) -> Iterator[Plan]:
    """Yield every candidate plan of a demand (sku → quantity); `available` is sku → warehouse → units.

    Raises OutOfStock when all warehouses together hold too little of a SKU.
    """
    skus = sorted(demand)
    refuse_shortage(demand, available)
    for combination in itertools.product(*(list(shares(demand[s], available[s], splits)) for s in skus)):
        yield plan_of(dict(zip(skus, combination, strict=True)))


def refuse_shortage(demand: Mapping[str, int], available: Mapping[str, Mapping[str, int]]) -> None:
    """Raise OutOfStock for the first SKU (by name) of which all warehouses together hold too little."""
    for sku in sorted(demand):
        left = sum(max(units, 0) for units in available.get(sku, {}).values())
        if left < demand[sku]:
            raise OutOfStock(sku=sku, wanted=demand[sku], available=left, warehouse="")


def cheapest(
    demand: Mapping[str, int],
    available: Mapping[str, Mapping[str, int]],
    price_of: Callable[[Plan], int | None],
    limit: int = 20_000,
    *,
    floors: Floors | None = None,
    splits: Splits = "needed",
) -> Sourcing | None:
    """Return the cheapest plan, or None when no plan is allowed.

    Of plans with one price the one with fewest consignments tends to win (plans from one warehouse are tried first);
    the same input always gives the same plan.

    Args:
        demand: sku → quantity (≥ 1).
        available: sku → warehouse → units that can be promised.
        price_of: total price of a complete plan in minor units, None when it may not be (no lane, refused goods).
        limit: how many plans may be priced; beyond it the best so far is returned with exact=False.
        floors: lower bounds; the better they are, the fewer plans are priced.
    Raises:
        OutOfStock: all warehouses together hold too little of a SKU.
    """
    refuse_shortage(demand, available)
    search = _Search(demand, available, price_of, limit, floors or Floors(), splits)
    search.try_single_warehouses()
    search.walk(0, 0, 0)
    if search.best is None:
        return None
    return Sourcing(plan=search.best, price=search.price, considered=len(search.priced), exact=not search.cut)


class _Search:
    """One depth-first search. A warehouse is a bit; `used` in the methods is the set of those that already send something.

    `options` holds per line (floor, bits, share); `chosen` the shares so far.
    """

    def __init__(
        self,
        demand: Mapping[str, int],
        available: Mapping[str, Mapping[str, int]],
        price_of: Callable[[Plan], int | None],
        limit: int,
        floors: Floors,
        splits: Splits,
    ) -> None:
        self.price_of, self.limit = price_of, limit
        self.priced: set[Plan] = set()
        self.best: Plan | None = None
        self.price = 0
        self.cut = False
        self.chosen: dict[str, Share] = {}
        codes = sorted({code for sku in demand for code in available[sku]})
        bit = {code: 1 << n for n, code in enumerate(codes)}
        self.opening = {bit[code]: floors.opening.get(code, 0) for code in codes}
        self.rests: dict[tuple[int, int], int] = {}
        unit = floors.unit
        options = {
            sku: sorted(
                (sum(unit.get((code, sku), 0) * n for code, n in share), sum(bit[code] for code, _ in share), share)
                for share in shares(quantity, available[sku], splits)
            )
            for sku, quantity in demand.items()
        }
        # The line whose choice matters most comes first: few options, then a wide spread of floors.
        self.skus = sorted(options, key=lambda s: (len(options[s]) > 1, -_spread(options[s]), s))
        self.options = [options[sku] for sku in self.skus]
        # Per line (floor, bit) ascending where it goes whole; a line that may be torn counts with its lowest floor alone.
        torn = [any(len(share) > 1 for _, _, share in line) for line in self.options]
        self.ladders = [
            [] if split else [(floor, bits) for floor, bits, _ in line]
            for split, line in zip(torn, self.options, strict=True)
        ]
        lowest = [line[0][0] if split else 0 for split, line in zip(torn, self.options, strict=True)]
        self.torn_floor = [sum(lowest[depth:]) for depth in range(len(self.options) + 1)]

    def try_single_warehouses(self) -> None:
        """Price the plans that need one warehouse only, so that the search starts with a good bound."""
        singles = [{share[0][0]: share for _, _, share in line if len(share) == 1} for line in self.options]
        for code in sorted(set.intersection(*map(set, singles))) if singles else ():
            self.offer(plan_of({sku: line[code] for sku, line in zip(self.skus, singles, strict=True)}))

    def offer(self, plan: Plan) -> None:
        """Price a complete plan and keep it when it is the cheapest yet."""
        if plan in self.priced:
            return
        if len(self.priced) >= self.limit:
            self.cut = True
            return
        self.priced.add(plan)
        price = self.price_of(plan)
        if price is not None and (self.best is None or price < self.price):
            self.best, self.price = plan, price

    def rest_floor(self, depth: int, used: int) -> int:
        """Return what the lines from `depth` on cost at least, openings of warehouses not yet used included.

        Dual ascent, as for plants without a ceiling: each line bids a little more, breakpoint by breakpoint; what it bids
        above the floor of a warehouse goes towards that warehouse's opening, and nobody bids past an opening that is
        paid. The sum of the bids is never more than the cheapest completion (weak duality), and mostly close to it.
        It depends on the depth and on the warehouses used alone, and is kept for that pair.
        Source: Erlenkotter, "A dual-based procedure for uncapacitated facility location", Operations Research 26 (1978).
        """
        kept = self.rests.get((depth, used))
        if kept is not None:
            return kept
        unpaid = {bit: 0 if bit & used else cost for bit, cost in self.opening.items()}
        total = self.torn_floor[depth]
        bids = [(ladder, 1, ladder[0][0]) for ladder in self.ladders[depth:] if ladder]
        while bids:
            still = []
            for ladder, reach, bid in bids:
                room = min([unpaid[bit] for _, bit in ladder[:reach]])
                step = ladder[reach][0] - bid if reach < len(ladder) else room
                rise = min(room, step)
                if rise:
                    for _, bit in ladder[:reach]:
                        unpaid[bit] -= rise
                if rise < step or reach == len(ladder):
                    total += bid + rise
                else:
                    still.append((ladder, reach + 1, bid + rise))
            bids = still
        self.rests[depth, used] = total
        return total

    def opening_floor(self, fresh: int) -> int:
        """Return what opening these warehouses costs at least."""
        if not fresh:
            return 0
        cost = self.opening.get(fresh)
        return cost if cost is not None else sum(c for bit, c in self.opening.items() if bit & fresh)

    def walk(self, depth: int, floor: int, used: int) -> None:
        """Try every share of the line at `depth`, nearest floor first; `floor` is the bound of what is chosen."""
        if self.cut:
            return
        if depth == len(self.options):
            self.offer(plan_of(self.chosen))
            return
        ranked = []
        for own, bits, share in self.options[depth]:
            bound = floor + own + self.opening_floor(bits & ~used)
            ranked.append((bound + self.rest_floor(depth + 1, used | bits), bound, share, bits))
        ranked.sort()
        for least, bound, share, bits in ranked:
            if self.best is not None and least >= self.price:
                break
            self.chosen[self.skus[depth]] = share
            self.walk(depth + 1, bound, used | bits)


def _spread(options: list[tuple[int, int, Share]]) -> int:
    """How much dearer the second-nearest choice of a line is; `options` ascend by floor."""
    return options[min(1, len(options) - 1)][0] - options[0][0] if options else 0
