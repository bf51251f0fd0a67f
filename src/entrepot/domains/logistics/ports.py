"""The port to carriers and the registry of those that fill it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Protocol

from entrepot.domains.logistics.types import Booking, BookingRequest, TrackingMessage
from entrepot.kernel.registry import Registry


class Carrier(Protocol):
    """Someone who carries parcels.

    `book` is called by `flows.fulfil.ship_shipment`, outside any transaction, once when a packed shipment is shipped and
    again with the same `shipment_id` until an answer could be recorded (every 30 s by `flows.fulfil.schedule`): the
    carrier must answer the same booking for the same id.
    `parse_webhook` is called by `flows.fulfil.record_tracking`, once per message that arrives at
    `/webhooks/carriers/<name>`, before anything is stored; it must raise ForgedMessage for what the carrier did not sign.

    Which services of a carrier are used, on which lanes and at what price, is data: `logistics.services.set_up_lanes`.
    Placing a module in `domains/logistics/adapters` that calls `CARRIERS.register` makes a carrier known.
    """

    name: str

    def book(self, request: BookingRequest, *, callback_url: str) -> Booking:
        """Book a parcel. Raises CarrierUnavailable (try again) or CarrierRefused (mend first)."""
        ...

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: dt.datetime) -> TrackingMessage:
        """Return what a signed message says. Raises ForgedMessage."""
        ...


CARRIERS: Registry[Carrier] = Registry("carrier")
