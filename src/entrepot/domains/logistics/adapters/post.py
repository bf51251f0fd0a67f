"""A postal operator without a wire: we number, print and hand over; tracking is entered by hand.

Item numbers (UPU S10) come from the range the operator gave us (`logistics.services.set_up_number_ranges`), drawn before
booking; label and CN 22 or CN 23 are our own drawings. Usable without any account anywhere. Refuses what an operator
refuses at the counter: items above 31.5 kg and numbers that are none.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from importlib import resources

import msgspec

from entrepot.domains.logistics.engine import s10
from entrepot.domains.logistics.engine.label import label_content
from entrepot.domains.logistics.errors import CarrierRefused, ForgedMessage, NotByRemote
from entrepot.domains.logistics.ports import CARRIERS
from entrepot.domains.logistics.types import Booking, BookingRequest, RateAnswer, RateRequest, TrackingMessage
from entrepot.infra import barcode, pdf
from entrepot.kernel.errors import N_

NAME = "post"
TITLE = N_("Post")
HEAVIEST_G = 31_500


@functools.cache
def _template() -> str:
    return resources.files("entrepot.domains.logistics").joinpath("templates", "label.typ").read_text("utf-8")


class Post:
    """Books by printing: the drawn number is the booking."""

    name = NAME
    title = TITLE
    kind = "postal"
    numbers = "s10"

    def rate(self, request: RateRequest) -> RateAnswer:
        """Raise NotByRemote: the rate card counts."""
        raise NotByRemote(carrier=TITLE, deed=N_("name a price"))

    def book(self, request: BookingRequest, *, callback_url: str) -> Booking:
        """Return the drawn number and a label of our own; the same request gives the same bytes."""
        if not s10.is_item_number(request.number):
            raise CarrierRefused(carrier=TITLE, words="no item number, or its check digit is wrong")
        if not 0 < request.mass_g <= HEAVIEST_G:
            raise CarrierRefused(carrier=TITLE, words=f"an item weighs up to {HEAVIEST_G / 1000:g} kg")
        content = label_content(request, request.number, carrier=self.name, kind=self.kind)
        content["han"] = pdf.han_fonts(request.recipient.get("country_code", ""))
        content["bars"] = msgspec.to_builtins(barcode.code128(request.number))
        return Booking(request.number, pdf.typeset(_template(), content, at=request.at))

    def track(self, tracking_number: str) -> tuple[TrackingMessage, ...]:
        """Raise NotByRemote: tracking is entered by hand."""
        raise NotByRemote(carrier=TITLE, deed=N_("tell where a parcel is"))

    def cancel(self, shipment_id: str, tracking_number: str) -> None:
        """Nothing to tell anybody: an item that was not posted does not exist for the operator."""

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: dt.datetime) -> TrackingMessage:
        """Refuse every message: the operator sends none."""
        raise ForgedMessage(carrier=TITLE)


CARRIERS.register(NAME, Post())
