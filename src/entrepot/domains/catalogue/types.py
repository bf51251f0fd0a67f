"""Frozen nouns of the catalogue."""

from __future__ import annotations

import datetime as dt

import msgspec

TILES = ("sea", "sand", "moss", "clay", "sky", "stone")
CUSTOMS_FIELDS = ("hs_code", "origin", "mass_g", "length_mm", "width_mm", "height_mm", "customs_description")

# What a label says of goods: where they were made, of what, how to care for them, what to beware of, who answers for them.
LABEL_KINDS = ("origin_mark", "material", "care", "warning", "responsible")
LABEL_NEEDED = ("origin_mark", "material")


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
    handle: str = ""
    tile: str = "stone"


class CategoryInfo(msgspec.Struct, frozen=True):
    """A shelf, in one language. `products` counts what stands on it and below (0 unless asked for)."""

    slug: str
    name: str
    parent: str
    description: str = ""
    tile: str = "stone"
    products: int = 0


class VariantView(msgspec.Struct, frozen=True):
    """A variant on a product page, in one language. `picture` is a URL path or ""."""

    sku: str
    option: str
    picture: str
    hs_code: str
    origin: str
    mass_g: int
    dimensions_mm: tuple[int, int, int]
    customs_description: str = ""
    assumed: tuple[str, ...] = ()


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
    option_name: str = ""
    category_name: str = ""
    tax_category: str = "standard"


class SearchText(msgspec.Struct, frozen=True):
    """What the search index reads of a product, in one language."""

    product_id: str
    language: str
    title: str
    description: str
    brand: str
    maker_place: str
    category: str
    category_name: str
    attributes: dict[str, str]
    options: tuple[str, ...]
    skus: tuple[str, ...]
    barcodes: tuple[str, ...]


class CategoryDraft(msgspec.Struct, frozen=True):
    """A shelf to set up. `names` and `descriptions` are language tag → text."""

    slug: str
    names: dict[str, str]
    parent: str = ""
    position: int = 0
    descriptions: dict[str, str] = {}
    tile: str = "stone"
    kind: str = ""


class TextDraft(msgspec.Struct, frozen=True):
    """The words of a product in one language."""

    title: str
    description: str = ""
    maker_place: str = ""
    option_name: str = ""
    attributes: dict[str, str] = {}
    provenance: str = "imported"


class VariantDraft(msgspec.Struct, frozen=True):
    """A SKU to add or change. `assumed` names the customs fields whose value is a default, not the merchant's word."""

    sku: str
    options: dict[str, str]
    hs_code: str
    origin: str
    mass_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    customs_description: str
    assumed: tuple[str, ...] = ()
    barcode: str = ""
    picture: str = ""


class ProductDraft(msgspec.Struct, frozen=True):
    """A whole product to add or change, found by its handle. Language tag → words."""

    handle: str
    category: str
    texts: dict[str, TextDraft]
    variants: tuple[VariantDraft, ...]
    brand: str = ""
    tile: str = ""
    tax_category: str = "standard"
    pictures: tuple[str, ...] = ()
    source: str = ""


class UpsertCounts(msgspec.Struct, frozen=True):
    """What an upsert did, per whole product, with the public ids of added and changed ones."""

    added: int
    changed: int
    unchanged: int
    changed_ids: tuple[str, ...]
    ids: dict[str, str]


class LabelDraft(msgspec.Struct, frozen=True):
    """Lines of one kind of a product's label in one language; `market` is a code, or "" for every market."""

    handle: str
    kind: str
    language: str
    lines: tuple[str, ...]
    market: str = ""
    source: str = ""


class LabelRow(msgspec.Struct, frozen=True):
    """A stored line of a label; `market` "" means every market."""

    kind: str
    market: str
    language: str
    words: str
    source: str = ""


class TextState(msgspec.Struct, frozen=True):
    """Where the words of a product in a language come from, and who has read them ("" for nobody since they were stored)."""

    language: str
    title: str
    provenance: str
    reviewed: bool
    reviewed_by: str
    reviewed_at: dt.datetime | None


class ProductGaps(msgspec.Struct, frozen=True):
    """What a product lacks. `languages` have no text, `unread` a text nobody has reviewed, `assumed` are customs data.

    `labels` are kinds missing in the language asked for first; `percent` is how much of what is asked is there.
    """

    product_id: str
    handle: str
    title: str
    category: str
    languages: tuple[str, ...]
    unread: tuple[str, ...]
    pictures: int
    without_picture: tuple[str, ...]
    assumed: tuple[str, ...]
    labels: tuple[str, ...]
    percent: int


class TextView(msgspec.Struct, frozen=True):
    """The words of a product in one language as an editor needs them; `mark` changes with any word of it."""

    language: str
    title: str
    description: str
    maker_place: str
    option_name: str
    attributes: dict[str, str]
    provenance: str
    written_by: str
    reviewed: bool
    reviewed_by: str
    reviewed_at: dt.datetime | None
    mark: str


class Coverage(msgspec.Struct, frozen=True):
    """How many of a market's products have words in a language, and how many of these somebody has read."""

    market: str
    language: str
    products: int
    told: int
    read: int


class ImportSettingsView(msgspec.Struct, frozen=True):
    """What a person chose for a file: its language, the currency of prices that name none, where stock goes, where it is sold."""

    language: str = "en"
    currency: str = ""
    warehouse: str = ""
    markets: tuple[str, ...] = ()


class FileImportView(msgspec.Struct, frozen=True):
    """A file on its way in: sent (a preview is to be made), previewed, confirmed (to be brought in), done, failed.

    `report` is name → number of what was or would be done so far; `errors` the stored file of refused rows, "" for none.
    """

    id: str
    name: str
    document: str
    settings: ImportSettingsView
    state: str
    report: dict[str, int]
    errors: str
    fault: str
    sent_by: str
    sent_at: dt.datetime
