"""Which market: proposed at the bare address, chosen by hand everywhere, kept in the address and a cookie. Never forced."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from entrepot.domains.markets import queries as markets
from entrepot.interfaces.storefront.place import (
    PLACE_COOKIE,
    YEAR_S,
    NoSuchPlace,
    Shop,
    all_locales,
    draw,
    locale_of,
    page,
    url_language,
    wished_market,
)
from entrepot.interfaces.web import formats


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Send a visitor of the bare address to the market he chose, else to the one his browser names, else to the first."""
    chosen = request.COOKIES.get(PLACE_COOKIE, "")
    if chosen in {locale for locale, _tag in all_locales()}:
        return HttpResponseRedirect(f"/{chosen}/")
    wished = wished_market(request)
    if wished is None:
        first = next((info for info in markets.markets() if info.open), None)
        if first is None:
            raise NoSuchPlace(kind="market", key="/")
        wished = (first, "en")
    response = HttpResponseRedirect(f"/{locale_of(*wished)}/")
    response["Vary"] = "Cookie, Accept-Language"
    return response


@require_GET
def with_slash(request: HttpRequest, locale: str) -> HttpResponse:
    """Send `/de-de` to `/de-de/`."""
    return HttpResponsePermanentRedirect(f"/{locale.lower()}/")


class Choice(msgspec.Struct, frozen=True):
    """A market with the addresses of its languages."""

    country: str
    own_name: str
    currency: str
    languages: tuple[tuple[str, str, str], ...]
    here: bool
    open: bool


def _local(request: HttpRequest) -> str:
    """Return the path after the locale that a visitor came from, by the address or else by the browser; only of this site."""
    path = request.GET.get("next", "")[:300]
    came = urlsplit(request.headers.get("Referer", ""))
    if not path and came.netloc == request.get_host():
        path = "/".join(came.path.split("/")[2:])[:300] + (f"?{came.query}" if came.query else "")
        path = "" if path.startswith(("market", "order/")) else path
    return path if url_has_allowed_host_and_scheme(f"/x/{path}", allowed_hosts=None) else ""


@require_GET
@page
def choose(request: HttpRequest, shop: Shop) -> HttpResponse:
    """List the markets with their own names, languages and currency; the page one came from is kept."""
    path = _local(request)
    choices = []
    for info in markets.markets():
        languages = tuple(
            (f"/{locale_of(info, url_language(tag))}/{path}", formats.language_name(tag), tag) for tag in info.locales
        )
        own = formats.country_name(info.country, formats.cldr(url_language(info.locales[0]), info.country))
        here = info.code == shop.market.code
        name = formats.country_name(info.country, shop.cldr)
        choices.append(Choice(name, own, info.currency, languages, here, info.open))
    return draw(request, shop, "shop/market.html", choices=choices)


@require_GET
@page
def stay(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Keep this market and stop proposing another."""
    response = HttpResponseRedirect(f"{shop.url}{_local(request)}")
    response.set_cookie(
        PLACE_COOKIE, shop.locale, max_age=YEAR_S, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response
