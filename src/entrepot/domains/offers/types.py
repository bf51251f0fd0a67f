"""Frozen nouns of offers."""

from __future__ import annotations

import datetime as dt

import msgspec


class OfferDraft(msgspec.Struct, frozen=True):
    """What to show of a SKU in a market. price_minor is what one unit costs landed there (tax inside where the market
    shows it so), without delivery; `cascade` its parts (goods, duty, fee, tax)."""

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


class Facet(msgspec.Struct, frozen=True):
    """A value to filter by, with its count."""

    kind: str
    value: str
    label: str
    count: int
    chosen: bool


class Listing(msgspec.Struct, frozen=True):
    """A page of cards with what can be filtered."""

    cards: tuple[OfferCard, ...]
    total: int
    page: int
    pages: int
    facets: tuple[Facet, ...]
    hidden: int
