"""What every page of the console is drawn with: the rail, the language's formats, codes as words, what was kept to say."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_timedelta
from babel.numbers import format_decimal
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import translation
from django.utils.translation import gettext as _

from entrepot.domains.organisation import queries as organisation
from entrepot.infra import clock
from entrepot.infra.memo import Memo
from entrepot.interfaces.console import counts, words
from entrepot.interfaces.web import formats
from entrepot.kernel.errors import NotFound
from entrepot.kernel.money import exponent
from entrepot.kernel.quote import Promise

THEME_COOKIE = "console_theme"
_zone = Memo(ttl_s=60)


def locale() -> Locale:
    """Return the CLDR locale of the active language."""
    return formats.cldr(translation.get_language() or "en")


def content_language() -> str:
    """Return the language tag of the active language, for texts of the catalogue."""
    return "zh-Hans" if translation.get_language() == "zh-hans" else translation.get_language() or "en"


def zone() -> str:
    """Return the desk's time zone, the entity's; read once a minute."""

    def ask() -> str:
        try:
            return organisation.store().entity.time_zone
        except NotFound:
            return "UTC"

    return _zone.get("zone", ask)


def amount(minor: int | None, currency: str) -> str:
    """Write an amount of minor units without its currency, for columns whose head or foot names it."""
    if minor is None:
        return "–"
    places = exponent(currency)
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return format_decimal(Decimal(minor).scaleb(-places), format=pattern, locale=locale())


def ago(value: dt.datetime) -> str:
    """Write how long ago a moment was, or in how long it will be."""
    return format_timedelta(value - clock.now(), add_direction=True, locale=locale())


def span(value: dt.datetime) -> str:
    """Write how long it is until or since a moment, without direction."""
    return format_timedelta(abs(value - clock.now()), locale=locale())


def arrival(promise: Promise) -> str:
    """Write the days of a promise."""
    return formats.days(promise.first, promise.last, locale())


def hs(code: str) -> str:
    """Write an HS code in groups: 6912 00 23."""
    return " ".join(part for part in (code[:4], code[4:6], code[6:8], code[8:]) if part)


def place(scope: str, places: list[tuple[str, str]]) -> str:
    """Write where a role holds; a place that is no more stays readable."""
    return dict(places).get(scope, scope)


# Chinese has marks of its own, without a space after them.
_PUNCTUATION = {
    "en": {"comma": ", ", "stop": ". ", "colon": ": "},
    "zh": {"comma": "，", "stop": "。", "colon": "："},
}

TOOLS: dict[str, Any] = {
    "amount": amount,
    "fx": lambda rate: formats.rate(rate, locale()),
    "exponent": exponent,
    "ago": ago,
    "span": span,
    "hs": hs,
    "arrival": arrival,
    "word": words.word,
    "tone": words.tone,
    "story": words.story,
    "deed": words.deed,
    "place": place,
}


def factor_notes(desk: Any) -> dict[str, bool]:
    """Say whether the person's role asks for a second factor that is missing, and whether pages stay shut without it."""
    missing = bool(desk) and desk.staff.second_factor_required and not desk.staff.has_second_factor
    return {"factor_missing": missing, "factor_required": missing and settings.ENTREPOT_SECOND_FACTOR == "required"}


# Pages that narrow what they show to the places a role is held for; all others need it everywhere.
SCOPED = frozenset({"/console/", "/console/shipments", "/console/stock"})


def rail(may: Any, count: dict[str, int]) -> list[list[tuple[str, str, str, int, bool]]]:
    """Return the groups of the rail that a person may open, by `may(permission, href)`: (href, label, icon, count, hot)."""
    get = count.get
    groups = [
        [
            ("console.see_home", "/console/", _("Home"), "home", 0, False),
            ("console.see_orders", "/console/orders", _("Orders"), "list", get("orders", 0), False),
            ("console.see_orders", "/console/shipments", _("Pick, pack, ship"), "truck", get("work", 0), True),
            ("console.see_dead_letters", "/console/letters", _("What is stuck"), "alert", get("stuck", 0), True),
        ],
        [
            ("console.see_products", "/console/products", _("Products"), "tag", 0, False),
            ("console.see_products", "/console/imports", _("Bring products in"), "next", 0, False),
            ("console.see_products", "/console/prices", _("Prices"), "coin", 0, False),
            ("console.see_products", "/console/completeness", _("Completeness"), "check", 0, False),
            ("console.see_products", "/console/customs", _("Customs data"), "book", 0, False),
            ("console.see_products", "/console/codes", _("HS codes"), "search", 0, False),
            ("console.see_stock", "/console/stock", _("Stock"), "box", 0, False),
            ("console.see_markets", "/console/markets", _("Markets"), "pin", 0, False),
            ("console.see_markets", "/console/settings", _("Settings"), "scale", 0, False),
        ],
        [
            ("console.see_quotes", "/console/quotes", _("Quotes"), "seal", 0, False),
            ("console.see_law", "/console/law", _("Law data"), "scale", 0, False),
            ("console.see_ledger", "/console/ledger", _("Ledger"), "coin", 0, False),
            ("console.see_ledger", "/console/invoices", _("Invoices"), "print", 0, False),
            ("console.see_ledger", "/console/refunds", _("Refunds"), "return", 0, False),
            ("finance.see_returns", "/console/returns", _("Tax returns"), "scale", 0, False),
            ("finance.see_bills", "/console/bills", _("Carrier bills"), "truck", 0, False),
            ("console.see_law", "/console/thresholds", _("Tax thresholds"), "alert", 0, False),
            ("console.see_law", "/console/replay", _("Replay"), "clock", 0, False),
        ],
        [
            ("console.see_mails", "/console/mails", _("Mails"), "chat", 0, False),
            ("console.see_provider_messages", "/console/provider-messages", _("Provider messages"), "return",
             0, False),
            ("console.see_audit", "/console/audit", _("Audit log"), "clock", 0, False),
            ("console.see_privacy", "/console/privacy", _("Personal data"), "shield", 0, False),
            ("console.see_staff", "/console/staff", _("Staff and roles"), "users", 0, False),
            ("console.see_api_keys", "/console/api-keys", _("API keys"), "seal", 0, False),
            ("console.see_webhooks", "/console/webhooks", _("Webhooks"), "chat", 0, False),
        ],
    ]  # fmt: skip
    kept = [[entry[1:] for entry in group if may(entry[0], entry[1])] for group in groups]
    return [group for group in kept if group]


def draw(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Draw a page of the console in its shell, with what was kept to say."""
    desk = getattr(request, "desk", None)
    said = request.session.pop("said") if "said" in request.session else []
    language = translation.get_language() or "en"
    count = counts.rail() if desk else {}
    frame = {
        **TOOLS,
        "cldr": locale(),
        "zone": zone(),
        **_PUNCTUATION["zh" if language == "zh-hans" else "en"],
        "lang": "zh-CN" if language == "zh-hans" else "en",
        "dir": "ltr",
        "language": language,
        "theme": _theme(request, desk),
        "desk": desk,
        "person": desk.staff.name if desk else "",
        "may": desk.may if desk else lambda permission: False,
        "rail": rail(lambda p, href: desk.may(p) if href in SCOPED else desk.actor.may(p), count) if desk else [],
        "counts": count,
        "said": said,
        "here": _section(request.path),
        "full": request.get_full_path(),
        "demo_date": clock.demo_date(),
        "now": clock.now(),
        "asked": request.GET,
        **factor_notes(desk),
    }
    return HttpResponse(loader.render_to_string(template, {**frame, **context}, request=request), status=status)


def _theme(request: HttpRequest, desk: Any) -> str:
    """Return light, dark or "" (as the device has it): the person's, at the log-in this browser's."""
    wished = desk.staff.theme if desk else request.COOKIES.get(THEME_COOKIE, "")
    return wished if wished in ("light", "dark") else ""


def _section(path: str) -> str:
    parts = path.strip("/").split("/")
    return "/console/" + parts[1] if len(parts) > 1 else "/console/"
