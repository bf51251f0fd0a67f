"""Frozen nouns of the catalogue."""

from __future__ import annotations

import msgspec


class VariantFacts(msgspec.Struct, frozen=True):
    """What price, customs and stock need to know of a SKU. `assumed` names the customs data nobody has confirmed."""

    sku: str
    variant_id: str
    product_id: str
    title: str
    option: str
    category: str
    hs_code: str
    origin: str
    mass_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    customs_description: str
    tax_category: str
    assumed: tuple[str, ...]
    picture: str


class CategoryInfo(msgspec.Struct, frozen=True):
    """A shelf, in one language."""

    slug: str
    name: str
    parent: str
    description: str = ""


class VariantView(msgspec.Struct, frozen=True):
    """A variant on a product page, in one language. `picture` is a URL path or ""."""

    sku: str
    option: str
    picture: str
    hs_code: str
    origin: str
    mass_g: int
    dimensions_mm: tuple[int, int, int]


class ProductView(msgspec.Struct, frozen=True):
    """A product in one language; `language` is what the text really is in (a fallback is visible)."""

    id: str
    handle: str
    category: str
    brand: str
    maker_place: str
    title: str
    description: str
    language: str
    provenance: str
    pictures: tuple[str, ...]
    tile: str
    attributes: dict[str, str]
    variants: tuple[VariantView, ...]
