"""A product: the price taken apart, the day it arrives, what customs will ask, and the button."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue.types import CategoryInfo, ProductView
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.markets import queries as markets
from entrepot.domains.offers import queries as offers
from entrepot.domains.offers.engine.band import band
from entrepot.domains.offers.errors import NotOffered
from entrepot.domains.offers.types import OfferDraft
from entrepot.infra.memo import Memo
from entrepot.interfaces.storefront import show
from entrepot.interfaces.storefront.cards import grid
from entrepot.interfaces.storefront.place import Shop, draw, locale_of, page
from entrepot.interfaces.storefront.views.home import crosses, towns
from entrepot.interfaces.web import formats
from entrepot.kernel.errors import N_
from entrepot.kernel.money import exponent

_labels = Memo(ttl_s=20)
_LABEL_WORDS = {
    "origin_mark": N_("Mark of origin"), "material": N_("Material"), "care": N_("Care"), "warning": N_("Warnings"),
    "responsible": N_("Answers for it"),
}  # fmt: skip
_SCHEMA_BANDS = {"in_stock": "InStock", "few": "LimitedAvailability", "sold_out": "OutOfStock"}


def _chosen(found: dict[str, OfferDraft], asked: str) -> OfferDraft:
    """Return the variant asked for, else the cheapest that can be had."""
    return found.get(asked) or min(found.values(), key=lambda o: (o.band == "sold_out", o.price_minor, o.sku))


@require_GET
@page
def product_page(request: HttpRequest, shop: Shop, handle: str) -> HttpResponse:
    """Show a product of this market; one that is sold elsewhere is told so, with where."""
    return show_product(request, shop, handle, request.GET.get("sku", ""))


def show_product(
    request: HttpRequest,
    shop: Shop,
    handle: str,
    sku: str,
    wrong: tuple[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw a product's page; `wrong` is the quantity that was typed and why it cannot be, told above the field."""
    handle = handle.replace("\x00", "")[:120]
    try:
        product_id = offers.product_of(market=shop.market.code, handle=handle)
    except NotOffered:
        return _elsewhere(request, shop, handle)
    found = offers.offers(market=shop.market.code, product_id=product_id)
    product = catalogue.product(product_id=product_id, language=shop.language)
    offer = _chosen(found, sku)
    units = sum(inventory.available(skus=[offer.sku])[offer.sku].values())
    state, left = band(units)
    variant = next(v for v in product.variants if v.sku == offer.sku)
    path = shop.paths.get(product.category, product.category + "/").split("/")[:-1]
    known = {category.slug: category for category in shop.every_shelf}
    related = offers.listing(
        market=shop.market.code,
        language=shop.language,
        category=shop.paths.get(product.category),
        sort="arrives",
        size=5,
    )
    return draw(
        request, shop, "shop/product.html", status=status, wrong=wrong,
        product=product, variant=variant, offer=offer, offers=found, units=units, band=state, left=left,
        parents=[known[slug] for slug in path if slug in known], here=path[0],
        cascade=show.offer_cascade(offer, shop), route=_route(offer, shop), crosses=crosses(offer),
        town=show.city(towns().get(offer.warehouse, (offer.warehouse, ""))[0]),
        pictures=_pictures(product, variant.picture),
        grid=grid, related=[card for card in related.cards if card.product_id != product_id][:4],
        label=_label(product.id, shop), data=_structured(shop, product, offer, state, [known[slug] for slug in path if slug in known]),
    )  # fmt: skip


def _label(product_id: str, shop: Shop) -> list[tuple[str, str, list[str]]]:
    """Return what the product's label says in this market as (kind in words, language, lines); kept for a moment."""
    rows = _labels.get(
        (product_id, shop.market.code, shop.language),
        lambda: catalogue.label(product_id=product_id, market=shop.market.code, language=shop.language),
    )
    told: dict[str, tuple[str, list[str]]] = {}
    for row in rows:
        told.setdefault(row.kind, (row.language, []))[1].append(row.words)
    return [(_(_LABEL_WORDS.get(kind, kind)), language, lines) for kind, (language, lines) in told.items()]


def _pictures(product: ProductView, first: str) -> list[str]:
    every = [first, *product.pictures, *(v.picture for v in product.variants)]
    return list(dict.fromkeys(picture for picture in every if picture))[:8]


def _route(offer: OfferDraft, shop: Shop) -> list[show.Stop]:
    town, zone = towns().get(offer.warehouse, (offer.warehouse, "UTC"))
    code = inventory_cutoff(offer.warehouse)
    note = ""
    if code:
        local = shop.now.astimezone(ZoneInfo(zone or "UTC"))
        hour, minute = map(int, code.split(":"))
        cut = local.replace(hour=hour, minute=minute, second=0)
        if local < cut:
            note = _("order by %(time)s") % {
                "time": formats.clock_time(cut, shop.market.time_zone, shop.cldr, named=True)
            }
    return show.offer_route(offer, show.city(town), crosses(offer), note, shop)


def inventory_cutoff(code: str) -> str:
    """Return the local clock time until which a warehouse sends the same day, "" when it is not known."""
    known = inventory.warehouses() if code else {}
    return known[code].cutoff if code in known else ""


def _elsewhere(request: HttpRequest, shop: Shop, handle: str) -> HttpResponse:
    """Say that this market does not sell it, and who does."""
    codes = offers.markets_of(handle=handle)
    if not codes:
        raise NotOffered(kind="product", key=handle, market=shop.country)
    places = []
    for code in codes:
        info = markets.market(code=code)
        places.append((formats.country_name(info.country, shop.cldr), f"/{locale_of(info, shop.language)}/p/{handle}"))
    title = catalogue.product(handle=handle, language=shop.language).title
    return draw(request, shop, "shop/elsewhere.html", status=404, title=title, places=places)


def _structured(
    shop: Shop, product: ProductView, offer: OfferDraft, state: str, parents: list[CategoryInfo]
) -> dict[str, Any]:
    """Return the product and the way to it in the words of schema.org."""
    page = f"{shop.origin}{shop.url}p/{product.handle}"
    way = [(_("Home"), f"{shop.origin}{shop.url}")]
    way += [(parent.name, f"{shop.origin}{shop.url}c/{parent.slug}") for parent in parents]
    way.append((product.title, page))
    return {"@context": "https://schema.org", "@graph": [_product_data(shop, product, offer, state, page), crumbs(way)]}


def crumbs(way: list[tuple[str, str]]) -> dict[str, Any]:
    """Return (name, address) of a page and those above it as a schema.org list."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": address}
            for number, (name, address) in enumerate(way, start=1)
        ],
    }


def _product_data(shop: Shop, product: ProductView, offer: OfferDraft, state: str, page: str) -> dict[str, Any]:
    data: dict[str, Any] = {
        "@type": "Product",
        "name": product.title,
        "sku": offer.sku,
        "description": product.description[:500],
        "image": [f"{shop.origin}{picture}" for picture in _pictures(product, "")],
        "countryOfOrigin": next((v.origin for v in product.variants if v.sku == offer.sku), ""),
        "offers": {
            "@type": "Offer",
            "url": f"{page}?{urlencode({'sku': offer.sku})}",
            "price": str(Decimal(offer.price_minor).scaleb(-exponent(offer.currency))),
            "priceCurrency": offer.currency,
            "availability": f"https://schema.org/{_SCHEMA_BANDS[state]}",
            "priceValidUntil": (offer.computed_on + dt.timedelta(days=1)).isoformat(),
            "areaServed": shop.market.country,
            "seller": {"@type": "Organization", "name": shop.seller},
        },
    }
    if product.brand:
        data["brand"] = {"@type": "Brand", "name": product.brand}
    return data
