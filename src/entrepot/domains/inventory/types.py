"""Frozen nouns of inventory."""

from __future__ import annotations

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
