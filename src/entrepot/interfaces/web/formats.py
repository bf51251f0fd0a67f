"""How figures, days and amounts are written: always CLDR (Babel), by language and market, never by hand.

All functions are pure and remembered: a listing writes the same prices and days thousands of times.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from decimal import Context, Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_datetime, format_interval, format_skeleton, format_time, get_timezone_name
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from babel.units import format_unit
from markupsafe import Markup

from entrepot.kernel.money import exponent

RTL = frozenset({"ar", "fa", "he", "ur"})
_DIGITS = "latn"  # Latin digits everywhere: prices and parcel numbers must match what labels and banks print


@functools.lru_cache(maxsize=256)
def cldr(language: str, country: str = "") -> Locale:
    """Return the CLDR locale of a language in a country; one that CLDR does not know falls back to the language.

    English outside the countries CLDR knows is written the international way (2 Dec, not Dec 2).
    """
    base = {"zh": "zh_Hans", "zh-hans": "zh_Hans", "zh-Hans": "zh_Hans"}.get(language, language.replace("-", "_"))
    tries = [f"{base}_{country.upper()}"] if country else []
    if base == "en":
        tries.append("en_GB")
    for name in (*tries, base):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


@functools.lru_cache(maxsize=65_536)
def money(minor: int, currency: str, locale: Locale, code: bool = False) -> str:
    """Return an amount of minor units as CLDR writes it, e.g. 1.299,90 €; `code` writes EUR instead of the sign."""
    shape = _shape(currency, locale, code, minor < 0)
    places = shape.places
    digits = str(abs(minor)).rjust(places + 1, "0")
    whole, cents = (digits[:-places], shape.decimal + digits[-places:]) if places else (digits, "")
    groups, size = [], shape.last_group
    while len(whole) > size:
        groups.append(whole[-size:])
        whole, size = whole[:-size], shape.group_size
    groups.append(whole)
    return f"{shape.before}{shape.group.join(reversed(groups))}{cents}{shape.after}"


class _Shape(NamedTuple):
    """How amounts of a currency are written in a language: what stands before and after, and between the digits."""

    before: str
    after: str
    group: str
    last_group: int
    group_size: int
    decimal: str
    places: int


@functools.lru_cache(maxsize=4_096)
def _shape(currency: str, locale: Locale, code: bool, negative: bool) -> _Shape:
    """Learn the shape from one amount that Babel writes: a page of prices would else cost it half its time."""
    places = exponent(currency)
    whole = -123456789 if negative else 123456789
    written = format_currency(
        Decimal(whole),
        currency,
        "#,##0.00\xa0¤¤" if code else None,
        locale=locale,
        numbering_system=_DIGITS,
        decimal_quantization=True,
        currency_digits=True,
    )
    first, last = written.index("1"), max(at for at, sign in enumerate(written) if sign.isdigit())
    figures = written[first : last + 1]
    decimal = figures[-places - 1] if places else ""
    groups = re.findall(r"[0-9]+", figures[: -places - 1] if places else figures)
    group = figures[len(groups[0])] if len(groups) > 1 else ""
    most = len(groups[-1])
    return _Shape(
        written[:first],
        written[last + 1 :],
        group,
        most if group else 99,
        len(groups[-2]) if len(groups) > 2 else most,
        decimal,
        places,
    )


def money_html(minor: int, currency: str, locale: Locale, code: bool = False) -> Markup:
    """Return `money` shut in <bdi>, so that it keeps its order inside a foreign run."""
    return Markup("<bdi>{}</bdi>").format(money(minor, currency, locale, code))


@functools.lru_cache(maxsize=512)
def sign(currency: str, locale: Locale) -> str:
    """Return the sign of a currency in a language."""
    return get_currency_symbol(currency, locale=locale)


@functools.lru_cache(maxsize=8192)
def day(date: dt.date, locale: Locale) -> str:
    """Return a day with its weekday and without a year: Wed, 2 Dec."""
    return format_skeleton("MMMEd", date, locale=locale)


@functools.lru_cache(maxsize=8192)
def days(first: dt.date, last: dt.date, locale: Locale) -> str:
    """Return the days of an arrival: Wed, 2 – Fri, 4 Dec; one day when both are the same."""
    if first == last:
        return day(first, locale)
    return format_interval(first, last, "MMMEd", locale=locale)


@functools.lru_cache(maxsize=4096)
def date_long(date: dt.date, locale: Locale) -> str:
    """Return a civil date in full: 25 November 2026."""
    return format_date(date, "long", locale=locale)


@functools.lru_cache(maxsize=4096)
def date_medium(date: dt.date, locale: Locale) -> str:
    """Return a civil date with its year, short: 25 Nov 2026."""
    return format_skeleton("yMMMd", date, locale=locale)


def clock_time(moment: dt.datetime, zone: str, locale: Locale, named: bool = False) -> str:
    """Return the time of day of a moment in a time zone: 14:32; `named` adds the zone where its country has several."""
    local = moment.astimezone(ZoneInfo(zone))
    return format_time(local, "short", locale=locale) + (_zone(local, zone, locale) if named else "")


def moment(at: dt.datetime, zone: str, locale: Locale, named: bool = False) -> str:
    """Return a moment in a time zone with weekday, day and time: Wed, 2 Dec, 14:32; `named` as in `clock_time`."""
    local = at.astimezone(ZoneInfo(zone))
    comma = "\u060c " if locale.language == "ar" else ", "
    return f"{day(local.date(), locale)}{comma}{clock_time(at, zone, locale, named)}"


@functools.lru_cache(maxsize=256)
def _several(zone: str, year: int) -> bool:
    """Say whether the clocks of a zone's country differ in winter or summer."""
    territories = get_global("zone_territories")
    country = territories.get(zone)
    zones = [
        ZoneInfo(name) for name, where in territories.items() if where == country and name in available_timezones()
    ]
    days = (dt.datetime(year, 1, 1, 12, tzinfo=dt.UTC), dt.datetime(year, 7, 1, 12, tzinfo=dt.UTC))
    return len({tuple(day.astimezone(other).utcoffset() for day in days) for other in zones}) > 1


def _zone(local: dt.datetime, zone: str, locale: Locale) -> str:
    return f" {get_timezone_name(local, width='short', locale=locale)}" if _several(zone, local.year) else ""


def moment_full(at: dt.datetime, zone: str, locale: Locale) -> str:
    """Return a moment with its year, for tables of staff."""
    return format_datetime(at.astimezone(ZoneInfo(zone)), "medium", locale=locale)


@functools.lru_cache(maxsize=8192)
def mass(grams: int, locale: Locale) -> str:
    """Return a mass in grams below a kilogram, else in kilograms."""
    if grams < 1000:
        return str(format_unit(grams, "mass-gram", "short", locale=locale, numbering_system=_DIGITS))
    kilos = (Decimal(grams) / 1000).quantize(Decimal("0.01")).normalize()
    return str(format_unit(kilos, "mass-kilogram", "short", locale=locale, numbering_system=_DIGITS))


@functools.lru_cache(maxsize=8192)
def size(millimetres: tuple[int, ...], locale: Locale) -> str:
    """Return lengths in millimetres as centimetres: 12,5 × 30 × 8 cm."""
    told = [format_decimal(Decimal(mm) / 10, locale=locale, numbering_system=_DIGITS) for mm in millimetres]
    last = format_unit(
        Decimal(millimetres[-1]) / 10, "length-centimeter", "short", locale=locale, numbering_system=_DIGITS
    )
    return " × ".join([*told[:-1], str(last)])


@functools.lru_cache(maxsize=8192)
def number(value: int | Decimal, locale: Locale) -> str:
    """Return a number with its separators."""
    return format_decimal(value, locale=locale, numbering_system=_DIGITS)


@functools.lru_cache(maxsize=1024)
def rate(value: Decimal, locale: Locale) -> str:
    """Return an exchange rate with five figures that count: 1.1573, 7.8214, 18,412, 0.000054312."""
    rounded = +value.normalize(Context(prec=5))
    plain = rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded
    return format_decimal(plain, locale=locale, decimal_quantization=False, numbering_system=_DIGITS)


@functools.lru_cache(maxsize=1024)
def percent(ppm: int, locale: Locale) -> str:
    """Return a rate in ppm as per cent: 190000 → 19 %."""
    return format_percent(Decimal(ppm) / 1_000_000, locale=locale, decimal_quantization=False, numbering_system=_DIGITS)


@functools.lru_cache(maxsize=1024)
def country_name(code: str, locale: Locale) -> str:
    """Return the name of a country in a language; the code itself when CLDR has none."""
    return locale.territories.get(code.upper(), code)


@functools.lru_cache(maxsize=256)
def language_name(tag: str) -> str:
    """Return a language's name in itself: Deutsch, العربية, 简体中文."""
    locale = Locale.parse(cldr(tag).language)
    return "简体中文" if locale.language == "zh" else locale.get_display_name(locale) or tag


@functools.lru_cache(maxsize=512)
def currency_name(currency: str, locale: Locale) -> str:
    """Return the name of a currency in a language."""
    return locale.currencies.get(currency, currency)
