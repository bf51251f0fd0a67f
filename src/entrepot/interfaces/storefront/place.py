"""Where a buyer stands: market, language, and what every page of the shop shows of both.

The locale stands in the address (`/de-de/`), so that a page is the same for everybody and can be kept. Nothing here reads a
session or a user; the number in the basket comes from a cookie that is only shown, never trusted.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec
from babel import Locale
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template import engines
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from markupsafe import Markup, escape

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue.types import CategoryInfo
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets.errors import ClosedMarket
from entrepot.domains.markets.types import MarketInfo
from entrepot.domains.offers import queries as offers
from entrepot.domains.offers.engine import shelf
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.payments import queries as payments
from entrepot.infra import clock
from entrepot.infra.memo import Memo
from entrepot.interfaces.storefront import taxwords
from entrepot.interfaces.storefront.taxwords import TaxWords
from entrepot.interfaces.web import caller, cascade, formats
from entrepot.kernel.errors import N_, EntrepotError, NotFound

PLACE_COOKIE = "ep_place"
COUNT_COOKIE = "ep_count"
_MESSAGES = {"zh": "zh-hans", "pt": "pt-br"}
YEAR_S = 365 * 24 * 3600
_kept = Memo(ttl_s=15)
_tax_sentences = Memo(ttl_s=3600)


class NoSuchPlace(NotFound):
    """The shop has no such market or language. Params: kind, key."""

    code = "NO_SUCH_PLACE"
    sentence = N_("The shop has no pages for “%(key)s”. Choose a country on the start page.")


class Proposal(msgspec.Struct, frozen=True):
    """Another market the buyer may belong to; only proposed, never forced."""

    country: str
    url: str


class Shop(msgspec.Struct):
    """A market in a language, with what the frame of every page shows."""

    market: MarketInfo
    language: str
    locale: str
    cldr: Locale
    path: str
    shelves: tuple[CategoryInfo, ...]
    every_shelf: tuple[CategoryInfo, ...]
    paths: dict[str, str]
    seller: str
    pay_badges: tuple[str, ...]
    demo_date: dt.date | None
    fx_note: str
    now: dt.datetime
    count: int = 0
    origin: str = ""
    proposal: Proposal | None = None

    @property
    def url(self) -> str:
        """The beginning of every address of this shop: `/de-de/`."""
        return f"/{self.locale}/"

    @property
    def tag(self) -> str:
        """The page's language as a tag: de-DE, zh-Hans-SG."""
        script = "-Hans" if self.language == "zh" else ""
        return f"{self.language}{script}-{self.market.country}"

    @property
    def country(self) -> str:
        """The name of the market's country in the page's language."""
        return formats.country_name(self.market.country, self.cldr)

    @property
    def language_name(self) -> str:
        """The name of the language in itself."""
        return formats.language_name(self.language)

    @property
    def currency_label(self) -> str:
        """The currency as a buyer knows it: € EUR."""
        sign = formats.sign(self.market.currency, self.cldr)
        return self.market.currency if sign == self.market.currency else f"{sign} {self.market.currency}"

    @property
    def today(self) -> dt.date:
        """The day it is, in UTC."""
        return self.now.date()

    @property
    def alternates(self) -> Markup:
        """The same page in every other language and market, as links for search engines."""
        path = quote(self.path, safe="/?=&%")
        pages = [(f"{self.origin}/{locale}/{path}", tag) for locale, tag in all_locales()]
        if not self.path:
            pages.append((f"{self.origin}/", "x-default"))
        links = "".join(f'\n<link rel="alternate" hreflang="{tag}" href="{escape(href)}">' for href, tag in pages)
        return Markup(links)  # noqa: S704 escaped above

    def kept(self, template: str) -> Markup:
        """Draw a part that is the same on every page of this locale, once every few seconds."""
        return _kept.get((template, self.locale), lambda: Markup(_template(template).render(**self.frame())))  # noqa: S704

    def frame(self) -> dict[str, Any]:
        """What every template is given."""
        return {
            "shop": self,
            "lang": self.tag,
            "dir": "rtl" if self.language in formats.RTL else "ltr",
            "cldr": self.cldr,
            "zone": self.market.time_zone,
            "zone_named": True,
        }

    @property
    def tax(self) -> TaxWords:
        """What prices here say about tax."""
        key = (markets.tax_words(country=self.market.country), translation.get_language())
        return _tax_sentences.get(key, lambda: taxwords.words(key[0]))

    @property
    def incl(self) -> bool:
        """Whether prices here have tax inside."""
        return self.market.tax_display == "incl"


def url_language(tag: str) -> str:
    """Return the two letters a language has in an address: zh-Hans → zh."""
    return tag.split("-")[0].lower()


def django_language(language: str) -> str:
    """Return the code under which the messages of a language are found: zh → zh-hans, pt → pt-br."""
    return _MESSAGES.get(language, language)


def locale_of(market: MarketInfo, language: str = "") -> str:
    """Return the locale of a market in a language, or in its own first one."""
    spoken = [url_language(tag) for tag in market.locales]
    chosen = language if language in spoken else spoken[0]
    return f"{chosen}-{market.country.lower()}"


def hreflang(tag: str, country: str) -> str:
    """Return a language tag with its country, once: de, DE → de-DE; pt-BR, BR → pt-BR; zh-Hans, SG → zh-Hans-SG."""
    return tag if tag.endswith(f"-{country}") else f"{tag}-{country}"


def all_locales() -> tuple[tuple[str, str], ...]:
    """Return (locale, hreflang) of every language of every open market."""
    return _kept.get(
        "locales",
        lambda: tuple(
            (locale_of(info, url_language(tag)), hreflang(tag, info.country))
            for info in markets.markets()
            if info.open
            for tag in info.locales
        ),
    )


def find(locale: str) -> tuple[MarketInfo, str]:
    """Return market and language of a locale as it stands in an address; raise NoSuchPlace or ClosedMarket."""
    language, _dash, country = locale.lower().partition("-")
    for info in markets.markets():
        if info.country.lower() == country and language in [url_language(tag) for tag in info.locales]:
            if not info.open:
                raise ClosedMarket(market=formats.country_name(info.country, formats.cldr(language)))
            return info, language
    raise NoSuchPlace(kind="market", key=locale[:12])


def shop_of(request: HttpRequest, locale: str) -> Shop:
    """Return the shop of an address; the database is asked at most every few seconds for what all pages share."""
    market, language = find(locale)
    now = clock.now()
    cldr = formats.cldr(language, market.country)
    shelves, every_shelf, paths = _kept.get(("shelves", language, market.code), lambda: _shelves(market, language))
    count = request.COOKIES.get(COUNT_COOKIE, "0")
    path = request.get_full_path().partition("/")[2].partition("/")[2] if request.method == "GET" else ""
    return Shop(
        market=market,
        language=language,
        locale=f"{language}-{market.country.lower()}",
        cldr=cldr,
        path=path,
        shelves=shelves,
        every_shelf=every_shelf,
        paths=paths,
        seller=_kept.get("seller", _seller),
        pay_badges=_kept.get(("pay", market.code), lambda: _badges(market)),
        demo_date=clock.demo_date(),
        fx_note=_kept.get(("fx", market.code, language, now.date()), lambda: _fx_note(market, cldr, now)),
        now=now,
        count=int(count) if count.isascii() and count.isdigit() and len(count) < 5 else 0,
        origin=f"{request.scheme}://{request.get_host()}",
        proposal=_proposal(request, market),
    )


def _shelves(
    market: MarketInfo, language: str
) -> tuple[tuple[CategoryInfo, ...], tuple[CategoryInfo, ...], dict[str, str]]:
    known = catalogue.categories(language=language)
    filled = offers.shelf_counts(market=market.code)
    paths = shelf.paths({category.slug: category.parent for category in known})
    tops = tuple(category for category in known if not category.parent and category.slug in filled)
    return tops, known, paths


def _seller() -> str:
    try:
        return organisation.store().entity.name
    except NotFound:
        return ""


def _badges(market: MarketInfo) -> tuple[str, ...]:
    return tuple(
        view.name for view in payments.methods(market=market.code, currency=market.currency, amount_minor=10_000)
    )


def _fx_note(market: MarketInfo, cldr: Locale, now: dt.datetime) -> str:
    """Say which rate of which day from whom turns the shop's prices into this market's currency."""
    try:
        base = organisation.store().base_currency
        if base == market.currency:
            return ""
        fx = markets.fx_quote(source_currency=base, target=market.currency, on=now.date())
    except EntrepotError:
        return ""
    return cascade.rate_words(fx, cldr)


def _proposal(request: HttpRequest, market: MarketInfo) -> Proposal | None:
    """Propose the market the browser names, once, and only to somebody who has not chosen."""
    if request.method != "GET" or PLACE_COOKIE in request.COOKIES:
        return None
    wished = wished_market(request)
    if wished is None or wished[0].code == market.code:
        return None
    info, language = wished
    name = formats.country_name(info.country, formats.cldr(url_language(translation.get_language() or "en")))
    return Proposal(name, f"/{locale_of(info, language)}/")


def wished_market(request: HttpRequest) -> tuple[MarketInfo, str] | None:
    """Return the open market a visitor seems to belong to, and his language; None when nothing says it.

    The country his address is in comes first, then the one his browser's languages name (de-DE, ar-SA), then the first
    market that speaks one of them.
    """
    open_markets = {info.country.lower(): info for info in markets.markets() if info.open}
    wishes = [tag for tag, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())]
    here = open_markets.get(caller.country(request).lower())
    if here is not None:
        spoken = {url_language(tag) for tag in here.locales}
        return here, next((wish for tag in wishes if (wish := url_language(tag)) in spoken), "")
    for tag in wishes:
        language, _dash, country = tag.partition("-")
        if country in open_markets:
            return open_markets[country], language
    for tag in wishes:
        language = tag.partition("-")[0]
        for info in open_markets.values():
            if url_language(info.locales[0]) == language:
                return info, language
    return None


def keep(response: HttpResponse, shop: Shop) -> HttpResponse:
    """Remember this market and language in the visitor's cookie: from now on it wins over what his network says."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(PLACE_COOKIE, shop.locale, max_age=YEAR_S, samesite="Lax", secure=secure)
    return response


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn `view(request, shop, …)` into a view of an address with a locale; the page's language is active while it runs."""

    @functools.wraps(view)
    def call(request: HttpRequest, locale: str, **kwargs: Any) -> HttpResponse:
        if locale != locale.lower():
            return HttpResponsePermanentRedirect(request.get_full_path().replace(locale, locale.lower(), 1))
        language = django_language(locale[:2].lower())
        request.language = language  # type: ignore[attr-defined]
        with translation.override(language):
            shop = shop_of(request, locale)
            response = view(request, shop, **kwargs)
        if request.COOKIES.get(PLACE_COOKIE) != shop.locale and shop.proposal is None:
            keep(response, shop)
        response.headers.setdefault("Content-Language", shop.language)
        return response

    return call


def draw(request: HttpRequest, shop: Shop, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """Return a page of the shop drawn from a template."""
    return HttpResponse(_template(template).render(request=request, **shop.frame(), **context), status=status)


def _template(name: str) -> Any:
    return engines["jinja2"].env.get_template(name)
