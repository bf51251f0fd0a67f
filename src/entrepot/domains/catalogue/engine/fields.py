"""The rules of single fields of a catalogue file. Each function returns the clean value or raises `Refused`, naming the rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from entrepot.domains.catalogue.engine import clean
from entrepot.domains.catalogue.engine.raw import Problem, RawText, RawVariant
from entrepot.domains.catalogue.types import CUSTOMS_FIELDS, TextDraft
from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.trade import hs_code

TITLE, DESCRIPTION, SHORT, SKU = 300, 20_000, 120, 60
_MEASURES = ("mass_g", "length_mm", "width_mm", "height_mm")
# What nearly every text is: nothing in it that one of the rules below could refuse.
_HARMLESS = re.compile("[^<\x00-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffd]*")
_BROKEN = "The text is not UTF-8. Save the file as “CSV UTF-8” and import it again."
_CONTROL = "The text holds control characters. Take them out."


class Refused(Exception):
    """One field breaks its rule."""

    def __init__(self, field: str, value: str, rule: str) -> None:
        super().__init__(rule)
        self.field, self.value, self.rule = field, value, rule

    def at(self, row: int) -> Problem:
        """Return it as a problem of a row."""
        return Problem(row, self.field, clean.shown(self.value), self.rule)


def whole_number(field: str, text: str) -> int:
    """Return a whole number, zero or more."""
    value = text.strip()
    if value.endswith(".0"):
        value = value[:-2]
    if not (value.isascii() and value.isdigit()) or len(value) > 9:
        raise Refused(field, text, "Give a whole number, zero or more.")
    return int(value)


@lru_cache(maxsize=20_000)
def short(field: str, text: str, limit: int = SHORT) -> str:
    """Return a one-line text; refuse markup, control characters, broken bytes and what is too long."""
    if not text:
        return ""
    if len(text) > limit:
        raise Refused(field, text, f"At most {limit} characters.")
    if _HARMLESS.fullmatch(text):
        return " ".join(text.split())
    if clean.is_broken(text):
        raise Refused(field, text, _BROKEN)
    if clean.has_markup(text):
        raise Refused(field, text, "This is plain text: take the HTML out.")
    if clean.has_control(text):
        raise Refused(field, text, _CONTROL)
    return " ".join(text.split())


def text(raw: RawText, suffix: str) -> TextDraft:
    """Return the words of a product in one language; `suffix` is what its columns end in, for messages."""
    title = short(f"title{suffix}", raw.title, TITLE)
    if not title:
        raise Refused(f"title{suffix}", raw.title, "A product needs a title.")
    if len(raw.description) > DESCRIPTION:
        raise Refused(f"description{suffix}", raw.description, f"At most {DESCRIPTION} characters.")
    if clean.is_broken(raw.description):
        raise Refused(f"description{suffix}", raw.description, _BROKEN)
    description = clean.plain(raw.description)
    if clean.has_control(description):
        raise Refused(f"description{suffix}", description, _CONTROL)
    attributes = {
        short(f"attributes{suffix}", key): short(f"attributes{suffix}", value, TITLE)
        for key, value in raw.attributes.items()
    }
    place = short(f"maker_place{suffix}", raw.maker_place)
    return TextDraft(
        title, description, place, short(f"option_name{suffix}", raw.option_name, 80), attributes, "written"
    )


def customs(
    raw: RawVariant, defaults: Mapping[str, Any], countries: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """Return the customs data of a variant and the names of those taken from the defaults.

    `countries` is code or lower-case English name → code.
    """
    values: dict[str, Any] = {}
    assumed: list[str] = []
    for name in CUSTOMS_FIELDS:
        text = getattr(raw, name).strip()
        if not text or (name in _MEASURES and text in ("0", "0.0")):
            if name not in defaults:
                rule = "It is missing, and the category's defaults do not give it either."
                raise Refused(name, text, rule)
            values[name] = defaults[name]
            assumed.append(name)
        else:
            values[name] = _customs_value(name, text, countries)
    return values, assumed


def _customs_value(name: str, text: str, countries: Mapping[str, str]) -> Any:
    if name == "hs_code":
        try:
            return hs_code(text)
        except InvalidInput as fault:
            raise Refused(name, text, str(fault.params["rule"])) from None
    if name == "origin":
        code = countries.get(text.upper()) or countries.get(text.lower())
        if code is None:
            raise Refused(name, text, "An origin is a country code of two letters (ISO 3166), e.g. CN.")
        return code
    if name == "customs_description":
        words = short(name, text, 200)
        if len(words) < 3:
            raise Refused(name, text, "Describe the goods in 3 to 200 characters.")
        return words
    value = whole_number(name, text)
    if not 0 < value <= 10_000_000:
        raise Refused(name, text, "Give a whole number above zero (grams or millimetres).")
    return value


def price(
    raw: RawVariant, default_currency: str, currencies: frozenset[str], *, needed: bool
) -> tuple[Decimal, str] | None:
    """Return the net price and its currency, None when there is none and none is needed."""
    if not raw.price.strip():
        if needed:
            raise Refused("price", "", "Give the net price of one unit.")
        return None
    try:
        amount = Decimal(raw.price.strip())
    except InvalidOperation:
        raise Refused("price", raw.price, "Write a price with digits and a full stop, e.g. 12.50.") from None
    if not amount.is_finite() or amount <= 0 or amount >= 10**9:
        raise Refused("price", raw.price, "A price is above zero and below a thousand million.")
    if -int(amount.as_tuple().exponent) > 6:
        raise Refused("price", raw.price, "A price has at most 6 decimals.")
    currency = raw.currency.strip().upper() or default_currency
    if len(currency) != 3 or not currency.isalpha() or not currency.isascii():
        raise Refused("currency", raw.currency, "A currency is a code of three letters, e.g. USD.")
    if currencies and currency not in currencies:
        known = ", ".join(sorted(currencies))
        raise Refused("currency", currency, f"The shop keeps price lists in {known} only.")
    return amount, currency
