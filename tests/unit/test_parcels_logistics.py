"""Freight steps, promises over weekends and holidays, tracking that only goes forward."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.logistics.engine import freight, promise, tracking
from entrepot.domains.logistics.errors import TooHeavy
from entrepot.domains.logistics.types import Calendar, LaneRate, RateStep

RATE = LaneRate(
    service="cn-standard",
    carrier="sandbox",
    name="Standard delivery",
    grade="standard",
    incoterm="DDP",
    origin_country="CN",
    destination_country="DE",
    currency="CNY",
    steps=(RateStep(100, 1800), RateStep(500, 3400), RateStep(2000, 9200), RateStep(5000, 20500)),
    volumetric_divisor=6000,
    handling_days=1,
    transit_min_days=6,
    transit_max_days=9,
    customs_days=1,
    max_mass_g=4000,
)
SHANGHAI = {"cutoff": "15:00", "time_zone": "Asia/Shanghai"}


def test_the_first_step_that_reaches_the_mass_counts():
    assert [freight.freight_minor(RATE, g) for g in (1, 100, 101, 2000, 2001)] == [1800, 1800, 3400, 9200, 20500]


def test_bulky_goods_count_as_heavier():
    # 300 × 200 × 150 mm = 9,000 cm³ ÷ 6000 = 1.5 kg
    assert freight.chargeable_g(RATE, 400, 300 * 200 * 150) == 1500
    assert freight.freight_minor(RATE, 400, 300 * 200 * 150) == 9200
    assert freight.chargeable_g(RATE, 400, 1) == 400


def test_too_heavy_names_the_limit():
    with pytest.raises(TooHeavy) as caught:
        freight.freight_minor(RATE, 4001)
    assert caught.value.params == {"service": "Standard delivery", "mass_kg": 5, "max_kg": 4}


@given(st.integers(1, 4000), st.integers(0, 20_000_000))
def test_the_floor_is_never_above_the_freight(mass, volume):
    opening, per_kg = freight.floor(RATE)
    if freight.chargeable_g(RATE, mass, volume) <= RATE.max_mass_g:
        assert opening + per_kg * mass // 1000 <= freight.freight_minor(RATE, mass, volume)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def test_before_the_cutoff_it_leaves_a_day_earlier():
    week = Calendar("DE")
    before = promise.promise(RATE, at=at("2026-11-25T14:59:00+08:00"), origin=week, destination=week, **SHANGHAI)
    after = promise.promise(RATE, at=at("2026-11-25T15:00:00+08:00"), origin=week, destination=week, **SHANGHAI)
    # Wed + 1 handling = Thu 26; + 6 = Wed 2 Dec, + 1 customs = Thu 3; + 9 = Sat 5 → Mon 7, + 1 = Tue 8.
    assert (before.first, before.last) == (dt.date(2026, 12, 3), dt.date(2026, 12, 8))
    assert before.order_by == at("2026-11-25T07:00:00+00:00")
    assert after.first == dt.date(2026, 12, 4) and after.order_by == at("2026-11-26T07:00:00+00:00")


def test_weekends_and_holidays_are_those_of_the_place():
    saudi = Calendar("SA", weekend=frozenset({5, 6}), holidays=frozenset({dt.date(2026, 12, 6)}))
    given_ = promise.promise(
        RATE, at=at("2026-11-28T10:00:00+08:00"), origin=Calendar("CN"), destination=saudi, **SHANGHAI
    )
    # Saturday → Monday 30 Nov, leaves Tue 1 Dec; + 6 = Mon 7, customs Tue 8; + 9 = Thu 10, customs (Fri, Sat rest) Sun 13.
    assert (given_.first, given_.last) == (dt.date(2026, 12, 8), dt.date(2026, 12, 13))


@given(st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 12, 20), timezones=st.just(dt.UTC)))
def test_a_promise_is_in_order_and_on_working_days(moment):
    week = Calendar("DE", holidays=frozenset({dt.date(2026, 12, 25)}))
    given_ = promise.promise(RATE, at=moment, origin=week, destination=week, **SHANGHAI)
    assert moment < given_.order_by and given_.order_by.date() <= given_.first <= given_.last
    assert not week.rests(given_.first) and not week.rests(given_.last)


def test_tracking_in_any_order_ends_the_same():
    codes = ["handed_over", "in_transit", "at_customs", "delivered"]
    for order in itertools.permutations(codes):
        state, seen = "booked", []
        for code in order:
            state = tracking.advance(state, code)
            seen.append(tracking.RANK[state])
        assert state == "delivered" and seen == sorted(seen)
    assert tracking.advance("in_transit", "exception") == "in_transit"
    assert tracking.advance("in_transit", "something new") == "in_transit"
