"""Frozen nouns of fulfilment."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

ShipmentState = Literal["to_pick", "picked", "packed", "shipped", "delivered", "cancelled"]


class ShipmentLine(msgspec.Struct, frozen=True):
    """So many of an order line (QuotedLine.ref)."""

    line_ref: str
    sku: str
    title: str
    quantity: int


class ShipmentView(msgspec.Struct, frozen=True):
    """Goods of one consignment on their way out of one warehouse."""

    id: str
    order_id: str
    order_number: str
    consignment_ref: str
    warehouse: str
    service: str
    state: ShipmentState
    lines: tuple[ShipmentLine, ...]
    created_at: dt.datetime
    dispatch_by: dt.datetime | None = None
