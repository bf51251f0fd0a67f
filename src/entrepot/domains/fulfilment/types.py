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


class PackageView(msgspec.Struct, frozen=True):
    """A box: what lies in it (line ref → units), what it weighs, its outer measures in mm (0: not measured)."""

    number: int
    mass_g: int
    contents: dict[str, int]
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0

    @property
    def volume_mm3(self) -> int:
        """The space it takes."""
        return self.length_mm * self.width_mm * self.height_mm


class ShipmentView(msgspec.Struct, frozen=True):
    """Goods of one consignment on their way out of one warehouse.

    `booking_since` is set while the carrier is being asked for a label; `booking_problem` holds its last refusal.
    `packages` are its boxes once it is packed; none: one box with everything, of `mass_g`.
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
    packages: tuple[PackageView, ...] = ()


class ShipmentDraft(msgspec.Struct, frozen=True):
    """A shipment to open: one consignment of an order."""

    consignment_ref: str
    warehouse: str
    service: str
    carrier: str
    lines: tuple[ShipmentLine, ...]
    dispatch_by: dt.datetime | None = None


class WorkCount(msgspec.Struct, frozen=True):
    """How many shipments wait in a state, how many of them should have left, when the first must, and the late ones' orders."""

    number: int
    late: int
    first_due: dt.datetime | None
    late_orders: tuple[str, ...]
