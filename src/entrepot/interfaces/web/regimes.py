"""Regimes of law in words: places, ways, kinds of goods, what is due, and how sure we are of a rule. Shop and console share them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from babel import Locale
from babel.core import get_global
from django.utils.translation import gettext as _

from entrepot.interfaces.web import formats
from entrepot.kernel.errors import N_

# Territories of tax or customs that are no countries, so that CLDR has no name for them.
PLACES = {"XI": N_("Northern Ireland")}
DUE: dict[str, str] = {
    "nothing": N_("nothing is due"),
    "tax_sale": N_("tax, taken at the sale"),
    "tax_border": N_("tax, taken at the border"),
    "duty": N_("duty or fees"),
    "duty_tax": N_("duty and tax"),
    "not_sold": N_("not sold without a registration"),
    "not_covered": N_("not covered"),
}
WAYS: dict[str, str] = {
    "courier": N_("Courier"), "post": N_("Post"), "air": N_("Air freight"), "sea": N_("Sea freight"), "road": N_("Road freight"),
}  # fmt: skip
CUSTOMERS: dict[str, str] = {"consumer": N_("A private person"), "business": N_("A business with a tax number")}
PAYEES: dict[str, str] = {
    "seller": N_("To the seller, when buying"),
    "marketplace": N_("To the marketplace, when buying"),
    "carrier": N_("To the carrier, on delivery"),
    "customs": N_("To customs, through the carrier"),
}
CATEGORIES: dict[str, str] = {
    "standard": N_("Ordinary goods"),
    "books": N_("Books"),
    "food_basic": N_("Basic food"),
    "children_clothing": N_("Children’s clothes"),
    "clothing": N_("Clothes"),
    "children_car_seats": N_("Children’s car seats"),
    "medical_devices_disabled": N_("Medical devices for the disabled"),
    "medicines": N_("Medicines"),
    "newspapers": N_("Newspapers"),
    "reduced": N_("Goods at the reduced rate"),
}
# Confidence of a rule: words and tone of a badge. What the data say after a colon is told beside the badge.
SURE: dict[str, tuple[str, str]] = {
    "official": (N_("official"), "good"),
    "primary": (N_("official"), "good"),
    "dataset": (N_("data set"), "info"),
    "secondary": (N_("second hand"), "warn"),
    "unverified": (N_("not verified"), "warn"),
    "assumed": (N_("assumed"), "warn"),
    "merchant": (N_("set by the merchant"), "warn"),
    "demo": (N_("demo"), "info"),
}


def place_name(code: str, cldr: Locale) -> str:
    """Return the name of a territory of law in a language; the code itself when nobody has one."""
    return _(PLACES[code]) if code in PLACES else formats.country_name(code, cldr)


@cache
def every_country() -> frozenset[str]:
    """Return the codes of all countries: whatever CLDR knows the clocks of, and the territories of law that are none."""
    known = formats.cldr("en").territories
    return frozenset(
        {code for code in get_global("territory_zones") if len(code) == 2 and code in known} | set(PLACES)
    ) - {"ZZ"}


def places(codes: Iterable[str], cldr: Locale) -> list[tuple[str, str]]:
    """Return (code, name) of territories, by name."""
    return sorted(((code, place_name(code, cldr)) for code in codes), key=lambda pair: pair[1])


def sure(confidence: str) -> tuple[str, str, str]:
    """Return a confidence as badge words, tone, and what the data add to it in English."""
    kind, _colon, more = confidence.partition(":")
    words, tone = SURE.get(kind.strip(), (kind, ""))
    return _(words) if words else "", tone, more.strip()
