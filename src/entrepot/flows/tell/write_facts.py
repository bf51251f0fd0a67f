"""Write the facts of an order as a mail needs them: amounts, days and names in the buyer's language. Pure."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_interval, format_skeleton, format_time
from babel.numbers import format_currency
from django.utils import translation
from django.utils.translation import gettext as _

from entrepot.domains.orders.types import OrderView
from entrepot.domains.parties.engine.address import postal_lines
from entrepot.kernel.errors import N_
from entrepot.kernel.money import exponent
from entrepot.kernel.quote import Promise, QuotedConsignment

PARTS = {
    "goods": N_("Goods"),
    "freight": N_("Delivery"),
    "duty": N_("Duty"),
    "fee": N_("Customs fees"),
    "tax": N_("Tax"),
}


NAMED = ("city", "carrier")  # towns and services, which have words of their own in each language
# Languages whose messages stand under a longer tag than an address names them by.
_TAGS = {"zh": "zh-Hans", "pt": "pt-BR"}


def language_of(locale: str) -> str:
    """Return the language tag of an order's locale: `de-de` → de, `zh-hans-sg` → zh-Hans, `ar` → ar."""
    head = locale.replace("_", "-").split("-")
    return _TAGS.get(head[0].lower(), head[0].lower())


@functools.lru_cache(maxsize=64)
def cldr(language: str, country: str) -> Locale:
    """Return the CLDR locale of a language in a country; the language alone when CLDR knows no such pair."""
    base = language.replace("-", "_")
    for name in (f"{base}_{country}", "en_GB" if base == "en" else base):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


@functools.lru_cache(maxsize=16_384)
def money(minor: int, currency: str, locale: Locale) -> str:
    """Return an amount of minor units as CLDR writes it, with Latin digits."""
    value = Decimal(minor).scaleb(-exponent(currency))
    return format_currency(value, currency, locale=locale, numbering_system="latn")


@functools.lru_cache(maxsize=4_096)
def days(promise: Promise, locale: Locale) -> str:
    """Return the first and last day of arrival with their weekdays."""
    if promise.first == promise.last:
        return format_skeleton("MMMEd", promise.first, locale=locale)
    return format_interval(promise.first, promise.last, "MMMEd", locale=locale)


def moment(value: dt.date, locale: Locale) -> str:
    """Return a day with its weekday, and the time of day of a datetime in its own zone."""
    written = format_skeleton("MMMEd", value, locale=locale)
    if isinstance(value, dt.datetime):
        written = f"{written}, {format_time(value.timetz(), 'short', locale=locale)}"
    return written


def facts(
    order: OrderView, *, shop: str, link: str, consignments: Iterable[QuotedConsignment] | None = None, **more: Any
) -> dict[str, Any]:
    """Return what `messages.engine.mail.render` takes, in the order's language.

    Args:
        consignments: those the mail speaks of, by default all of the order.
        more: further places and flags; an int named `…_minor` becomes a text under its name without the ending.
    """
    locale = cldr(language_of(order.locale), order.address.country_code)
    chosen = list(order.quote.consignments if consignments is None else consignments)
    with translation.override(language_of(order.locale).lower()):
        written = {
            "number": order.number,
            "name": order.buyer_name or order.address.name,
            "total": money(order.placed_total_minor, order.currency, locale),
            "shop": shop,
            "link": link,
            "parcels": [_parcel(order, c, locale) for c in chosen],
            "cascade": _cascade(order, locale),
            "address": _address(order, locale),
            "ddp": all(c.incoterm == "DDP" for c in chosen),
            "not_ddp": any(c.incoterm != "DDP" for c in chosen),
        }
    for name, value in more.items():
        if name.endswith("_minor"):
            written[name.removesuffix("_minor")] = money(value, order.currency, locale) if value else ""
        elif isinstance(value, dt.datetime | dt.date):
            written[name] = moment(value, locale)
        elif name in NAMED:
            with translation.override(language_of(order.locale).lower()):
                written[name] = _(value) if value else ""
        else:
            written[name] = value
    return written


def _parcel(order: OrderView, consignment: QuotedConsignment, locale: Locale) -> dict[str, Any]:
    position = order.quote.consignments.index(consignment) + 1
    title = _("Parcel %(number)s from %(city)s") % {"number": position, "city": _(consignment.warehouse_city)}
    return {
        "title": title,
        "arrives": _("Arrives %(days)s") % {"days": days(consignment.promise, locale)},
        "lines": [
            {
                "title": f"{line.title}, {line.option}" if line.option else line.title,
                "quantity": line.quantity,
                "amount": money(line.gross_minor, order.currency, locale),
            }
            for line in consignment.lines
        ],
    }


def _cascade(order: OrderView, locale: Locale) -> list[dict[str, Any]]:
    rows = []
    for kind, words in PARTS.items():
        minor = getattr(order.quote, f"{kind}_minor")
        note = "" if minor else _("none")
        if minor or kind in ("duty", "tax"):
            rows.append({"name": _(words), "note": note, "amount": money(minor, order.currency, locale), "sum": False})
    total = money(order.quote.total_minor, order.currency, locale)
    rows.append({"name": _("Total"), "note": "", "amount": total, "sum": True})
    return rows


def _address(order: OrderView, locale: Locale) -> list[str]:
    a = order.address
    country = locale.territories.get(a.country_code, a.country_code)
    return [part for part in (a.name, *postal_lines(a), country) if part]
