"""Reads of logistics."""

from __future__ import annotations

import csv
import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

import msgspec

from entrepot.domains.logistics.models import Lane, Parcel, TrackingEvent
from entrepot.domains.logistics.ports import CARRIERS
from entrepot.domains.logistics.types import Calendar, CarrierInfo, LaneRate, ParcelView, RateStep, TrackingStep
from entrepot.kernel.errors import DataFault

_WHOLE = (
    "volumetric_divisor", "handling_days", "transit_min_days", "transit_max_days", "customs_days", "max_mass_g",
)  # fmt: skip


def lane_rates(*, destination: str, on: dt.date) -> tuple[LaneRate, ...]:
    """Return the services to a country in force on a day, by origin then service. One query."""
    rows = Lane.objects.filter(destination_country=destination, start__lte=on).exclude(end__lte=on)
    return tuple(_rate(row) for row in rows.order_by("origin_country", "service"))


def rate_cards(*, on: dt.date) -> tuple[LaneRate, ...]:
    """Return every rate card in force on a day, by destination, origin and service. One query."""
    rows = Lane.objects.filter(start__lte=on).exclude(end__lte=on)
    return tuple(_rate(row) for row in rows.order_by("destination_country", "origin_country", "service"))


def demo_lanes() -> list[dict[str, Any]]:
    """Return the demo's invented rate cards (refdata/lanes.csv), in the form `services.set_up_lanes` takes."""
    return [rate_card(row) for row in _rows("lanes.csv")]


def rate_card(row: Mapping[str, str]) -> dict[str, Any]:
    """Return a row of a rate card file as `services.set_up_lanes` takes it.

    Columns are the fields of `models.Lane`; `steps` is `g:minor g:minor …` (up to and including so many grams: so much),
    an empty `end` means open. Raises DataFault for what is no number or no step.
    """
    name = f"rate card {row.get('service')} to {row.get('destination_country')}"
    try:
        steps = [[int(part) for part in step.split(":")] for step in row["steps"].split()]
        numbers = {field: int(row[field]) for field in _WHOLE}
    except (KeyError, ValueError) as fault:
        raise DataFault(what=f"{name}: a column is missing or holds no whole number ({fault})") from fault
    if any(len(step) != 2 for step in steps):
        raise DataFault(what=f"{name}: a step is “grams:amount”")
    return {**row, **numbers, "steps": steps, "end": row["end"] or None}


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
        mode=row.mode,
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


def parcels(
    *,
    order_id: str | None = None,
    shipment_ids: Iterable[str] | None = None,
    parcel_id: str | None = None,
    voided: bool = False,
) -> tuple[ParcelView, ...]:
    """Return the parcels of an order, or of shipments, each with its tracking steps in the order they happened.

    Parcels whose label was voided are left out unless asked for.
    """
    rows = Parcel.objects.order_by("id")
    if not voided:
        rows = rows.exclude(state="voided")
    if parcel_id is not None:
        rows = rows.filter(public_id=parcel_id)
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
            package=row.package,
            order_id=str(row.order_id),
        )
        for row in found
    )


def carriers() -> dict[str, CarrierInfo]:
    """Return what is known of each carrier that is placed, by name."""
    return {
        name: CarrierInfo(name=name, title=known.title, kind=known.kind, numbers=known.numbers)
        for name in CARRIERS
        for known in [CARRIERS.get(name)]
    }


def demo_number_ranges() -> list[dict[str, Any]]:
    """Return the demo's invented item number ranges, in the form `services.set_up_number_ranges` takes."""
    path = resources.files("entrepot.domains.logistics").joinpath("refdata", "number_ranges.json")
    return msgspec.json.decode(path.read_bytes())


def parcels_tracked(*, numbers: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return (order id, shipment id) by tracking number, voided labels too, for a carrier bills these as well; one statement."""
    rows = Parcel.objects.filter(tracking_number__in=list(numbers)).order_by("id")
    found = rows.values_list("tracking_number", "order_id", "shipment_id")
    return {number: (str(order), str(shipment)) for number, order, shipment in found}


def order_of_tracking(*, tracking_number: str) -> str | None:
    """Return the public id of the order whose parcel has a tracking number, None when there is none."""
    found = Parcel.objects.filter(tracking_number=tracking_number).values_list("order_id", flat=True).first()
    return str(found) if found else None


def parcels_numbered(*, text: str, limit: int = 6) -> tuple[tuple[str, str, str], ...]:
    """Return (parcel id, tracking number, state) of parcels whose number begins so (six characters at least)."""
    start = "".join(text.split()).upper()
    if len(start) < 6 or not start.isalnum():
        return ()
    rows = Parcel.objects.filter(tracking_number__startswith=start).order_by("-id")
    found = rows.values_list("public_id", "tracking_number", "state")[:limit]
    return tuple((str(key), number, state) for key, number, state in found)
