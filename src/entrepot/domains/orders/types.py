"""Frozen nouns of orders."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from entrepot.domains.parties.types import AddressData
from entrepot.kernel.quote import FrozenQuote

OrderState = Literal["placed", "confirmed", "shipped", "delivered", "refused", "cancelled", "expired"]
ChangeKind = Literal["cancel", "release", "return", "goodwill", "refused"]


class TimelineStep(msgspec.Struct, frozen=True):
    """What happened to an order. `kind` is a stable code; `params` fill its sentence; buyers see only `for_buyer`."""

    kind: str
    at: dt.datetime
    params: dict[str, str]
    for_buyer: bool
    actor_kind: str = "system"


class OrderChangeView(msgspec.Struct, frozen=True):
    """A change of an order: typed, signed amounts per line."""

    id: str
    kind: ChangeKind
    amount_minor: int
    reason: str
    at: dt.datetime


class Supplied(msgspec.Struct, frozen=True):
    """What was sold on a day from a warehouse to a place, without tax and duty, in minor units: goods and freight.

    What was taken back since is taken off. Of several warehouses the one that most of an order leaves from has it among its
    `orders`, so that they may be summed; an order of which nothing is left counts nowhere.
    """

    day: dt.date
    warehouse: str
    country: str
    region: str
    customer: str
    currency: str
    minor: int
    orders: int


class OrderView(msgspec.Struct, frozen=True):
    """An order with what was quoted. `total_minor` is the fold of base and changes."""

    id: str
    number: str
    state: OrderState
    market: str
    locale: str
    currency: str
    email: str
    address: AddressData
    quote: FrozenQuote
    placed_total_minor: int
    total_minor: int
    placed_at: dt.datetime
    confirmed_at: dt.datetime | None
    changes: tuple[OrderChangeView, ...]
    timeline: tuple[TimelineStep, ...]
    buyer_id: str = ""
    buyer_name: str = ""
    hold_until: dt.datetime | None = None

    @property
    def store_id(self) -> str:
        """The store's public id."""
        return self.quote.store_id

    @property
    def entity_id(self) -> str:
        """The selling entity's public id."""
        return self.quote.entity_id


class OrderRow(msgspec.Struct, frozen=True):
    """A line of the console's list."""

    id: str
    number: str
    state: OrderState
    market: str
    currency: str
    total_minor: int
    consignments: int
    buyer_name: str
    placed_at: dt.datetime


class PlacedQuote(msgspec.Struct, frozen=True):
    """An order as it was sold: what a replay of a period needs, without personal data."""

    id: str
    number: str
    market: str
    placed_at: dt.datetime
    quote: FrozenQuote


class DaySales(msgspec.Struct, frozen=True):
    """What was sold in a market on a day, less what was called off or given back since. Minor units of `currency`.

    gross = goods + freight + duty + fee + tax.
    """

    day: dt.date
    market: str
    currency: str
    orders: int
    goods_minor: int
    freight_minor: int
    duty_minor: int
    fee_minor: int
    tax_minor: int
    gross_minor: int


class OpenedOrder(msgspec.Struct, frozen=True):
    """A fresh order: its public id and its number."""

    id: str
    number: str


class OrderBrief(msgspec.Struct, frozen=True):
    """What a step needs to know of an order, without opening personal data. `total_minor` is the fold."""

    id: str
    number: str
    state: OrderState
    currency: str
    placed_total_minor: int
    total_minor: int
    store_id: str
    entity_id: str
    locale: str
    hold_until: dt.datetime
    market: str


class LineShares(msgspec.Struct, frozen=True):
    """What is left of a line of an order, or what a change takes from it (then all is negative). Minor units.

    A line of kind freight is the delivery of a consignment: its freight stands in `goods_minor`, its tax in `tax_minor`.
    gross = goods + duty + fee + tax. `stage` of a change: deferred before its consignment left, else earned.
    """

    kind: str
    ref: str
    consignment_ref: str
    warehouse: str
    sku: str
    quantity: int
    goods_minor: int
    duty_minor: int
    fee_minor: int
    tax_minor: int
    gross_minor: int
    stage: str = "deferred"


class ChangedLines(msgspec.Struct, frozen=True):
    """A change of an order with its lines."""

    id: str
    order_id: str
    kind: ChangeKind
    reason: str
    amount_minor: int
    at: dt.datetime
    lines: tuple[LineShares, ...]
