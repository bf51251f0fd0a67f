"""Frozen nouns of offers."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

Band = Literal["in_stock", "few", "sold_out"]

FEW_LEFT = 5
PAGE_SIZE = 24


class Part(msgspec.Struct, frozen=True, array_like=True):
    """A row of an offer's cascade: what of the unit price it is, by which rule of which source."""

    kind: str
    name: str
    amount_minor: int
    rate_ppm: int
    reason: str
    rule: str
    source: str
    confidence: str


class OfferDraft(msgspec.Struct, frozen=True):
    """What to show of a SKU in a market. price_minor is what one unit costs landed there (tax inside where the market
    shows it so), without delivery; `parts` its cascade (goods, duty, fee, tax), `delivery_minor` what delivering one costs."""

    market: str
    sku: str
    product_id: str
    price_minor: int
    goods_minor: int
    duty_minor: int
    fee_minor: int
    tax_minor: int
    currency: str
    band: str
    ships_from: str
    arrives_first: dt.date
    arrives_last: dt.date
    delivery_minor: int
    computed_on: dt.date
    warehouse: str = ""
    service: str = ""
    units_left: int = 0
    good_until: dt.datetime | None = None
    parts: tuple[Part, ...] = ()


class ProductDraft(msgspec.Struct, frozen=True):
    """What to show of a product in every market: where it stands and what it looks like."""

    product_id: str
    handle: str
    shelf_path: str
    brand: str
    picture: str
    tile: str
    options: int


class WordsDraft(msgspec.Struct, frozen=True):
    """The words of a product in one language: what a card says, and what search finds it by.

    `facets` are (attribute name, value) as the language has them.
    """

    product_id: str
    language: str
    title: str
    place: str
    facets: tuple[tuple[str, str], ...]
    heavy: tuple[str, ...]
    middle: tuple[str, ...]
    light: tuple[str, ...]
    codes: tuple[str, ...] = ()


class OfferCard(msgspec.Struct, frozen=True):
    """A product in a grid: its cheapest variant."""

    product_id: str
    handle: str
    title: str
    place: str
    picture: str
    tile: str
    price_minor: int
    from_price: bool
    currency: str
    band: str
    arrives_first: dt.date
    arrives_last: dt.date
    units_left: int = 0
    language: str = ""


class Facet(msgspec.Struct, frozen=True):
    """A value to filter by, with its count. `kind` is arrives, from, band, brand or the name of an attribute."""

    kind: str
    value: str
    label: str
    count: int
    chosen: bool


class Listing(msgspec.Struct, frozen=True):
    """A page of cards with what can be filtered; `hidden` counts goods that cannot enter the market."""

    cards: tuple[OfferCard, ...]
    total: int
    page: int
    pages: int
    facets: tuple[Facet, ...]
    hidden: int
    lowest_minor: int = 0
    highest_minor: int = 0
    matched: str = "all"


class Filters(msgspec.Struct, frozen=True):
    """What a buyer narrowed a listing to; prices in minor units, () and None mean anything goes."""

    arrives_by: dt.date | None = None
    ships_from: tuple[str, ...] = ()
    price_from: int | None = None
    price_to: int | None = None
    brands: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    in_stock: bool = False
