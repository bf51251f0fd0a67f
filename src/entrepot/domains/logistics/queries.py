"""Reads of logistics."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import json
from collections.abc import Iterable
from importlib import resources
from typing import Any

from entrepot.domains.logistics.models import Lane, Parcel, TrackingEvent
from entrepot.domains.logistics.types import Calendar, LaneRate, ParcelView, RateStep, TrackingStep


def lane_rates(*, destination: str, on: dt.date) -> tuple[LaneRate, ...]:
    """Return the services to a country in force on a day, by origin then service. One query."""
    rows = Lane.objects.filter(destination_country=destination, start__lte=on).exclude(end__lte=on)
    return tuple(_rate(row) for row in rows.order_by("origin_country", "service"))


def demo_lanes() -> list[dict[str, Any]]:
    """Return the demo's invented rate cards, in the form `services.set_up_lanes` takes."""
    path = resources.files("entrepot.domains.logistics").joinpath("refdata", "lanes.json")
    return json.loads(path.read_text("utf-8"))


def _rate(row: Lane) -> LaneRate:
    return LaneRate(
        service=row.service,
        carrier=row.carrier,
        name=row.name,
        grade=row.grade,
        incoterm=row.incoterm,
        origin_country=row.origin_country,
        destination_country=row.destination_country,
        currency=row.currency,
        steps=tuple(RateStep(up_to_g=step[0], amount_minor=step[1]) for step in row.steps),
        volumetric_divisor=row.volumetric_divisor,
        handling_days=row.handling_days,
        transit_min_days=row.transit_min_days,
        transit_max_days=row.transit_max_days,
        customs_days=row.customs_days,
        max_mass_g=row.max_mass_g,
    )


@functools.cache
def calendar(country: str) -> Calendar:
    """Return when a country rests, from refdata; a country without rows rests on Saturdays and Sundays."""
    holidays = frozenset(
        dt.date.fromisoformat(row["date"]) for row in _rows("holidays.csv") if row["country"] == country
    )
    weekends = [row["weekend"] for row in _rows("weekends.csv") if row["country"] == country]
    weekend = frozenset(int(day) for day in weekends[0].split()) if weekends else frozenset({6, 7})
    return Calendar(country=country, weekend=weekend, holidays=holidays)


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("entrepot.domains.logistics").joinpath("refdata", name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def parcels(*, order_id: str | None = None, shipment_ids: Iterable[str] | None = None) -> tuple[ParcelView, ...]:
    """Return the parcels of an order, or of shipments, each with its tracking steps in the order they happened."""
    rows = Parcel.objects.order_by("id")
    if order_id is not None:
        rows = rows.filter(order_id=order_id)
    if shipment_ids is not None:
        rows = rows.filter(shipment_id__in=list(shipment_ids))
    found = list(rows)
    steps: dict[int, list[TrackingStep]] = {row.pk: [] for row in found}
    for event in TrackingEvent.objects.filter(parcel_id__in=list(steps)).order_by("at", "id") if steps else ():
        steps[event.parcel_id].append(TrackingStep(code=event.code, at=event.at, place=event.place, words=event.words))
    return tuple(
        ParcelView(
            id=str(row.public_id),
            shipment_id=str(row.shipment_id),
            carrier=row.carrier,
            service=row.service,
            tracking_number=row.tracking_number,
            state=row.state,
            steps=tuple(steps[row.pk]),
            label_document=row.label_document,
            proof_document=row.proof_document,
        )
        for row in found
    )


def order_of_tracking(*, tracking_number: str) -> str | None:
    """Return the public id of the order whose parcel has a tracking number, None when there is none."""
    found = Parcel.objects.filter(tracking_number=tracking_number).values_list("order_id", flat=True).first()
    return str(found) if found else None
