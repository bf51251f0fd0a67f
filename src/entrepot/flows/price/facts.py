"""What a quote needs to know, asked of each domain once: goods, prices, law, stock, lanes, exchange rates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from entrepot.domains.catalogue.types import VariantFacts
from entrepot.domains.checkout.errors import NotForSale
from entrepot.domains.checkout.types import CartLine
from entrepot.domains.customs import queries as customs
from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.inventory.types import WarehouseInfo
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.logistics.types import Calendar, LaneRate
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets.types import MarketInfo
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.organisation.types import StoreInfo
from entrepot.domains.pricing import queries as pricing
from entrepot.domains.pricing.types import PriceFact
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.types import ProofView, TaxRules
from entrepot.flows.price.wanted import demand_of, sellable
from entrepot.infra.memo import Memo
from entrepot.kernel.quote import FxQuote

# Stores, warehouses and lanes change by hand, a few times a day; a quote may be some seconds behind.
_kept = Memo(ttl_s=5)


class Place(msgspec.Struct, frozen=True):
    """Where the goods go: a country, and what is known of the region and the postal code ("" before an address is given)."""

    country: str
    region: str = ""
    postcode: str = ""


class Facts(msgspec.Struct, frozen=True):
    """Everything a quote depends on, frozen. `fx` holds the rates used, `rates` the same as (source, target) → rate.

    `buyer` is the proof that a business buys, None for a consumer: there is no other way to be quoted as a business.
    """

    market: MarketInfo
    store: StoreInfo
    place: Place
    at: dt.datetime
    on: dt.date
    grade: str
    demand: dict[str, int]
    variants: dict[str, VariantFacts]
    prices: dict[str, PriceFact]
    available: dict[str, dict[str, int]]
    warehouses: dict[str, WarehouseInfo]
    lanes: tuple[LaneRate, ...]
    calendars: Mapping[str, Calendar]
    customs: CustomsRules
    tax: TaxRules
    fx: tuple[FxQuote, ...]
    rates: Mapping[tuple[str, str], Decimal]
    buyer: ProofView | None = None

    @property
    def customer(self) -> str:
        """Who buys, as the law's schemes ask: consumer or business."""
        return "consumer" if self.buyer is None else "business"


def store_info(code: str) -> StoreInfo:
    """Return a store, at most five seconds old."""
    return _kept.get(("store", code), lambda: organisation.store(code=code))


def gather(
    *,
    market: str,
    store: str,
    lines: Sequence[CartLine],
    place: Place | None,
    grade: str,
    language: str,
    at: dt.datetime,
    tax_proof: str = "",
) -> Facts:
    """Ask each domain once and return the facts of a quote.

    The tax point is the civil date in the market's zone. A place in another country than the market's is refused.

    Args:
        tax_proof: the public id of a stored answer about the buyer's tax number (`prove_business`), "" for a consumer.
    Raises:
        ProofNotUsable: there is no such yes, it is too old, or of another country than the goods go to.
        ClosedMarket, EmptyCart, QuantityRule, UnknownSku, NotForSale, NoRate, StaleRate, NotCovered: as their words say.
    """
    info = markets.open_market(code=market)
    demand = demand_of(lines)
    shop = store_info(store)
    place = place or Place(info.country)
    on = at.astimezone(ZoneInfo(info.time_zone)).date()
    skus = sorted(demand)
    variants = sellable(skus, info.code, language)
    prices = pricing.prices(skus=skus, currency=info.currency, store_id=shop.id, on=on)
    for sku in skus:
        if sku not in prices:
            raise NotForSale(sku=sku, market=info.code, field="sku", value=sku, rule="")
    buyer = tax.usable_proof(proof_id=tax_proof, country=place.country, at=at) if tax_proof else None
    found = facts_of(
        market=info, shop=shop, place=place, at=at, on=on, grade=grade, demand=demand, variants=variants, prices=prices
    )
    return msgspec.structs.replace(found, buyer=buyer) if buyer is not None else found


def facts_of(
    *,
    market: MarketInfo,
    shop: StoreInfo,
    place: Place,
    at: dt.datetime,
    on: dt.date,
    grade: str,
    demand: dict[str, int],
    variants: Mapping[str, VariantFacts],
    prices: dict[str, PriceFact],
) -> Facts:
    """Return the facts of goods whose prices are known: law, stock, lanes and rates of a place, each asked once.

    A basket and a shelf are priced by the same facts, whatever `demand` says (nothing, for a shelf).

    Raises:
        NoRate, StaleRate, NotCovered: nothing can be priced there.
    """
    pairs = sorted({(v.hs_code, v.origin) for v in variants.values()})
    customs_rules = customs.rules(destination=place.country, pairs=pairs, on=on, entity_id=shop.entity.id)
    tax_rules = tax.rules(
        destination=place.country, region=place.region, entity_id=shop.entity.id, on=on, postcode=place.postcode
    )
    warehouses = _kept.get("warehouses", inventory.warehouses)
    lanes = _kept.get(("lanes", place.country, on), lambda: logistics.lane_rates(destination=place.country, on=on))
    fx = tuple(
        markets.fx_quote(source_currency=source, target=market.currency, on=on)
        for source in sorted(needed_currencies(prices, lanes, customs_rules, tax_rules) - {market.currency, ""})
    )
    return Facts(
        market=market,
        store=shop,
        place=place,
        at=at,
        on=on,
        grade=grade,
        demand=demand,
        variants=dict(variants),
        prices=prices,
        available=inventory.available(skus=sorted(variants)),
        warehouses=warehouses,
        lanes=lanes,
        calendars={c: logistics.calendar(c) for c in {place.country, *(w.country for w in warehouses.values())}},
        customs=customs_rules,
        tax=tax_rules,
        fx=fx,
        rates={(quote.source_currency, quote.target): quote.rate for quote in fx},
    )


def needed_currencies(
    prices: Mapping[str, PriceFact], lanes: Sequence[LaneRate], customs_rules: CustomsRules, tax_rules: TaxRules
) -> set[str]:
    """Currencies of prices, freight, and the limits and flat amounts of the law: each may need a rate."""
    return {
        *(price.currency for price in prices.values()),
        *(lane.currency for lane in lanes),
        *(row.currency for row in customs_rules.treatments),
        *(row.currency for row in customs_rules.entries),
        *(row.currency for row in customs_rules.fees),
        *(scheme.currency for scheme in tax_rules.schemes),
    }
