"""From raw rows to drafts: each field is judged by its rule; what is absent comes from the defaults and is marked assumed.

A bad variant is refused alone; a fault of the product (no title, markup in it, no shelf) refuses all its rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from entrepot.domains.catalogue.engine import clean
from entrepot.domains.catalogue.engine.defaults import Defaults, Shelf
from entrepot.domains.catalogue.engine.language import tag
from entrepot.domains.catalogue.engine.raw import Problem, RawProduct, RawText, RawVariant
from entrepot.domains.catalogue.types import CUSTOMS_FIELDS, ProductDraft, TextDraft, VariantDraft
from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.trade import hs_code

# ISO 3166-1 alpha-2, officially assigned.
COUNTRIES = frozenset(
    [
        "AD",
        "AE",
        "AF",
        "AG",
        "AI",
        "AL",
        "AM",
        "AO",
        "AQ",
        "AR",
        "AS",
        "AT",
        "AU",
        "AW",
        "AX",
        "AZ",
        "BA",
        "BB",
        "BD",
        "BE",
        "BF",
        "BG",
        "BH",
        "BI",
        "BJ",
        "BL",
        "BM",
        "BN",
        "BO",
        "BQ",
        "BR",
        "BS",
        "BT",
        "BV",
        "BW",
        "BY",
        "BZ",
        "CA",
        "CC",
        "CD",
        "CF",
        "CG",
        "CH",
        "CI",
        "CK",
        "CL",
        "CM",
        "CN",
        "CO",
        "CR",
        "CU",
        "CV",
        "CW",
        "CX",
        "CY",
        "CZ",
        "DE",
        "DJ",
        "DK",
        "DM",
        "DO",
        "DZ",
        "EC",
        "EE",
        "EG",
        "EH",
        "ER",
        "ES",
        "ET",
        "FI",
        "FJ",
        "FK",
        "FM",
        "FO",
        "FR",
        "GA",
        "GB",
        "GD",
        "GE",
        "GF",
        "GG",
        "GH",
        "GI",
        "GL",
        "GM",
        "GN",
        "GP",
        "GQ",
        "GR",
        "GS",
        "GT",
        "GU",
        "GW",
        "GY",
        "HK",
        "HM",
        "HN",
        "HR",
        "HT",
        "HU",
        "ID",
        "IE",
        "IL",
        "IM",
        "IN",
        "IO",
        "IQ",
        "IR",
        "IS",
        "IT",
        "JE",
        "JM",
        "JO",
        "JP",
        "KE",
        "KG",
        "KH",
        "KI",
        "KM",
        "KN",
        "KP",
        "KR",
        "KW",
        "KY",
        "KZ",
        "LA",
        "LB",
        "LC",
        "LI",
        "LK",
        "LR",
        "LS",
        "LT",
        "LU",
        "LV",
        "LY",
        "MA",
        "MC",
        "MD",
        "ME",
        "MF",
        "MG",
        "MH",
        "MK",
        "ML",
        "MM",
        "MN",
        "MO",
        "MP",
        "MQ",
        "MR",
        "MS",
        "MT",
        "MU",
        "MV",
        "MW",
        "MX",
        "MY",
        "MZ",
        "NA",
        "NC",
        "NE",
        "NF",
        "NG",
        "NI",
        "NL",
        "NO",
        "NP",
        "NR",
        "NU",
        "NZ",
        "OM",
        "PA",
        "PE",
        "PF",
        "PG",
        "PH",
        "PK",
        "PL",
        "PM",
        "PN",
        "PR",
        "PS",
        "PT",
        "PW",
        "PY",
        "QA",
        "RE",
        "RO",
        "RS",
        "RU",
        "RW",
        "SA",
        "SB",
        "SC",
        "SD",
        "SE",
        "SG",
        "SH",
        "SI",
        "SJ",
        "SK",
        "SL",
        "SM",
        "SN",
        "SO",
        "SR",
        "SS",
        "ST",
        "SV",
        "SX",
        "SY",
        "SZ",
        "TC",
        "TD",
        "TF",
        "TG",
        "TH",
        "TJ",
        "TK",
        "TL",
        "TM",
        "TN",
        "TO",
        "TR",
        "TT",
        "TV",
        "TW",
        "TZ",
        "UA",
        "UG",
        "UM",
        "US",
        "UY",
        "UZ",
        "VA",
        "VC",
        "VE",
        "VG",
        "VI",
        "VN",
        "VU",
        "WF",
        "WS",
        "YE",
        "YT",
        "ZA",
        "ZM",
        "ZW",
    ]
)
TITLE, DESCRIPTION, SHORT, SKU = 300, 20_000, 120, 60
_MEASURES = ("mass_g", "length_mm", "width_mm", "height_mm")
_BROKEN = "The text is not UTF-8. Save the file as “CSV UTF-8” and import it again."
_CONTROL = "The text holds control characters. Take them out."


class Checked(msgspec.Struct, frozen=True):
    """A product that may go in, with what other domains keep of it: net price and currency per SKU, opening stock per SKU.

    `rows` is the row of the file each SKU stands in.
    """

    draft: ProductDraft
    prices: dict[str, tuple[Decimal, str]]
    stock: dict[str, int]
    problems: tuple[Problem, ...]
    rows: dict[str, int] = {}
    published: bool = True


class Refused(Exception):
    """One field breaks its rule."""

    def __init__(self, field: str, value: str, rule: str) -> None:
        super().__init__(rule)
        self.field, self.value, self.rule = field, value, rule

    def at(self, row: int) -> Problem:
        """Return it as a problem of a row."""
        return Problem(row, self.field, clean.shown(self.value), self.rule)


class Checker:
    """Checks the products of one file: it remembers SKUs and handles, for each may stand in a file once.

    Args:
        defaults: shelves, and what is assumed of goods on them.
        language: of the file's own texts. currency: of prices that name none.
        currencies: those a price list is kept in (empty: any).
        stock: opening stock of a variant that names none.
        shelves: further shelves that the catalogue already has.
        need_price: False when articles without a price may go in (they are not offered until they have one).
    """

    def __init__(
        self,
        defaults: Defaults,
        *,
        language: str = "en",
        currency: str = "USD",
        currencies: Iterable[str] = (),
        stock: int = 0,
        shelves: Iterable[str] = (),
        need_price: bool = True,
    ) -> None:
        self.defaults, self.language, self.currency = defaults, tag(language), currency
        self.stock, self.shelves, self.need_price = stock, frozenset(shelves), need_price
        self.currencies = frozenset(currencies)
        self._skus: dict[str, int] = {}
        self._handles: dict[str, int] = {}

    def check(self, raw: RawProduct) -> Checked | tuple[Problem, ...]:
        """Return the product with its good variants and the problems of the others, or only problems."""
        try:
            handle = self._handle(raw)
            slug, shelf = self._shelf(raw)
            texts = self._texts(raw)
            brand = _short("brand", raw.brand)
            tile = _short("tile", raw.tile)
        except Refused as fault:
            told = fault.at(raw.row)
            rest = (
                Problem(v.row, fault.field, "", f"The product was refused at row {raw.row}.")
                for v in raw.variants
                if v.row != raw.row
            )
            return (told, *rest)
        return self._whole(raw, handle, slug, shelf, texts, brand, tile)

    def _whole(
        self,
        raw: RawProduct,
        handle: str,
        slug: str,
        shelf: Shelf | None,
        texts: dict[str, TextDraft],
        brand: str,
        tile: str,
    ) -> Checked | tuple[Problem, ...]:
        variants, problems = [], []
        prices: dict[str, tuple[Decimal, str]] = {}
        stock: dict[str, int] = {}
        customs = shelf.customs if shelf else {}
        for variant in raw.variants:
            try:
                draft, price, units = self._variant(variant, handle, customs)
            except Refused as fault:
                problems.append(fault.at(variant.row))
                continue
            self._skus[draft.sku] = variant.row
            variants.append(draft)
            if price:
                prices[draft.sku] = price
            stock[draft.sku] = units
        if not variants:
            return tuple(problems)
        self._handles[handle] = raw.row
        product = ProductDraft(
            handle, slug, texts, tuple(variants), brand, tile, raw.tax_category or "standard", raw.pictures
        )
        rows = {variant.sku: self._skus[variant.sku] for variant in variants}
        return Checked(product, prices, stock, tuple(problems), rows, raw.published)

    def _handle(self, raw: RawProduct) -> str:
        handle = (
            clean.slug(raw.handle) or clean.slug(raw.text.title) or (raw.variants and clean.slug(raw.variants[0].sku))
        )
        if not handle:
            raise Refused("handle", raw.handle, "Give the product a handle of letters, digits and hyphens.")
        if handle in self._handles:
            raise Refused("handle", handle, f"Row {self._handles[handle]} already describes this product.")
        return handle

    def _shelf(self, raw: RawProduct) -> tuple[str, Shelf | None]:
        shelf = self.defaults.shelf_of(raw.category, raw.hints)
        if shelf:
            return shelf.draft.slug, shelf
        if raw.category in self.shelves:
            return raw.category, None
        rule = "There is no such category. Use one of the catalogue, or add it to the defaults file."
        raise Refused("category", raw.category or "; ".join(raw.hints), rule)

    def _texts(self, raw: RawProduct) -> dict[str, TextDraft]:
        texts = {self.language: _text(raw.text, "")}
        for language, text in raw.others.items():
            if text.title:
                texts[tag(language)] = _text(text, f"_{language}")
        return texts

    def _variant(
        self, raw: RawVariant, handle: str, customs: dict[str, Any]
    ) -> tuple[VariantDraft, tuple[Decimal, str] | None, int]:
        options = (
            {self.language: raw.option, **{tag(k): v for k, v in raw.options.items()}} if raw.option else raw.options
        )
        options = {key: _short("option", text) for key, text in options.items() if text}
        sku = self._sku(raw, handle)
        values, assumed = _customs(raw, customs)
        if raw.barcode and not clean.is_gtin(raw.barcode):
            raise Refused(
                "barcode", raw.barcode, "A barcode is a GTIN of 8, 12, 13 or 14 digits with a right check digit."
            )
        price = self._price(raw)
        units = _whole_number("stock", raw.stock) if raw.stock else self.stock
        draft = VariantDraft(sku, options, **values, assumed=tuple(assumed), barcode=raw.barcode, picture=raw.picture)
        return draft, price, units

    def _sku(self, raw: RawVariant, handle: str) -> str:
        sku = raw.sku.strip() or clean.generated_sku(handle, raw.option)
        if len(sku) > SKU or not sku.isprintable() or clean.is_broken(sku) or any(c in sku for c in "<>\"'&\\"):
            raise Refused(
                "sku", sku, f"A SKU is at most {SKU} printable characters, without <>, quotes, & or backslash."
            )
        if sku in self._skus:
            raise Refused("sku", sku, f"Row {self._skus[sku]} already has this SKU.")
        return sku

    def _price(self, raw: RawVariant) -> tuple[Decimal, str] | None:
        if not raw.price.strip():
            if self.need_price:
                raise Refused("price", "", "Give the net price of one unit.")
            return None
        try:
            price = Decimal(raw.price.strip())
        except InvalidOperation:
            raise Refused("price", raw.price, "Write a price with digits and a full stop, e.g. 12.50.") from None
        if not price.is_finite() or price <= 0 or price >= 10**9:
            raise Refused("price", raw.price, "A price is above zero and below a thousand million.")
        if -int(price.as_tuple().exponent) > 6:
            raise Refused("price", raw.price, "A price has at most 6 decimals.")
        currency = raw.currency.strip().upper() or self.currency
        if len(currency) != 3 or not currency.isalpha() or not currency.isascii():
            raise Refused("currency", raw.currency, "A currency is a code of three letters, e.g. USD.")
        if self.currencies and currency not in self.currencies:
            known = ", ".join(sorted(self.currencies))
            raise Refused("currency", currency, f"The shop keeps price lists in {known} only.")
        return price, currency


def _whole_number(field: str, text: str) -> int:
    value = text.strip()
    if value.endswith(".0"):
        value = value[:-2]
    if not (value.isascii() and value.isdigit()) or len(value) > 9:
        raise Refused(field, text, "Give a whole number, zero or more.")
    return int(value)


def _short(field: str, text: str, limit: int = SHORT) -> str:
    """Return a one-line text; refuse markup, control characters, broken bytes and what is too long."""
    if not text:
        return ""
    if len(text) > limit:
        raise Refused(field, text, f"At most {limit} characters.")
    if clean.is_broken(text):
        raise Refused(field, text, _BROKEN)
    if clean.has_markup(text):
        raise Refused(field, text, "This is plain text: take the HTML out.")
    if clean.has_control(text):
        raise Refused(field, text, _CONTROL)
    return " ".join(text.split())


def _text(raw: RawText, suffix: str) -> TextDraft:
    title = _short(f"title{suffix}", raw.title, TITLE)
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
        _short(f"attributes{suffix}", key): _short(f"attributes{suffix}", value, TITLE)
        for key, value in raw.attributes.items()
    }
    place = _short(f"maker_place{suffix}", raw.maker_place)
    return TextDraft(
        title, description, place, _short(f"option_name{suffix}", raw.option_name, 80), attributes, "written"
    )


def _customs(raw: RawVariant, defaults: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
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
            values[name] = _customs_value(name, text)
    return values, assumed


def _customs_value(name: str, text: str) -> Any:
    if name == "hs_code":
        try:
            return hs_code(text)
        except InvalidInput as fault:
            raise Refused(name, text, str(fault.params["rule"])) from None
    if name == "origin":
        if text.upper() not in COUNTRIES:
            raise Refused(name, text, "An origin is a country code of two letters (ISO 3166), e.g. CN.")
        return text.upper()
    if name == "customs_description":
        words = _short(name, text, 200)
        if len(words) < 3:
            raise Refused(name, text, "Describe the goods in 3 to 200 characters.")
        return words
    value = _whole_number(name, text)
    if not 0 < value <= 10_000_000:
        raise Refused(name, text, "Give a whole number above zero (grams or millimetres).")
    return value
