"""Shelves and search: one page of cards with what they can be narrowed by, from two statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from entrepot.domains.offers import queries as offers
from entrepot.domains.offers.types import Facet, Filters, Listing
from entrepot.interfaces.storefront.cards import grid
from entrepot.interfaces.storefront.place import Shop, draw, page
from entrepot.interfaces.storefront.views.home import friday
from entrepot.interfaces.storefront.views.product import crumbs
from entrepot.interfaces.web import formats
from entrepot.kernel.errors import N_, NotFound
from entrepot.kernel.money import exponent

_MOST_VALUES = 12
_MOST_CHOSEN = 20


class UnknownShelf(NotFound):
    """There is no such shelf. Params: kind, key."""

    code = "UNKNOWN_SHELF"
    sentence = N_("There is no shelf “%(key)s” in this shop.")


class Asked(msgspec.Struct, frozen=True):
    """What an address asks for: filters, order, page; `pairs` are its parts in order, for links that change one."""

    filters: Filters
    sort: str
    page: int
    pairs: tuple[tuple[str, str], ...]

    def without(self, name: str, value: str | None = None) -> str:
        """Return the query string without one part."""
        return urlencode([pair for pair in self.pairs if pair[0] != name or (value is not None and pair[1] != value)])


def read(query: Any, currency: str, default_sort: str) -> Asked:
    """Return what a query string asks for; what cannot be read is left out, so that an old link still opens."""
    filters = Filters(
        arrives_by=_date(query.get("arrives", "")),
        ships_from=tuple(v for v in query.getlist("from")[:_MOST_CHOSEN] if len(v) == 2),
        price_from=_minor(query.get("price_from", ""), currency),
        price_to=_minor(query.get("price_to", ""), currency),
        brands=tuple(_clean(v) for v in query.getlist("brand")[:_MOST_CHOSEN] if v),
        attributes=tuple(
            (name, value)
            for name, dash, value in (_clean(v).partition(":") for v in query.getlist("a")[:_MOST_CHOSEN])
            if dash
        ),
        in_stock=query.get("stock") == "1",
    )
    sort = query.get("sort", "")
    known = sort if sort in offers.SORTS or sort == "relevance" else default_sort
    kept = tuple(
        (name, _clean(value)) for name in ("q", "arrives", "from", "price_from", "price_to", "brand", "a", "stock", "sort")
        for value in query.getlist(name)[:_MOST_CHOSEN] if value
    )  # fmt: skip
    number = query.get("page", "1")
    return Asked(filters, known, int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1, kept)


def _clean(value: str) -> str:
    return value.replace("\x00", "")[:200]


def _date(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None


def _minor(value: str, currency: str) -> int | None:
    """Return an amount typed in major units (12, 12.50 or 12,50) in minor ones; None when it is none."""
    try:
        amount = Decimal(value.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return int(amount.scaleb(exponent(currency))) if amount.is_finite() and 0 <= amount < 10**9 else None


class Chip(msgspec.Struct, frozen=True):
    """A chosen filter with the address that takes it away."""

    label: str
    href: str


def arrival_days(day: dt.date) -> tuple[dt.date, ...]:
    """Return the days a buyer may narrow to: the next two Fridays and, in its season, Christmas Eve; else a month."""
    first = friday(day)
    second = first + dt.timedelta(days=7)
    eve = dt.date(day.year, 12, 24)
    return (first, second, eve if second < eve <= day + dt.timedelta(days=60) else first + dt.timedelta(days=28))


def _groups(listing: Listing, shop: Shop) -> list[tuple[str, str, str, list[Facet]]]:
    """Return the facets to show as (title, field name, prefix of the value, values), in the order of LOOK."""
    by_kind: dict[str, list[Facet]] = {}
    for facet in listing.facets:
        by_kind.setdefault(facet.kind, []).append(facet)
    groups = []
    for kind, title, field in (("arrives", _("Arrives by"), "arrives"), ("from", _("Ships from"), "from")):
        values = [f for f in by_kind.pop(kind, []) if f.count or f.chosen]
        if values:
            groups.append((title, field, "", sorted(values, key=lambda f: f.value if kind == "arrives" else -f.count)))
    groups.append((_("Price"), "price", "", []))
    brands = [f for f in by_kind.pop("brand", []) if f.count or f.chosen]
    if len(brands) > 1:
        groups.append((_("Brand"), "brand", "", brands))
    for name, values in by_kind.items():
        if len(values) > 1 or any(f.chosen for f in values):
            groups.append((name, "a", f"{name}:", values[:_MOST_VALUES]))
    return groups[:9]


def _chips(asked: Asked, shop: Shop) -> list[Chip]:
    filters, currency, chips = asked.filters, shop.market.currency, []
    if filters.arrives_by:
        label = _("By %(day)s") % {"day": formats.day(filters.arrives_by, shop.cldr)}
        chips.append(Chip(label, asked.without("arrives")))
    for value in filters.ships_from:
        chips.append(Chip(formats.country_name(value, shop.cldr), asked.without("from", value)))
    if filters.price_from is not None:
        amount = formats.money(filters.price_from, currency, shop.cldr)
        chips.append(Chip(_("From %(amount)s") % {"amount": amount}, asked.without("price_from")))
    if filters.price_to is not None:
        amount = formats.money(filters.price_to, currency, shop.cldr)
        chips.append(Chip(_("Up to %(amount)s") % {"amount": amount}, asked.without("price_to")))
    chips += [Chip(value, asked.without("brand", value)) for value in filters.brands]
    chips += [Chip(value, asked.without("a", f"{name}:{value}")) for name, value in filters.attributes]
    return chips


def _context(shop: Shop, asked: Asked, listing: Listing) -> Mapping[str, Any]:
    return {
        "listing": listing,
        "groups": _groups(listing, shop),
        "chips": _chips(asked, shop),
        "asked": asked,
        "typed": dict(asked.pairs),
        "asday": dt.date.fromisoformat,
        "grid": grid,
        "more": urlencode([*asked.pairs, ("page", listing.page + 1)]) if listing.page < listing.pages else "",
        "less": urlencode([*asked.pairs, ("page", listing.page - 1)]) if listing.page > 1 else "",
        "seen": min(listing.total, listing.page * 24),
    }


@require_GET
@page
def shelf_page(request: HttpRequest, shop: Shop, slug: str) -> HttpResponse:
    """Show a shelf and everything below it."""
    path = shop.paths.get(slug)
    if path is None:
        raise UnknownShelf(kind="shelf", key=slug[:60])
    asked = read(request.GET, shop.market.currency, "arrives")
    listing = offers.listing(
        market=shop.market.code, language=shop.language, category=path, filters=asked.filters, sort=asked.sort,
        page=asked.page, arrival_days=arrival_days(shop.now.date()),
    )  # fmt: skip
    known = {category.slug: category for category in shop.every_shelf}
    parents = [known[part] for part in path.split("/")[:-2] if part in known]
    below = [c for c in known.values() if c.parent == slug]
    root = f"{shop.origin}{shop.url}"
    way = [(_("Home"), root), *((c.name, f"{root}c/{c.slug}") for c in (*parents, known[slug]))]
    return draw(
        request, shop, "shop/shelf.html", shelf=known[slug], parents=parents, below=below,
        data={"@context": "https://schema.org", **crumbs(way)}, here=path.split("/")[0], query="", **_context(shop, asked, listing),
    )  # fmt: skip


@require_GET
@page
def search_page(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Show what a search finds in this market, in any language; when nothing, what was searched and where to look."""
    query = _clean(request.GET.get("q", "")).strip()
    asked = read(request.GET, shop.market.currency, "relevance")
    listing = offers.listing(
        market=shop.market.code, language=shop.language, text=query, filters=asked.filters, sort=asked.sort,
        page=asked.page, arrival_days=arrival_days(shop.now.date()),
    )  # fmt: skip
    return draw(
        request,
        shop,
        "shop/shelf.html",
        shelf=None,
        parents=[],
        below=[],
        here="",
        query=query,
        **_context(shop, asked, listing),
    )
