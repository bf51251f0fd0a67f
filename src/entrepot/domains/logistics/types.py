"""Frozen nouns of logistics."""

from __future__ import annotations

import datetime as dt

import msgspec


class RateStep(msgspec.Struct, frozen=True):
    """Freight up to and including a mass."""

    up_to_g: int
    amount_minor: int


class LaneRate(msgspec.Struct, frozen=True):
    """A service on a lane: from a country to a country, its price steps, its days."""

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


class TrackingStep(msgspec.Struct, frozen=True):
    """What a carrier said of a parcel. `code` is ours: booked, handed_over, in_transit, at_customs, cleared,
    out_for_delivery, delivered, exception; `words` are the carrier's own."""

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
