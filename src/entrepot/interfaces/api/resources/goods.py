"""Markets, categories, offers and search: what a visitor of a market may know."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets.types import MarketInfo
from entrepot.domains.offers import queries as offers
from entrepot.domains.offers.engine import shelf
from entrepot.domains.offers.errors import NotOffered
from entrepot.domains.offers.types import OfferCard, OfferDraft
from entrepot.interfaces.api import pages
from entrepot.interfaces.api.document import operation
from entrepot.interfaces.api.shapes import goods
from entrepot.interfaces.api.shapes.common import PLAIN, Code, Cursor, Language, Limit, Page, PublicId, Word, money

router = Router()
READ = "api.read_catalogue"


def language_in(market: MarketInfo, asked: str | None) -> str:
    """Return the language asked for, else the market's first."""
    return asked or market.locales[0]


@operation(router, "GET", "/markets", READ, answer=list[goods.Market])
def list_markets(request: HttpRequest) -> list[goods.Market]:
    """List the markets that are open."""
    return [
        goods.Market(
            code=m.code, country=m.country, currency=m.currency, languages=list(m.locales), tax_display=m.tax_display
        )
        for m in markets.markets()
        if m.open
    ]


@operation(router, "GET", "/categories", READ, answer=list[goods.Category])
def list_categories(request: HttpRequest, language: Language = "en") -> list[goods.Category]:
    """List the shelves, parents before children."""
    known = catalogue.categories(language=language)
    paths = shelf.paths({category.slug: category.parent for category in known})
    return [
        goods.Category(
            slug=c.slug,
            name=c.name,
            parent=c.parent,
            description=c.description,
            path=paths[c.slug],
            products=c.products,
        )
        for c in known
    ]


@operation(router, "GET", "/offers", READ, answer=Page[goods.Offer])
def list_offers(
    request: HttpRequest,
    market: Code,
    language: Language | None = None,
    category: Word = "",
    cursor: Cursor | None = None,
    limit: Limit = pages.DEFAULT,
) -> Page[goods.Offer]:
    """List what a market offers, the oldest product first: stable while goods come and go.

    `category` is the `path` of a category and finds what stands on it and below.
    """
    info = markets.open_market(code=market)
    spoken = language_in(info, language)
    of = pages.of("offers", info.code, spoken, category)
    cards = offers.cards_after(
        market=info.code, language=spoken, category=category, after=pages.read(of, cursor), limit=limit + 1
    )
    more = pages.write(of, cards[limit - 1].product_id) if len(cards) > limit else None
    return Page[goods.Offer](items=[_offer(card) for card in cards[:limit]], next_cursor=more)


@operation(router, "GET", "/search", READ, answer=Page[goods.Offer])
def search_offers(
    request: HttpRequest,
    market: Code,
    q: Annotated[str, Query(min_length=1, max_length=200, pattern=PLAIN)],
    language: Language | None = None,
    category: Word = "",
    cursor: Cursor | None = None,
    limit: Limit = pages.DEFAULT,
) -> Page[goods.Offer]:
    """Search what a market offers, the best match first. A page is a place in the ranking, which moves when goods do."""
    info = markets.open_market(code=market)
    spoken = language_in(info, language)
    of = pages.of("search", info.code, spoken, category, q, limit)
    page = int(pages.read(of, cursor) or "1")
    found = offers.listing(
        market=info.code, language=spoken, category=category or None, text=q, sort="relevance", page=page, size=limit
    )
    more = pages.write(of, str(page + 1)) if found.page == page < found.pages else None
    return Page[goods.Offer](items=[_offer(card) for card in found.cards], next_cursor=more)


@operation(router, "GET", "/offers/{product_id}", READ, answer=goods.OfferedProduct)
def get_offer(
    request: HttpRequest, product_id: PublicId, market: Code, language: Language | None = None
) -> goods.OfferedProduct:
    """Show a product in a market: every SKU with its landed unit price, what it is made of, and when it would arrive."""
    info = markets.open_market(code=market)
    key = str(product_id)
    spoken = language_in(info, language)
    found = offers.offers(market=info.code, product_id=key)
    if not found or not offers.cards(market=info.code, language=spoken, product_ids=[key]):
        raise NotOffered(kind="product", key=key, market=info.code)
    product = catalogue.product(product_id=key, language=spoken)
    return goods.OfferedProduct(
        id=product.id,
        handle=product.handle,
        category=product.category,
        category_name=product.category_name,
        brand=product.brand,
        title=product.title,
        description=product.description,
        language=product.language,
        pictures=list(product.pictures),
        attributes=product.attributes,
        option_name=product.option_name,
        market=info.code,
        variants=[_variant(v.option, v.picture, found[v.sku]) for v in product.variants if v.sku in found],
    )


def _offer(card: OfferCard) -> goods.Offer:
    return goods.Offer(
        product_id=card.product_id,
        handle=card.handle,
        title=card.title,
        place=card.place,
        picture=card.picture,
        price=money(card.price_minor, card.currency),
        from_price=card.from_price,
        availability=card.band,
        units_left=card.units_left,
        arrives_first=card.arrives_first,
        arrives_last=card.arrives_last,
    )


def _variant(option: str, picture: str, offer: OfferDraft) -> goods.VariantOffer:
    unit = offer.currency
    return goods.VariantOffer(
        sku=offer.sku,
        option=option,
        picture=picture,
        price=money(offer.price_minor, unit),
        parts=[
            goods.PricePart(
                kind=p.kind,
                name=p.name,
                amount=money(p.amount_minor, unit),
                rate_ppm=p.rate_ppm,
                reason=p.reason,
                rule=p.rule,
                source=p.source,
                confidence=p.confidence,
            )
            for p in offer.parts
        ],
        delivery=money(offer.delivery_minor, unit),
        availability=offer.band,
        units_left=offer.units_left,
        ships_from=offer.ships_from,
        arrives_first=offer.arrives_first,
        arrives_last=offer.arrives_last,
        good_until=offer.good_until,
    )
