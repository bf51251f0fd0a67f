"""Writes of logistics."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from entrepot.domains.logistics.engine import s10, tracking
from entrepot.domains.logistics.errors import LabelInUse, NoNumbers
from entrepot.domains.logistics.models import DrawnNumber, Lane, NumberRange, Parcel
from entrepot.domains.logistics.ports import CARRIERS
from entrepot.domains.logistics.queries import demo_lanes, demo_number_ranges
from entrepot.domains.logistics.types import MODE_OF_KIND, MODES, TrackingMessage
from entrepot.infra import db
from entrepot.infra.ids import new_id
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, DataFault, InvalidInput, NotFound
from entrepot.kernel.money import apply_rate


@service("logistics.set_up")
def set_up_lanes(*, actor: Actor, rows: Iterable[Mapping[str, Any]] | None = None) -> int:
    """Create or update rate cards by (origin, destination, service, start) and return how many there were.

    A row has the fields of `models.Lane`; steps ascend by mass. Without a mode its carrier's kind says how goods cross. Without rows: the demo's, from refdata/lanes.csv.
    Raises DataFault when steps do not ascend or do not reach the maximum mass, or the mode is none.
    """
    count = 0
    for row in demo_lanes() if rows is None else rows:
        _refuse_bad_steps(row)
        row = {**row, "mode": _mode(row)}
        keys = ("destination_country", "origin_country", "service")
        start = row["start"] if isinstance(row["start"], dt.date) else dt.date.fromisoformat(row["start"])
        defaults = {key: value for key, value in row.items() if key not in (*keys, "start")}
        Lane.objects.update_or_create(**{key: row[key] for key in keys}, start=start, defaults=defaults)
        count += 1
    return count


def _mode(row: Mapping[str, Any]) -> str:
    told = row.get("mode") or ""
    if not told:
        carrier = row["carrier"]
        return MODE_OF_KIND.get(CARRIERS.get(carrier).kind, "courier") if carrier in CARRIERS else "courier"
    if told not in MODES:
        where = f"rate card {row['service']} to {row['destination_country']}"
        raise DataFault(what=f"{where}: the mode “{told}” is none of {', '.join(MODES)}")
    return str(told)


@service("logistics.raise_rates")
def raise_rates(
    *, actor: Actor, origin: str, destination: str, service: str, ppm: int, from_date: dt.date, source: str
) -> None:
    """Let a lane's rate card end on a day and one begin whose every step asks `ppm` more (rounded up); the rest stays.

    Raises NotFound (no card of that lane is in force on the day before), InvalidInput (the card begins on that day itself).
    """
    lane = {"origin_country": origin, "destination_country": destination, "service": service}
    rows = Lane.objects.select_for_update().filter(**lane, start__lte=from_date).exclude(end__lte=from_date)
    row = rows.order_by("-start").first()
    if row is None:
        raise NotFound(kind="rate card", key=f"{origin} {destination} {service}")
    if row.start == from_date:
        raise InvalidInput(
            field="from_date", value=from_date, rule=N_("A rate card begins on that day; choose a later one.")
        )
    until = row.end
    Lane.objects.filter(pk=row.pk).update(end=from_date)
    row.pk, row.start, row.end, row.source = None, from_date, until, source[:200]
    row.steps = [[up_to, amount + apply_rate(amount, ppm, "up")] for up_to, amount in row.steps]
    row.save(force_insert=True)


def _refuse_bad_steps(row: Mapping[str, Any]) -> None:
    reach = [step[0] for step in row["steps"]]
    name = f"rate card {row['service']} to {row['destination_country']}"
    if not reach or any(after <= before for before, after in itertools.pairwise(reach)):
        raise DataFault(what=f"{name}: the steps must ascend by mass")
    if reach[-1] < row["max_mass_g"]:
        raise DataFault(what=f"{name}: the last step ends before max_mass_g")


@service("logistics.book")
def record_booking(
    *,
    actor: Actor,
    shipment_id: str,
    order_id: str,
    carrier: str,
    service: str,
    tracking_number: str,
    label_document: str,
    package: int = 1,
) -> str:
    """Record what the carrier answered to a booking and return the parcel's id; the same package again changes nothing."""
    rows = db.fetch(
        "INSERT INTO logistics_parcel (public_id, shipment_id, package, order_id, carrier, service, tracking_number, state,"
        " label_document, proof_document) VALUES (%s, %s, %s, %s, %s, %s, %s, 'booked', %s, '')"
        " ON CONFLICT (shipment_id, package) WHERE NOT (state = 'voided')"
        " DO UPDATE SET shipment_id = excluded.shipment_id RETURNING public_id::text",
        [new_id(), shipment_id, package, order_id, carrier, service, tracking_number, label_document],
    )
    return rows[0][0]


@service("logistics.void")
def void_parcel(*, actor: Actor, parcel_id: str) -> None:
    """Record that the label of a parcel is void; another may be booked in its place.

    Raises NotFound, LabelInUse (the carrier has the parcel).
    """
    row = Parcel.objects.select_for_update().filter(public_id=parcel_id).first()
    if row is None:
        raise NotFound(kind="parcel", key=parcel_id)
    if row.state not in ("booked", "voided"):
        raise LabelInUse(number=row.tracking_number, state=row.state)
    Parcel.objects.filter(pk=row.pk).update(state="voided")


@service("logistics.set_up")
def set_up_number_ranges(*, actor: Actor, rows: Iterable[Mapping[str, Any]] | None = None) -> int:
    """Create or widen item number ranges by (carrier, origin, indicator) and return how many there were.

    A row has carrier, origin_country, indicator, up_to_g, first, last, source. Numbers drawn stay drawn: `next` never goes
    back. Without rows: the demo's, from refdata/number_ranges.json.
    """
    count = 0
    for row in demo_number_ranges() if rows is None else rows:
        keys = {name: row[name] for name in ("carrier", "origin_country", "indicator")}
        rest = {name: row[name] for name in ("up_to_g", "first", "last", "source")}
        known = NumberRange.objects.select_for_update().filter(**keys).first()
        start = max(known.next, row["first"]) if known else row["first"]
        NumberRange.objects.update_or_create(**keys, defaults={**rest, "next": start})
        count += 1
    return count


@service("logistics.book")
def draw_item_number(*, actor: Actor, carrier: str, origin_country: str, mass_g: int, key: str) -> str:
    """Return the item number of a booking, drawn from the carrier's range once per `key` (UPU S10, 13 signs).

    Raises NoNumbers: the carrier has no range for that origin and mass, or it is used up.
    """
    known = DrawnNumber.objects.filter(key=key).values_list("number", flat=True).first()
    if known:
        return known
    fitting = NumberRange.objects.select_for_update().filter(carrier=carrier, origin_country=origin_country)
    for row in fitting.filter(up_to_g__gte=mass_g).order_by("up_to_g", "id"):
        if row.next <= row.last:
            number = s10.item_number(row.indicator, row.next, origin_country)
            NumberRange.objects.filter(pk=row.pk).update(next=row.next + 1)
            DrawnNumber.objects.create(carrier=carrier, key=key, number=number)
            return number
    raise NoNumbers(kind="item number", key=origin_country, carrier=carrier)


class RecordedStep(msgspec.Struct, frozen=True):
    """What a tracking message changed. `fresh` is False for a message known before; `before` and `state` are the parcel's."""

    fresh: bool
    parcel_id: str
    shipment_id: str
    order_id: str
    before: str
    state: str


@service("logistics.track")
def record_tracking_step(*, actor: Actor, message: TrackingMessage) -> RecordedStep:
    """Record a carrier's message once and move the parcel forward, never back.

    Raises:
        NotFound: no parcel has that tracking number yet (the carrier was faster than we: it sends again).
        InvalidInput: a code that is none of ours.
    """
    step = message.step
    if step.code not in tracking.CODES:
        raise InvalidInput(field="code", value=step.code, rule="A carrier's adapter must translate to our codes.")
    parcel = (
        Parcel.objects.select_for_update()
        .filter(carrier=message.carrier, tracking_number=message.tracking_number)
        .first()
    )
    if parcel is None:
        raise NotFound(kind="parcel", key=message.tracking_number)
    fresh = db.execute(
        "INSERT INTO logistics_trackingevent (parcel_id, carrier, event_id, code, at, place, words)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (carrier, event_id) DO NOTHING",
        [parcel.pk, message.carrier, message.event_id, step.code, step.at, step.place[:120], step.words[:300]],
    )
    before = parcel.state
    state = tracking.advance(before, step.code) if fresh else before
    if state != before:
        db.execute("UPDATE logistics_parcel SET state = %s WHERE id = %s", [state, parcel.pk])
    return RecordedStep(
        fresh=bool(fresh),
        parcel_id=str(parcel.public_id),
        shipment_id=str(parcel.shipment_id),
        order_id=str(parcel.order_id),
        before=before,
        state=state,
    )


@service("logistics.track")
def record_proof(*, actor: Actor, parcel_id: str, document: str) -> None:
    """Keep the proof of delivery of a parcel; the first one stays."""
    db.execute(
        "UPDATE logistics_parcel SET proof_document = %s WHERE public_id = %s AND proof_document = ''",
        [document, parcel_id],
    )
