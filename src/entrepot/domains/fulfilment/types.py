"""Frozen nouns of fulfilment."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

ShipmentState = Literal["to_pick", "picked", "packed", "shipped", "delivered", "refused", "returned", "cancelled"]


class ShipmentLine(msgspec.Struct, frozen=True):
    """So many of an order line (QuotedLine.ref)."""

    line_ref: str
    sku: str
    title: str
    quantity: int


class ShipmentView(msgspec.Struct, frozen=True):
    """Goods of one consignment on their way out of one warehouse.

    `booking_since` is set while the carrier is being asked for a label; `booking_problem` holds its last refusal.
    """

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
    carrier: str = ""
    booking_since: dt.datetime | None = None
    booking_problem: str = ""
    mass_g: int = 0


class ShipmentDraft(msgspec.Struct, frozen=True):
    """A shipment to open: one consignment of an order."""

    consignment_ref: str
    warehouse: str
    service: str
    carrier: str
    lines: tuple[ShipmentLine, ...]
    dispatch_by: dt.datetime | None = None
