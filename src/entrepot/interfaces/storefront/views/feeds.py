"""For machines: what may be crawled, where the pages are, and the empty view that benches compare with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from entrepot.domains.catalogue import queries as catalogue
from entrepot.interfaces.storefront.place import all_locales

_ROBOTS = """User-agent: *
Disallow: /console/
Disallow: /*/cart
Disallow: /*/checkout
Disallow: /*/order
Disallow: /*/search
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
    """List home and shelves of every market and language; products are found from there."""
    origin = f"{request.scheme}://{request.get_host()}"
    slugs = [category.slug for category in catalogue.categories()]
    pages = ["", *(f"c/{slug}" for slug in slugs)]
    locs = "".join(
        f"<url><loc>{origin}/{locale}/{path}</loc></url>" for locale, _tag in all_locales() for path in pages
    )
    xml = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locs}</urlset>'
    return HttpResponse(xml, content_type="application/xml")
