"""Which market: proposed at the bare address, chosen by hand everywhere, kept in the address and a cookie. Never forced."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from entrepot.domains.markets import queries as markets
from entrepot.interfaces.storefront.place import (
    PLACE_COOKIE,
    NoSuchPlace,
    Shop,
    all_locales,
    draw,
    hreflang,
    keep,
    locale_of,
    page,
    url_language,
    wished_market,
)
from entrepot.interfaces.web import formats
from entrepot.kernel.errors import N_


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
    own_tag: str
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
        path = "" if path.startswith(("market", "stay", "order/", "checkout/", "cart/")) else path
    return path if url_has_allowed_host_and_scheme(f"/x/{path}", allowed_hosts=None) else ""


_REGIONS = {
    "europe": N_("Europe"),
    "americas": N_("Americas"),
    "asia_pacific": N_("Asia and the Pacific"),
    "middle_east_africa": N_("Middle East and Africa"),
    "": N_("Elsewhere"),
}


@require_GET
@page
def choose(request: HttpRequest, shop: Shop) -> HttpResponse:
    """List the markets by part of the world, with their own names, languages and currency; the page one came from is kept."""
    kept = "?" + urlencode({"next": path}) if (path := _local(request)) else ""
    regions: dict[str, list[Choice]] = {key: [] for key in _REGIONS}
    for info in markets.markets():
        languages = tuple(
            (
                f"/{locale_of(info, url_language(tag))}/stay{kept}",
                formats.language_name(tag),
                hreflang(tag, info.country),
            )
            for tag in info.locales
        )
        own = formats.country_name(info.country, formats.cldr(url_language(info.locales[0]), info.country))
        here = info.code == shop.market.code
        name = formats.country_name(info.country, shop.cldr)
        own_tag = hreflang(info.locales[0], info.country)
        region = markets.region_of(country=info.country)
        regions[region].append(Choice(name, own, own_tag, info.currency, languages, here, info.open))
    groups = [
        (_(title), sorted(regions[key], key=lambda choice: choice.country))
        for key, title in _REGIONS.items()
        if regions[key]
    ]
    return draw(request, shop, "shop/market.html", groups=groups)


@require_GET
@page
def stay(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Keep this market as chosen by hand and go on to the page that was asked for."""
    return keep(HttpResponseRedirect(f"{shop.url}{_local(request)}"), shop)
