"""The first page: what this shop is, what arrives soon, how a price is made, what leaves next."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from entrepot.domains.inventory import queries as inventory
from entrepot.domains.offers import queries as offers
from entrepot.domains.offers.types import OfferCard, OfferDraft
from entrepot.infra.memo import Memo
from entrepot.interfaces.storefront import show
from entrepot.interfaces.storefront.cards import grid
from entrepot.interfaces.storefront.place import Shop, draw, page

warehouses = Memo(ttl_s=30)
_told = Memo(ttl_s=20)


def towns() -> dict[str, tuple[str, str]]:
    """Return warehouse code → (town, time zone), kept for a moment."""
    return warehouses.get("towns", lambda: {code: (w.city, w.time_zone) for code, w in inventory.warehouses().items()})


def friday(day: dt.date) -> dt.date:
    """Return the next Friday, at least two days away."""
    ahead = (4 - day.weekday()) % 7
    return day + dt.timedelta(days=ahead if ahead >= 2 else ahead + 7)


@require_GET
@page
def home(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Show eight things that arrive first, one of them with its price taken apart, and the next departures."""
    day = shop.now.date()
    listing = offers.listing(
        market=shop.market.code, language=shop.language, sort="arrives", arrival_days=(friday(day),), size=12
    )
    cards = [card for card in listing.cards if card.band != "sold_out"][:8]
    explained, told = _explained(shop)
    lanes = [
        (show.city(towns().get(code, (code, ""))[0]), country, number, first, last)
        for code, country, number, first, last in offers.lanes(market=shop.market.code)
    ]
    soon = next((facet.count for facet in listing.facets if facet.kind == "arrives"), 0)
    return draw(
        request, shop, "shop/home.html",
        cards=cards, explained=explained, explained_card=told,
        cascade=show.offer_cascade(explained, shop) if explained else (),
        route=_route(explained, shop) if explained else (),
        lanes=lanes, friday=friday(day), grid=grid, soon=soon, total=listing.total,
        counts=offers.shelf_counts(market=shop.market.code),
    )  # fmt: skip


def _explained(shop: Shop) -> tuple[OfferDraft | None, OfferCard | None]:
    """Return an offer whose price has something to tell, with its card; kept for a moment."""
    return _told.get((shop.market.code, shop.language), lambda: _ask_explained(shop))


def _ask_explained(shop: Shop) -> tuple[OfferDraft | None, OfferCard | None]:
    product_id = offers.telling_product(market=shop.market.code)
    if not product_id:
        return None, None
    found = offers.offers(market=shop.market.code, product_id=product_id)
    cards = offers.cards(market=shop.market.code, language=shop.language, product_ids=[product_id])
    best = min(found.values(), key=lambda offer: (offer.band == "sold_out", offer.price_minor), default=None)
    return (best, cards[0]) if best and cards else (None, None)


def _route(offer: OfferDraft, shop: Shop) -> list[show.Stop]:
    town = show.city(towns().get(offer.warehouse, (offer.warehouse, ""))[0])
    return show.offer_route(offer, town, crosses(offer), "", shop)


def crosses(offer: OfferDraft) -> bool:
    """Say whether goods pass a customs border on their way (a duty row that is not about free circulation)."""
    return any(part.kind == "duty" and part.reason != "free_circulation" for part in offer.parts)
