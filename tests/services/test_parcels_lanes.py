"""Rate cards and calendars as data; parcels once per shipment, messages once per event."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import msgspec
import pytest
from django.db import IntegrityError, transaction

from entrepot.domains import logistics
from entrepot.domains.logistics import queries, services
from entrepot.domains.logistics.types import TrackingMessage, TrackingStep
from entrepot.infra import db
from entrepot.infra.ids import new_id
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import DataFault, InvalidInput, NotFound

DAY = dt.date(2026, 11, 25)
AT = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)
REFDATA = Path(logistics.__file__).parent / "refdata"


@pytest.mark.django_db
def test_lanes_are_in_force_by_date_and_loading_twice_changes_nothing():
    assert services.set_up_lanes(actor=SYSTEM) == services.set_up_lanes(actor=SYSTEM) == 75
    rates = queries.lane_rates(destination="DE", on=DAY)
    assert [(r.origin_country, r.grade) for r in rates] == [
        (c, g) for c in ("CN", "NL", "US") for g in ("express", "standard")
    ]
    assert queries.lane_rates(destination="DE", on=dt.date(2025, 12, 31)) == ()
    dearer = {**queries.demo_lanes()[0], "start": "2026-12-01", "steps": [[70000, 99999]]}
    services.set_up_lanes(actor=SYSTEM, rows=[{**queries.demo_lanes()[0], "end": dt.date(2026, 12, 1)}, dearer])
    before = next(r for r in queries.lane_rates(destination="DE", on=DAY) if r.service == "cn-standard")
    after = next(r for r in queries.lane_rates(destination="DE", on=dt.date(2026, 12, 1)) if r.service == "cn-standard")
    assert before.steps[0].amount_minor == 1800 and after.steps[0].amount_minor == 99999


@pytest.mark.django_db
@pytest.mark.parametrize("steps", [[], [[500, 1], [500, 2]], [[500, 1], [400, 2]], [[500, 1]]])
def test_steps_that_make_no_rate_card_are_refused(steps):
    with pytest.raises(DataFault):
        services.set_up_lanes(actor=SYSTEM, rows=[{**queries.demo_lanes()[0], "steps": steps}])


@pytest.mark.django_db
def test_a_lane_says_how_goods_cross_or_its_carriers_kind_does():
    first = queries.demo_lanes()[0]
    posted = {**first, "carrier": "post", "service": "letter", "mode": ""}
    services.set_up_lanes(actor=SYSTEM, rows=[first, posted, {**posted, "service": "ship", "mode": "sea"}])
    modes = {rate.service: rate.mode for rate in queries.lane_rates(destination="DE", on=DAY)}
    assert modes == {"cn-standard": "courier", "letter": "post", "ship": "sea"}
    with pytest.raises(DataFault, match="teleport"):
        services.set_up_lanes(actor=SYSTEM, rows=[{**first, "mode": "teleport"}])


def test_calendars_say_when_a_country_rests():
    assert queries.calendar("US").rests(dt.date(2026, 11, 26)) and not queries.calendar("DE").rests(
        dt.date(2026, 11, 26)
    )
    assert queries.calendar("SA").rests(dt.date(2026, 11, 27)) and not queries.calendar("SA").rests(
        dt.date(2026, 11, 29)
    )
    assert queries.calendar("CN").rests(dt.date(2026, 10, 1)) and queries.calendar("XX").weekend == {6, 7}


def test_every_holiday_has_a_source_and_stands_once():
    rows = list(csv.DictReader((REFDATA / "holidays.csv").read_text("utf-8").splitlines()))
    assert len({(row["country"], row["date"]) for row in rows}) == len(rows)
    for row in rows:
        dt.date.fromisoformat(row["date"])
        assert row["source"] and row["confidence"] in ("law", "estimated") and row["name"]


def a_parcel(number: str = "T1") -> dict[str, str]:
    told = {"shipment_id": str(new_id()), "order_id": str(new_id()), "carrier": "sandbox", "service": "cn-standard"}
    services.record_booking(actor=SYSTEM, tracking_number=number, label_document="", **told)
    return told


def a_message(code: str, event: str, number: str = "T1") -> TrackingMessage:
    return TrackingMessage("sandbox", event, number, "", TrackingStep(code, AT, "Leipzig", code))


@pytest.mark.django_db
def test_a_shipment_has_one_parcel_and_a_tracking_number_one_shipment():
    told = a_parcel()
    services.record_booking(actor=SYSTEM, tracking_number="T2", label_document="", **told)
    assert [p.tracking_number for p in queries.parcels(order_id=told["order_id"])] == ["T1"]
    with pytest.raises(IntegrityError, match="parcel_tracking_once"), transaction.atomic():
        a_parcel("T1")


@pytest.mark.django_db
def test_a_message_counts_once_and_never_moves_a_parcel_back():
    told = a_parcel()
    first = services.record_tracking_step(actor=SYSTEM, message=a_message("out_for_delivery", "e2"))
    late = services.record_tracking_step(actor=SYSTEM, message=a_message("handed_over", "e1"))
    again = services.record_tracking_step(actor=SYSTEM, message=a_message("delivered", "e2"))
    assert (first.fresh, first.before, first.state) == (True, "booked", "out_for_delivery")
    assert (late.fresh, late.state) == (True, "out_for_delivery")
    assert (again.fresh, again.state) == (False, "out_for_delivery")
    assert len(queries.parcels(order_id=told["order_id"])[0].steps) == 2
    with pytest.raises(InvalidInput):
        services.record_tracking_step(actor=SYSTEM, message=a_message("lost in space", "e3"))
    with pytest.raises(NotFound):
        services.record_tracking_step(actor=SYSTEM, message=a_message("delivered", "e4", "T9"))


@pytest.mark.django_db
def test_what_a_carrier_said_is_kept_as_it_was(as_owner):
    a_parcel()
    long = msgspec.structs.replace(a_message("in_transit", "e1").step, words="x" * 5000, place="y" * 500)
    services.record_tracking_step(
        actor=SYSTEM, message=msgspec.structs.replace(a_message("in_transit", "e1"), step=long)
    )
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        db.execute("UPDATE logistics_trackingevent SET code = 'delivered'")
