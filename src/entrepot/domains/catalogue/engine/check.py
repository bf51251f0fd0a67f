"""From raw rows to drafts: each field is judged by its rule; what is absent comes from the defaults and is marked assumed.

A bad variant is refused alone; a fault of the product (no title, markup in it, no shelf) refuses all its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from entrepot.domains.catalogue.engine import clean, fields
from entrepot.domains.catalogue.engine.defaults import Defaults, Shelf
from entrepot.domains.catalogue.engine.language import tag
from entrepot.domains.catalogue.engine.raw import Problem, RawProduct, RawVariant
from entrepot.domains.catalogue.types import TILES, ProductDraft, TextDraft, VariantDraft


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


class Checker:
    """Checks the products of one file: it remembers SKUs and handles, for each may stand in a file once.

    Args:
        defaults: shelves, and what is assumed of goods on them.
        language: of the file's own texts. currency: of prices that name none.
        currencies: those a price list is kept in (empty: any).
        stock: opening stock of a variant that names none.
        countries: code or lower-case English name → country code.
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
        countries: Mapping[str, str],
        need_price: bool = True,
    ) -> None:
        self.defaults, self.language, self.currency = defaults, tag(language), currency
        self.stock, self.shelves, self.need_price = stock, frozenset(shelves), need_price
        self.currencies = frozenset(currencies)
        self.countries = countries
        self._skus: dict[str, int] = {}
        self._handles: dict[str, int] = {}

    def check(self, raw: RawProduct) -> Checked | tuple[Problem, ...]:
        """Return the product with its good variants and the problems of the others, or only problems."""
        try:
            handle = self._handle(raw)
            slug, shelf = self._shelf(raw)
            texts = self._texts(raw)
            brand = fields.short("brand", raw.brand)
            tile = _tile(raw.tile)
            tax_category = fields.short("tax_category", raw.tax_category, 40) or "standard"
        except fields.Refused as fault:
            told = fault.at(raw.row)
            rest = (
                Problem(v.row, fault.field, "", f"The product was refused at row {raw.row}.")
                for v in raw.variants
                if v.row != raw.row
            )
            return (told, *rest)
        product = ProductDraft(handle, slug, texts, (), brand, tile, tax_category, raw.pictures)
        return self._whole(raw, product, shelf)

    def _whole(self, raw: RawProduct, product: ProductDraft, shelf: Shelf | None) -> Checked | tuple[Problem, ...]:
        variants, problems = [], []
        prices: dict[str, tuple[Decimal, str]] = {}
        stock: dict[str, int] = {}
        customs = shelf.customs if shelf else {}
        for variant in raw.variants:
            try:
                draft, price, units = self._variant(variant, product.handle, customs)
            except fields.Refused as fault:
                problems.append(fault.at(variant.row))
                continue
            self._skus[draft.sku] = variant.row
            variants.append(draft)
            if price:
                prices[draft.sku] = price
            stock[draft.sku] = units
        if not variants:
            return tuple(problems) or (Problem(raw.row, "sku", "", "The product has no article that can be sold."),)
        self._handles[product.handle] = raw.row
        product = msgspec.structs.replace(product, variants=tuple(variants))
        rows = {variant.sku: self._skus[variant.sku] for variant in variants}
        return Checked(product, prices, stock, tuple(problems), rows, raw.published)

    def _handle(self, raw: RawProduct) -> str:
        handle = (
            clean.slug(raw.handle) or clean.slug(raw.text.title) or (raw.variants and clean.slug(raw.variants[0].sku))
        )
        if not handle:
            raise fields.Refused("handle", raw.handle, "Give the product a handle of letters, digits and hyphens.")
        if handle in self._handles:
            raise fields.Refused("handle", handle, f"Row {self._handles[handle]} already describes this product.")
        return handle

    def _shelf(self, raw: RawProduct) -> tuple[str, Shelf | None]:
        shelf = self.defaults.shelf_of(raw.category, raw.hints)
        if shelf:
            return shelf.draft.slug, shelf
        if raw.category in self.shelves:
            return raw.category, None
        rule = "There is no such category. Use one of the catalogue, or add it to the defaults file."
        raise fields.Refused("category", raw.category or "; ".join(raw.hints), rule)

    def _texts(self, raw: RawProduct) -> dict[str, TextDraft]:
        texts = {self.language: fields.text(raw.text, "")}
        for language, text in raw.others.items():
            if text.title:
                texts[tag(language)] = fields.text(text, f"_{language}")
        return texts

    def _variant(
        self, raw: RawVariant, handle: str, customs: dict[str, Any]
    ) -> tuple[VariantDraft, tuple[Decimal, str] | None, int]:
        options = (
            {self.language: raw.option, **{tag(k): v for k, v in raw.options.items()}} if raw.option else raw.options
        )
        options = {key: fields.short("option", text) for key, text in options.items() if text}
        sku = self._sku(raw, handle)
        values, assumed = fields.customs(raw, customs, self.countries)
        if raw.barcode and not clean.is_gtin(raw.barcode):
            raise fields.Refused(
                "barcode", raw.barcode, "A barcode is a GTIN of 8, 12, 13 or 14 digits with a right check digit."
            )
        price = fields.price(raw, self.currency, self.currencies, needed=self.need_price)
        units = fields.whole_number("stock", raw.stock) if raw.stock else self.stock
        draft = VariantDraft(sku, options, **values, assumed=tuple(assumed), barcode=raw.barcode, picture=raw.picture)
        return draft, price, units

    def _sku(self, raw: RawVariant, handle: str) -> str:
        sku = raw.sku.strip() or clean.generated_sku(handle, raw.option)
        if len(sku) > fields.SKU or not sku.isprintable() or clean.is_broken(sku) or any(c in sku for c in "<>\"'&\\"):
            raise fields.Refused(
                "sku", sku, f"A SKU is at most {fields.SKU} printable characters, without <>, quotes, & or backslash."
            )
        if sku in self._skus:
            raise fields.Refused("sku", sku, f"Row {self._skus[sku]} already has this SKU.")
        return sku


def _tile(text: str) -> str:
    if text and text not in TILES:
        raise fields.Refused("tile", text, f"The tiles are {', '.join(TILES)}.")
    return text
