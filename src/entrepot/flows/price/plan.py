"""Price one consignment, and with it any sourcing plan: a plan costs the sum of its consignments. Pure.

Facts in, priced consignments out; the same warehouse with the same goods is priced once per quote, for plans share them.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec

from entrepot.domains.checkout.errors import NoWay
from entrepot.domains.inventory.engine.sourcing import Floors, Plan
from entrepot.domains.inventory.types import WarehouseInfo
from entrepot.domains.logistics.engine import freight as freight_engine
from entrepot.domains.logistics.engine.promise import promise
from entrepot.domains.logistics.errors import TooHeavy
from entrepot.domains.logistics.types import LaneRate
from entrepot.domains.pricing.engine.unit import line_amount
from entrepot.flows.price.facts import Facts
from entrepot.flows.price.floors import floors_of
from entrepot.flows.price.landed_cost import LandedCost, landed_cost
from entrepot.flows.price.landed_costs import LandedCosts
from entrepot.flows.price.same_gross import landed_from_gross
from entrepot.kernel.errors import EntrepotError
from entrepot.kernel.money import divide, exponent, restate
from entrepot.kernel.quote import Promise
from entrepot.kernel.trade import Consignment, Line

# A plan's rank is its cost, then its number of parcels, then its last day of arrival, in one integer.
_PARCELS, _DAYS = 100, 10_000
_FAR = 9_999

Items = tuple[tuple[str, int], ...]


class Priced(msgspec.Struct, frozen=True):
    """A consignment with its service, its landed cost and its promise."""

    warehouse: WarehouseInfo
    lane: LaneRate
    consignment: Consignment
    cost: LandedCost
    promise: Promise


class Pricer:
    """Prices the consignments of one quote, each once."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        market = facts.market
        self.step = 10 ** max(0, exponent(market.currency) - market.display_decimals)  # a rupiah has no cents anywhere
        self.gross, self.incl = market.price_policy == "same_gross", market.tax_display == "incl"
        self.known: dict[tuple[str, Items], Priced | EntrepotError] = {}
        self.weighed: dict[tuple[str, Items], tuple[int, dt.date] | EntrepotError] = {}
        self.many = LandedCosts(facts.customs, facts.tax, facts.on, fx=facts.rates)
        self.arrivals: dict[tuple[str, str, str], Promise] = {}  # by warehouse and service: the same for every article
        self.volumes = {s: v.length_mm * v.width_mm * v.height_mm for s, v in facts.variants.items()}
        self.lanes = {code: self._lanes_from(warehouse) for code, warehouse in facts.warehouses.items()}

    def rank(self, plan: Plan) -> int | None:
        """Return the order of a plan among others (cost, then parcels, then days), None when it may not be sold."""
        total = days = 0
        for code, items in plan:
            found = self.weigh(code, items)
            if isinstance(found, EntrepotError):
                return None
            total += found[0]
            days = max(days, min(_FAR, (found[1] - self.facts.on).days))
        return (total * _PARCELS + min(len(plan), _PARCELS - 1)) * _DAYS + days

    def weigh(self, code: str, items: Items) -> tuple[int, dt.date] | EntrepotError:
        """Return what goods from a warehouse come to and the last day of their arrival, without a trace, or why not."""
        if (key := (code, items)) not in self.weighed:
            try:
                if self.gross:
                    one = self._price(code, items)
                    self.weighed[key] = one.cost.total_minor, one.promise.last
                else:
                    warehouse, lane, sent = self._sent(code, items, "C")
                    self.weighed[key] = self.many.of(sent).total_minor, self._arrival(warehouse, lane).last
            except EntrepotError as refused:
                self.weighed[key] = refused
        return self.weighed[key]

    def consignment(self, code: str, items: Items) -> Priced | EntrepotError:
        """Return goods from a warehouse priced, or the error that says why they cannot be sold from there."""
        key = (code, items)
        if key not in self.known:
            try:
                self.known[key] = self._price(code, items)
            except EntrepotError as refused:
                self.known[key] = refused
        return self.known[key]

    def priced(self, plan: Plan) -> tuple[Priced, ...]:
        """Return the consignments of a plan that `rank` accepted, with their references C1, C2, … in the plan's order."""
        found = []
        for number, (code, items) in enumerate(plan, start=1):
            found.append(self._price(code, items, ref=f"C{number}"))
        return tuple(found)

    def why_not(self) -> EntrepotError:
        """Return the error to show when no plan may be sold: the first that a whole consignment met."""
        errors = [e for e in (*self.weighed.values(), *self.known.values()) if isinstance(e, EntrepotError)]
        return next((e for e in errors if not isinstance(e, NoWay)), NoWay(country=self.facts.place.country))

    def floors(self) -> Floors:
        """Return true lower bounds of `rank`."""
        return floors_of(self.facts, self.lanes, step=self.step, gross=self.gross, scale=_PARCELS * _DAYS)

    def goods_minor(self, sku: str, quantity: int) -> int:
        """Return what the list says for so many, in the market's currency, rounded to what it shows: once for all units.

        Where the list holds what the buyer pays, three cost three times one.
        """
        if self.gross and quantity > 1:
            return self.goods_minor(sku, 1) * quantity
        price, currency = self.facts.prices[sku], self.facts.market.currency
        rate = self.facts.rates.get((price.currency, currency), Decimal(1))
        amount = line_amount(price.unit_price, price.currency, quantity, rate, target=currency)
        return amount if self.step == 1 else divide(amount, self.step) * self.step

    def _lanes_from(self, warehouse: WarehouseInfo) -> list[LaneRate]:
        """The lanes of the grade asked for, or all of them where that grade is not served."""
        lanes = [lane for lane in self.facts.lanes if lane.origin_country == warehouse.country]
        return [lane for lane in lanes if lane.grade == self.facts.grade] or lanes

    def _lane(self, code: str, items: Items) -> tuple[LaneRate, int]:
        """The cheapest service that carries the goods (then the faster), with its freight in the market's currency."""
        mass = sum(self.facts.variants[sku].mass_g * quantity for sku, quantity in items)
        volume = sum(self.volumes[sku] * quantity for sku, quantity in items)
        offers, heavy = [], None
        for lane in self.lanes[code]:
            try:
                amount = freight_engine.freight_minor(lane, mass, volume)
            except TooHeavy as refused:
                heavy = refused
                continue
            freight = restate(amount, lane.currency, self.facts.market.currency, self.facts.rates)
            freight = -(-freight // self.step) * self.step
            offers.append((freight, lane.transit_max_days, lane.service, lane))
        if not offers:
            raise heavy or NoWay(country=self.facts.place.country)
        freight, _, _, lane = min(offers, key=lambda offer: offer[:3])
        return lane, freight

    def _sent(self, code: str, items: Items, ref: str) -> tuple[WarehouseInfo, LaneRate, Consignment]:
        """Goods from a warehouse as they would travel."""
        facts, warehouse = self.facts, self.facts.warehouses[code]
        lane, freight = self._lane(code, items)
        lines = tuple(
            Line(
                ref=f"{ref}-L{number}",
                sku=sku,
                quantity=quantity,
                goods_minor=self.goods_minor(sku, quantity),
                hs_code=facts.variants[sku].hs_code,
                origin=facts.variants[sku].origin,
                mass_g=facts.variants[sku].mass_g * quantity,
                tax_category=facts.variants[sku].tax_category,
            )
            for number, (sku, quantity) in enumerate(items, start=1)
        )
        consignment = Consignment(
            ref=ref,
            dispatch_country=warehouse.country,
            destination_country=facts.place.country,
            destination_region=facts.place.region,
            destination_postcode=facts.place.postcode,
            currency=facts.market.currency,
            lines=lines,
            freight_minor=freight,
            customer=facts.customer,
            mode=lane.mode,
        )
        return warehouse, lane, consignment

    def _price(self, code: str, items: Items, ref: str = "C") -> Priced:
        facts = self.facts
        warehouse, lane, consignment = self._sent(code, items, ref)
        if self.gross:
            consignment, cost = landed_from_gross(
                consignment, facts.customs, facts.tax, facts.on, incl=self.incl, step=self.step, fx=facts.rates
            )
        else:
            cost = landed_cost(consignment, facts.customs, facts.tax, facts.on, fx=facts.rates)
        return Priced(warehouse, lane, consignment, cost, self._arrival(warehouse, lane))

    def _arrival(self, warehouse: WarehouseInfo, lane: LaneRate) -> Promise:
        key = (warehouse.code, lane.service, lane.grade)
        if key not in self.arrivals:
            facts = self.facts
            self.arrivals[key] = promise(
                lane, cutoff=warehouse.cutoff, time_zone=warehouse.time_zone, at=facts.at,
                origin=facts.calendars[warehouse.country], destination=facts.calendars[facts.place.country],
            )  # fmt: skip
        return self.arrivals[key]
