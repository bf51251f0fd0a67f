"""A carrier in memory: books at once, speaks plain JSON, and can be told to be silent or to refuse."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import msgspec

from entrepot.domains.logistics.errors import CarrierRefused, CarrierUnavailable, ForgedMessage
from entrepot.domains.logistics.ports import CARRIERS
from entrepot.domains.logistics.types import (
    Booking,
    BookingRequest,
    RateAnswer,
    RateRequest,
    TrackingMessage,
    TrackingStep,
)

SIGNATURE = "fake-carrier-signature"


class FakeCarrier:
    """`booked` holds the requests by shipment; `silent` tries go unanswered (booked all the same); `refuse` are its words."""

    def __init__(self, name: str = "fake", kind: str = "courier", numbers: str = "") -> None:
        self.name, self.title, self.kind, self.numbers = name, name, kind, numbers
        self.cancelled: list[str] = []
        self.told: dict[str, list[TrackingMessage]] = {}
        self.booked: dict[str, BookingRequest] = {}
        self.calls = 0
        self.silent = 0
        self.refuse = ""

    def book(self, request: BookingRequest, *, callback_url: str) -> Booking:
        """Book a parcel; the same shipment id gets the same booking."""
        self.calls += 1
        if self.refuse:
            raise CarrierRefused(carrier=self.name, words=self.refuse)
        if request.mass_g <= 0:
            raise CarrierRefused(carrier=self.name, words="A parcel weighs something.")
        self.booked[request.shipment_id] = request
        if self.silent:
            self.silent -= 1
            raise CarrierUnavailable(what=self.name)
        number = request.number or self.tracking_number(request.shipment_id)
        return Booking(tracking_number=number, label=b"%PDF-1.7 fake")

    def rate(self, request: RateRequest) -> RateAnswer:
        """Price a parcel by its mass."""
        if request.mass_g <= 0:
            raise CarrierRefused(carrier=self.name, words="A parcel weighs something.")
        return RateAnswer(amount_minor=request.mass_g, currency="USD")

    def track(self, tracking_number: str) -> tuple[TrackingMessage, ...]:
        """Return what was told of a parcel."""
        return tuple(self.told.get(tracking_number, ()))

    def cancel(self, shipment_id: str, tracking_number: str) -> None:
        """Void a label, unless the parcel was handed over."""
        if any(message.step.code == "handed_over" for message in self.told.get(tracking_number, ())):
            raise CarrierRefused(carrier=self.name, words="The parcel was handed over already.")
        self.cancelled.append(tracking_number)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: dt.datetime) -> TrackingMessage:
        """Return what a message says, if it carries the fake's signature."""
        if headers.get("Signature") != SIGNATURE:
            raise ForgedMessage(carrier=self.name)
        return msgspec.json.decode(body, type=TrackingMessage)

    def tracking_number(self, shipment_id: str) -> str:
        """Return the tracking number of a shipment."""
        return f"FAKE{hashlib.sha256(shipment_id.encode()).hexdigest()[:10].upper()}"

    def message(self, shipment_id: str, code: str, at: dt.datetime, *, event_id: str = "") -> TrackingMessage:
        """Return a message about a shipment."""
        made = TrackingMessage(
            carrier=self.name,
            event_id=event_id or f"{shipment_id}-{code}",
            tracking_number=self.tracking_number(shipment_id),
            shipment_id=shipment_id,
            step=TrackingStep(code=code, at=at, place="Somewhere", words=code.replace("_", " ")),
            signed_by="A. Neighbour" if code == "delivered" else "",
        )
        self.told.setdefault(made.tracking_number, []).append(made)
        return made


@contextmanager
def carrying(name: str) -> Iterator[FakeCarrier]:
    """Let a fake stand in for a registered carrier."""
    fake = FakeCarrier(name)
    before = CARRIERS._known.get(name)
    CARRIERS._known[name] = fake
    try:
        yield fake
    finally:
        if before is None:
            del CARRIERS._known[name]
        else:
            CARRIERS._known[name] = before
