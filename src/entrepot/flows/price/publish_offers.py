"""Publish offers: what one unit of every SKU costs landed in every market, and when it arrives, in bulk.

The same pricer as a quote's works here, so that a basket of one unit costs what the shelf said. Facts are asked once per batch
and market; a product that no service may carry, or for which no rule is known, is hidden and counted, with its reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue.types import SearchText, VariantFacts
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets.types import MarketInfo
from entrepot.domains.offers import queries as offer_queries
from entrepot.domains.offers import services as offers
from entrepot.domains.offers.engine import shelf
from entrepot.domains.offers.types import OfferDraft, ProductDraft
from entrepot.domains.pricing import queries as pricing
from entrepot.flows.price.draft_offer import offer_of, words_of
from entrepot.flows.price.facts import Facts, Place, facts_of, store_info
from entrepot.flows.price.plan import Pricer
from entrepot.infra import db
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import EntrepotError

BATCH = 500


def publish_offers(
    *,
    actor: Actor,
    at: dt.datetime,
    product_ids: Sequence[str],
    market_codes: Sequence[str] = (),
    words: bool = True,
    store: str = "main",
) -> int:
    """Compute and replace the offers of products in the markets they are published to, and return the number of offers.

    Args:
        market_codes: only these markets; () is all open ones.
        words: also replace what cards and search say of the products.
    """
    made = 0
    for batch in batches(product_ids):
        facts = catalogue.facts_of_products(product_ids=batch)
        texts = catalogue.search_documents(product_ids=batch)
        published = catalogue.markets_of(product_ids=batch)
        products = _products(facts, texts)
        with db.transaction():
            if words:
                offers.replace_words(actor=actor, words=[words_of(text) for text in texts])
            for market in markets.markets():
                if not market.open or (market_codes and market.code not in market_codes):
                    continue
                mine = {key: facts[key] for key in facts if market.code in published.get(key, ())}
                if mine:
                    made += _one_market(actor, market, store, mine, products, at)
    return made


def batches(product_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield ids in portions that fit one load of facts."""
    for start in range(0, len(product_ids), BATCH):
        yield product_ids[start : start + BATCH]


def _products(facts: Mapping[str, tuple[VariantFacts, ...]], texts: Sequence[SearchText]) -> dict[str, ProductDraft]:
    paths = shelf.paths({category.slug: category.parent for category in catalogue.categories()})
    brands = {text.product_id: text.brand for text in texts}
    found = {}
    for key, variants in facts.items():
        first = variants[0]
        picture = next((v.picture for v in variants if v.picture), "")
        path = paths.get(first.category, first.category + "/")
        found[key] = ProductDraft(key, first.handle, path, brands.get(key, ""), picture, first.tile, len(variants))
    return found


def _one_market(
    actor: Actor,
    market: MarketInfo,
    store: str,
    facts: Mapping[str, tuple[VariantFacts, ...]],
    products: Mapping[str, ProductDraft],
    at: dt.datetime,
) -> int:
    variants = {variant.sku: variant for found in facts.values() for variant in found}
    drafts: dict[str, list[OfferDraft]] = {}
    hidden: dict[str, str] = {}
    try:
        known = market_facts(market=market, store=store, variants=variants, at=at)
    except EntrepotError as refused:  # no rate, no law: the whole market stands still, and says so
        known, hidden = None, dict.fromkeys(facts, refused.code)
    if known is not None:
        pricer = Pricer(known)
        for product_id, found in facts.items():
            for variant in found:
                draft = offer_of(pricer, variant)
                if isinstance(draft, OfferDraft):
                    drafts.setdefault(product_id, []).append(draft)
                else:
                    hidden[product_id] = draft[:40]
    offers.replace_offers(
        actor=actor, market=market.code, products=[products[key] for key in facts], drafts=drafts, hidden=hidden
    )
    return sum(map(len, drafts.values()))


def market_facts(*, market: MarketInfo, store: str, variants: Mapping[str, VariantFacts], at: dt.datetime) -> Facts:
    """Return everything the prices of many SKUs in one market depend on, each domain asked once.

    Raises NoRate, StaleRate, NotCovered: the market cannot be priced at all.
    """
    shop, on = store_info(store), at.astimezone(ZoneInfo(market.time_zone)).date()
    skus = list(variants)
    prices = pricing.prices(skus=skus, currency=market.currency, store_id=shop.id, on=on)
    return facts_of(
        market=market, shop=shop, place=Place(market.country), at=at, on=on, grade="standard", demand={},
        variants=variants, prices=prices,
    )  # fmt: skip


def republish_stale(actor: Actor, at: dt.datetime, limit: int = 1000) -> int:
    """Compute anew the offers whose days have moved (the warehouse's cut-off has passed), and return how many were made."""
    made = 0
    for market in markets.markets():
        ids = offer_queries.stale_products(at=at, market=market.code, limit=limit)
        if ids:
            made += publish_offers(actor=actor, at=at, product_ids=ids, market_codes=(market.code,), words=False)
    return made
