"""Set prices by hand: see before what every buyer will see, then write and let the shelves follow.

The preview is no second calculation: the prices are written, the shelves computed by the pricer of quotes and offers, and
everything is rolled back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue import services as catalogue_services
from entrepot.domains.catalogue.errors import UnknownArticle
from entrepot.domains.markets import queries as markets
from entrepot.domains.offers.types import OfferDraft
from entrepot.domains.pricing import services as pricing
from entrepot.flows.price.draft_offer import offer_of
from entrepot.flows.price.plan import Pricer
from entrepot.flows.price.publish_offers import market_facts
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import EntrepotError


class ShelfPrice(msgspec.Struct, frozen=True):
    """What a buyer in a market sees of a SKU, in minor units of its currency; `why` says why he sees none ("" else).

    `list_currency` is that of the price list it comes from, which is not `currency` where it was converted. `net_minor` is
    what the shop gets of it: the goods alone.
    """

    sku: str
    market: str
    currency: str
    price_minor: int | None = None
    why: str = ""
    price_list: str = ""
    list_currency: str = ""
    net_minor: int | None = None


class ChangedShelf(msgspec.Struct, frozen=True):
    """A shelf price as it is and as it would be."""

    before: ShelfPrice
    after: ShelfPrice


class _Undo(Exception):
    """Rolls a preview back."""


def shelf_prices(
    *, skus: Sequence[str], at: dt.datetime, store: str = "main", policies: Mapping[str, str] | None = None
) -> dict[tuple[str, str], ShelfPrice]:
    """Return (sku, market code) → what the shelf says at a moment, in every open market; each market's facts are asked once.

    `policies` (market code → price policy) are taken instead of the markets' own: what would be, with nothing written.
    """
    variants = catalogue.variant_facts(skus=skus)
    found: dict[tuple[str, str], ShelfPrice] = {}
    for market in markets.markets():
        if not (market.open and variants):
            continue
        market = msgspec.structs.replace(market, price_policy=(policies or {}).get(market.code, market.price_policy))
        try:
            pricer = Pricer(market_facts(market=market, store=store, variants=variants, at=at))
        except EntrepotError as refused:
            found |= {(s, market.code): ShelfPrice(s, market.code, market.currency, why=refused.code) for s in variants}
            continue
        for sku, variant in variants.items():
            offer = offer_of(pricer, variant)
            shelf = ShelfPrice(sku, market.code, market.currency)
            fact = pricer.facts.prices.get(sku)
            if fact:
                shelf = msgspec.structs.replace(shelf, price_list=fact.price_list, list_currency=fact.currency)
            told: dict[str, int | str] = {"why": offer} if isinstance(offer, str) else _told(offer)
            found[sku, market.code] = msgspec.structs.replace(shelf, **told)
    return found


def _told(offer: OfferDraft) -> dict[str, int | str]:
    return {"price_minor": offer.price_minor, "net_minor": offer.goods_minor}


def preview_prices(
    *, actor: Actor, price_list: str, rows: Sequence[tuple[str, Decimal | None]], from_date: dt.date, at: dt.datetime
) -> tuple[ChangedShelf, ...]:
    """Return every shelf of every open market as it is and as it would be on `from_date`; nothing is kept.

    Raises what `set_prices` raises.
    """
    skus = [sku for sku, _ in rows]
    moment = at + dt.timedelta(days=max(0, (from_date - at.date()).days))
    before = shelf_prices(skus=skus, at=moment)
    after: dict[tuple[str, str], ShelfPrice] = {}
    try:
        with db.transaction():
            pricing.set_prices(actor=actor, price_list=price_list, rows=rows, from_date=from_date)
            after = shelf_prices(skus=skus, at=moment)
            raise _Undo
    except _Undo:
        pass
    return tuple(ChangedShelf(before[key], after[key]) for key in before)


def set_prices(*, actor: Actor, price_list: str, rows: Sequence[tuple[str, Decimal | None]], from_date: dt.date) -> int:
    """Set prices (sku, net unit price or None) of a list from a day on, let the shelves follow, return how many differed.

    Raises:
        UnknownArticle: a SKU that is in no catalogue (a slip of the pen would otherwise set a price nobody sees).
        NotFound, InvalidInput: as pricing's own service.
    """
    with db.transaction():
        known = catalogue.variant_facts(skus=[sku for sku, _ in rows])
        for sku, _ in rows:
            if sku not in known:
                raise UnknownArticle(sku=sku)
        changed = pricing.set_prices(actor=actor, price_list=price_list, rows=rows, from_date=from_date)
        catalogue_services.tell_changed(actor=SYSTEM, product_ids=sorted({v.product_id for v in known.values()}))
    return changed
