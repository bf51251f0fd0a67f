"""Frozen nouns of inventory."""

from __future__ import annotations

import datetime as dt

import msgspec


class WarehouseInfo(msgspec.Struct, frozen=True):
    """A place that holds stock. `cutoff` is the local clock time until which an order leaves the same day."""

    id: str
    code: str
    name: str
    kind: str
    country: str
    city: str
    time_zone: str
    cutoff: str
    address: dict[str, str]

    @property
    def bonded(self) -> bool:
        """Whether goods lie there under bond: not in free circulation of its country, declared when they leave."""
        return self.kind == "bonded"


class StockRequest(msgspec.Struct, frozen=True):
    """So many of a SKU from a warehouse (by code)."""

    warehouse: str
    sku: str
    quantity: int


class StockLevel(msgspec.Struct, frozen=True):
    """Stock of a SKU in a warehouse."""

    warehouse: str
    sku: str
    on_hand: int
    reserved: int

    @property
    def available(self) -> int:
        """What can still be promised."""
        return self.on_hand - self.reserved

    @property
    def key(self) -> str:
        """What the next page of a list begins after."""
        return f"{self.sku}|{self.warehouse}"

    @property
    def key_by_least(self) -> str:
        """What the next page begins after in a list where the least comes first."""
        return f"{self.available}|{self.key}"


class ReservationView(msgspec.Struct, frozen=True):
    """Units kept for an order. `state` is held, allocated, released or consumed; `consumed` of them have left."""

    order_id: str
    warehouse: str
    sku: str
    quantity: int
    consumed: int
    state: str
    expires_at: dt.datetime | None


class MovementView(msgspec.Struct, frozen=True):
    """A change of the stock on hand: receive, consume or adjust."""

    warehouse: str
    sku: str
    kind: str
    quantity: int
    reference: str
    at: dt.datetime
