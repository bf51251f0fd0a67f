"""What a reader makes of a file before anything is checked: texts as they stand, with the row they stand in."""

from __future__ import annotations

import msgspec


class Problem(msgspec.Struct, frozen=True):
    """Why a row was refused: its number in the file (the header is row 1), field, value and the rule it breaks."""

    row: int
    field: str
    value: str
    rule: str


class RawVariant(msgspec.Struct):
    """A SKU as the file has it. Everything is text; "" is absent."""

    row: int
    sku: str = ""
    option: str = ""
    options: dict[str, str] = {}
    barcode: str = ""
    price: str = ""
    currency: str = ""
    stock: str = ""
    hs_code: str = ""
    origin: str = ""
    mass_g: str = ""
    length_mm: str = ""
    width_mm: str = ""
    height_mm: str = ""
    customs_description: str = ""
    picture: str = ""


class RawText(msgspec.Struct):
    """Words of a product in one further language, as the file has them."""

    title: str = ""
    description: str = ""
    maker_place: str = ""
    option_name: str = ""
    attributes: dict[str, str] = {}


class RawProduct(msgspec.Struct):
    """A product as the file has it. `hints` are texts that tell the shelf, the surest first; `category` names it outright.

    `text` is in the language of the file; `others` are further languages by tag.
    """

    row: int
    handle: str
    text: RawText
    variants: list[RawVariant]
    hints: tuple[str, ...] = ()
    category: str = ""
    brand: str = ""
    tile: str = ""
    tax_category: str = ""
    others: dict[str, RawText] = {}
    pictures: tuple[str, ...] = ()
    published: bool = True
