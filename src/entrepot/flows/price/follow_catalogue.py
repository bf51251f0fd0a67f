"""Keep the offers with the catalogue and the stock: what changed is computed anew, what is withdrawn goes."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.catalogue.events import ProductsChanged, ProductsPublished, ProductsWithdrawn
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.offers import queries as offer_queries
from entrepot.domains.offers import services as offers
from entrepot.domains.offers.engine.band import band
from entrepot.domains.offers.types import FEW_LEFT
from entrepot.flows.price.publish_offers import publish_offers, republish_stale
from entrepot.infra import db, events
from entrepot.kernel.actor import SYSTEM


def _moment() -> dt.datetime:
    """Return the moment at which an event is handled, by the house's clock."""
    return events.moment()


def on_changed(event: ProductsChanged) -> None:
    """Compute the offers and words of changed products anew, in every market they are published to."""
    publish_offers(actor=SYSTEM, at=_moment(), product_ids=event.product_ids)


def on_published(event: ProductsPublished) -> None:
    """Compute the offers of products in the markets that may now sell them; their words where they are new."""
    fresh = offer_queries.without_words(product_ids=event.product_ids)
    known = tuple(set(event.product_ids) - set(fresh))
    for ids, words in ((fresh, True), (known, False)):
        if ids:
            publish_offers(actor=SYSTEM, at=_moment(), product_ids=ids, market_codes=event.markets, words=words)


def on_withdrawn(event: ProductsWithdrawn) -> None:
    """Take products off a market's shelves."""
    offers.withdraw(actor=SYSTEM, product_ids=event.product_ids, market=event.market)


def refresh_bands(at: dt.datetime) -> int:
    """Tell the shelves what has become scarce or is there again, and return how many offers changed.

    Only SKUs that are scarce in stock or on a shelf are looked at. `at` is taken as every scheduled flow takes it.
    """
    scarce = inventory.scarce(most=FEW_LEFT)
    again = offer_queries.scarce_skus() - scarce.keys()
    back = {sku: sum(by_place.values()) for sku, by_place in inventory.available(skus=again).items()}
    rows = [(sku, *band(units)) for sku, units in sorted({**scarce, **back}.items())]
    if not rows:
        return 0
    with db.transaction():
        return offers.set_bands(actor=SYSTEM, rows=rows)


def refresh_days(at: dt.datetime) -> int:
    """Compute anew what a cut-off has moved, a portion at a time."""
    return republish_stale(SYSTEM, at)
