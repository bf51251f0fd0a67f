"""The port to carriers and the registry of those that fill it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Protocol

from entrepot.domains.logistics.types import Booking, BookingRequest, RateAnswer, RateRequest, TrackingMessage
from entrepot.kernel.registry import Registry


class Carrier(Protocol):
    """Someone who carries parcels.

    `book` is called by `flows.fulfil.ship_shipment`, outside any transaction, once per parcel when a packed shipment is
    shipped and again with the same `shipment_id` until an answer could be recorded (every 15 s by `flows.fulfil.schedule`):
    the carrier must answer the same booking for the same id.
    `cancel` is called by `flows.fulfil.replace_label`, outside any transaction, before another label is booked; for a label
    that was cancelled before it must say nothing.
    `rate` and `track` are called on demand (console), outside any transaction.
    `parse_webhook` is called by `flows.fulfil.record_tracking`, once per message that arrives at
    `/webhooks/carriers/<name>`, before anything is stored; it must raise ForgedMessage for what the carrier did not sign.

    `kind` (courier, postal) decides by data which papers go with a parcel. `numbers` is "s10" when the carrier numbers items
    from a range it gave us: then a number is drawn before `book` and comes with the request.

    Which services of a carrier are used, on which lanes and at what price, is data: `logistics.services.set_up_lanes`.
    Placing a module in `domains/logistics/adapters` that calls `CARRIERS.register` makes a carrier known.
    """

    name: str
    title: str
    kind: str
    numbers: str

    def rate(self, request: RateRequest) -> RateAnswer:
        """Return what a parcel costs today. Raises CarrierUnavailable, CarrierRefused, NotByRemote (the rate card counts)."""
        ...

    def book(self, request: BookingRequest, *, callback_url: str) -> Booking:
        """Book a parcel. Raises CarrierUnavailable (try again) or CarrierRefused (mend first)."""
        ...

    def track(self, tracking_number: str) -> tuple[TrackingMessage, ...]:
        """Return all that is known of a parcel, oldest first. Raises CarrierUnavailable, NotByRemote (entered by hand)."""
        ...

    def cancel(self, shipment_id: str, tracking_number: str) -> None:
        """Void a label. Raises CarrierUnavailable (try again) or CarrierRefused (the carrier has the parcel)."""
        ...

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: dt.datetime) -> TrackingMessage:
        """Return what a signed message says. Raises ForgedMessage."""
        ...


CARRIERS: Registry[Carrier] = Registry("carrier")
