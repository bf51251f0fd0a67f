"""For machines: what may be crawled, where the pages are, and the empty view that benches compare with."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from entrepot.domains.offers import queries as offers
from entrepot.interfaces.storefront.place import Shop, all_locales, page

_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"

_ROBOTS = """User-agent: *
Disallow: /console/
Disallow: /*/cart
Disallow: /*/checkout
Disallow: /*/order
Disallow: /*/search
Disallow: /*/account
Disallow: /*/stay
Disallow: /*/market
Sitemap: {origin}/sitemap.xml
"""


@require_GET
def hello(request: HttpRequest) -> HttpResponse:
    """Answer with nothing behind the same middleware: what a page costs beyond this is ours."""
    return HttpResponse("hello", content_type="text/plain")


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """Say which pages are nobody's but the buyer's."""
    origin = f"{request.scheme}://{request.get_host()}"
    return HttpResponse(_ROBOTS.format(origin=origin), content_type="text/plain")


@require_GET
def sitemap(request: HttpRequest) -> HttpResponse:
    """Name the list of pages of every locale."""
    origin = f"{request.scheme}://{request.get_host()}"
    found = "".join(f"<sitemap><loc>{origin}/{locale}/sitemap.xml</loc></sitemap>" for locale, _tag in all_locales())
    return _xml(f'<sitemapindex xmlns="{_SITEMAPS}">{found}</sitemapindex>')


@require_GET
@page
def locale_sitemap(request: HttpRequest, shop: Shop) -> HttpResponse:
    """List home, shelves and products of a locale; home and shelves with the same page in every other one.

    A product's page names its own other languages; here they would make the list ten times as long.
    """
    root = f"{shop.origin}{shop.url}"
    shelves = ["", *(f"c/{category.slug}" for category in shop.every_shelf)]
    pages = [f"<url><loc>{root}{path}</loc>{_alternates(shop.origin, path)}</url>" for path in shelves]
    products = (quote(handle) for handle in offers.handles(market=shop.market.code))
    pages += [f"<url><loc>{root}p/{handle}</loc></url>" for handle in products]
    return _xml(f'<urlset xmlns="{_SITEMAPS}" xmlns:xhtml="http://www.w3.org/1999/xhtml">{"".join(pages)}</urlset>')


def _alternates(origin: str, path: str) -> str:
    return "".join(
        f'<xhtml:link rel="alternate" hreflang="{tag}" href="{origin}/{locale}/{path}"/>'
        for locale, tag in all_locales()
    )


def _xml(body: str) -> HttpResponse:
    return HttpResponse(f'<?xml version="1.0" encoding="UTF-8"?>{body}', content_type="application/xml")
