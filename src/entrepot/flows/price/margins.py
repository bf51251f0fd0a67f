"""What is left of a shelf price in every market: after duty and tax, the way it was bought, and what selling it costs.

The price comes from the pricer of quotes and offers, so that what a margin is taken from is what a buyer pays. Where it breaks
even is looked for with the same pricer, by halving.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue.types import VariantFacts
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets.types import MarketInfo
from entrepot.domains.offers.types import OfferDraft
from entrepot.domains.pricing import queries as pricing
from entrepot.domains.pricing.types import CostFact, PriceFact
from entrepot.flows.price.draft_offer import offer_of
from entrepot.flows.price.facts import Facts, store_info
from entrepot.flows.price.plan import Pricer
from entrepot.flows.price.publish_offers import market_facts
from entrepot.kernel.errors import EntrepotError
from entrepot.kernel.money import apply_rate, exponent, restate

_MOST = 50  # a break-even is looked for up to so many times the cost


class Margin(msgspec.Struct, frozen=True):
    """One unit in one market, in minor units of its currency; `why` says why there is none ("" else).

    `price_minor` is what the buyer pays on the shelf, `goods_minor` what the shop gets of it; the rest is duty, fees and the
    tax that is inside. `cost_minor` is the purchase (None: nobody has told it), `selling_minor` the share that selling takes of
    all that the buyer pays. `left_minor` = goods − cost − selling. `even_minor` is the shelf price at which nothing is left,
    `even_list` the price in the list that gives it, in major units of the market's currency.
    """

    market: str
    currency: str
    why: str = ""
    price_minor: int = 0
    goods_minor: int = 0
    duty_minor: int = 0
    fee_minor: int = 0
    tax_minor: int = 0
    cost_minor: int | None = None
    selling_minor: int = 0
    left_minor: int | None = None
    even_minor: int | None = None
    even_list: Decimal | None = None


def margins(*, sku: str, selling_ppm: int, at: dt.datetime, store: str = "main") -> tuple[Margin, ...]:
    """Return what is left of a unit of a SKU in every open market, () for an unknown SKU.

    Args:
        selling_ppm: what payment, commission and advertisement take of all that the buyer pays, together.
    """
    variants = catalogue.variant_facts(skus=[sku])
    shop = store_info(store)
    known = pricing.costs(skus=[sku], store_id=shop.id, on=at.date()).get(sku)
    open_ones = [market for market in markets.markets() if market.open and variants]
    return tuple(_margin(market, variants[sku], known, selling_ppm, at, store) for market in open_ones)


def _margin(
    market: MarketInfo, variant: VariantFacts, known: CostFact | None, selling_ppm: int, at: dt.datetime, store: str
) -> Margin:
    try:
        facts = market_facts(market=market, store=store, variants={variant.sku: variant}, at=at)
        cost = _cost(known, facts, at.date()) if known else None
    except EntrepotError as refused:
        return Margin(market.code, market.currency, refused.code)
    offer = offer_of(Pricer(facts), variant)
    if not isinstance(offer, OfferDraft):
        return Margin(market.code, market.currency, offer)
    incl = market.tax_display == "incl"
    selling = apply_rate(_paid(offer, incl), selling_ppm)
    even = _even(facts, variant, cost, selling_ppm, incl) if cost else None
    return Margin(
        market=market.code,
        currency=market.currency,
        price_minor=offer.price_minor,
        goods_minor=offer.goods_minor,
        duty_minor=offer.duty_minor,
        fee_minor=offer.fee_minor,
        tax_minor=offer.tax_minor if incl else 0,
        cost_minor=cost,
        selling_minor=selling,
        left_minor=None if cost is None else offer.goods_minor - cost - selling,
        even_minor=even[0] if even else None,
        even_list=even[1] if even else None,
    )


def _paid(offer: OfferDraft, incl: bool) -> int:
    """All that the buyer pays for the unit: the shelf price, and the tax that is added to it."""
    return offer.price_minor + (0 if incl else offer.tax_minor)


def _cost(known: CostFact, facts: Facts, on: dt.date) -> int:
    minor = int((known.unit_cost * 10 ** exponent(known.currency)).to_integral_value())
    target = facts.market.currency
    if known.currency == target:
        return minor
    rate = markets.fx_quote(source_currency=known.currency, target=target, on=on).rate
    return restate(minor, known.currency, target, {(known.currency, target): rate})


def _even(facts: Facts, variant: VariantFacts, cost: int, selling_ppm: int, incl: bool) -> tuple[int, Decimal] | None:
    """Return (shelf price, list price) of the least list price at which nothing is lost; None when there is none in reach."""
    currency = facts.market.currency

    def at_price(minor: int) -> OfferDraft | None:
        price = Decimal(minor).scaleb(-exponent(currency))
        asked = {variant.sku: PriceFact(variant.sku, price, currency, "")}
        offer = offer_of(Pricer(msgspec.structs.replace(facts, prices=asked)), variant)
        return offer if isinstance(offer, OfferDraft) else None

    def pays(minor: int) -> bool:
        offer = at_price(minor)
        return offer is not None and offer.goods_minor - cost - apply_rate(_paid(offer, incl), selling_ppm) >= 0

    low, high = 0, cost * _MOST
    if not pays(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if pays(middle) else (middle + 1, high)
    offer = at_price(low)
    return (offer.price_minor, Decimal(low).scaleb(-exponent(currency))) if offer else None
