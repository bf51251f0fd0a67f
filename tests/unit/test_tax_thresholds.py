"""Thresholds of registration: what counts, over which period, how full, and when they will be crossed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine import thresholds, watch
from entrepot.domains.tax.errors import BadLaw
from entrepot.domains.tax.types import RegistrationInfo, SoldOn, Threshold
from entrepot.kernel.trade import RuleRef

ON = dt.date(2026, 11, 25)
LIMIT = 10_000_00


def limit(period: str = "rolling_12_months", **more) -> Threshold:
    given_ = {
        "key": "x", "title": "t", "jurisdiction": "EU", "region": "", "registration": "oss", "amount_minor": LIMIT,
        "currency": "EUR", "counts": "to", "customers": (), "period": period, "established": "",
        "rule": RuleRef("t", "k", "v", "s", "official"),
    }  # fmt: skip
    return Threshold(**{**given_, **more})


def steady(per_week: int, weeks: int, on: dt.date = ON) -> list[SoldOn]:
    return [SoldOn(on - dt.timedelta(days=7 * n), per_week) for n in range(weeks)]


def of(key: str, on: dt.date = ON) -> Threshold:
    return next(one for one in tax.thresholds_on(on=on) if one.key == key)


def test_the_tables_say_the_laws_of_their_day() -> None:
    assert (of("eu_distance").amount_minor, of("eu_distance").currency) == (10_000_00, "EUR")
    assert of("gb_vat", dt.date(2024, 3, 31)).amount_minor == 85_000_00
    assert of("gb_vat", dt.date(2024, 4, 1)).amount_minor == 90_000_00
    assert of("au_gst").amount_minor == 75_000_00 and of("nz_gst").amount_minor == 60_000_00
    assert of("US-AL").amount_minor == 250_000_00 and of("US-AL").period == "previous_year"
    assert of("US-AK", dt.date(2024, 12, 31)).transactions == 200 and of("US-AK").transactions == 0
    assert of("US-NY").both and of("US-NY").transactions == 100


def test_who_is_established_where_decides_which_are_for_him() -> None:
    union = tax.members_of("EU")
    assert thresholds.applies(of("eu_distance"), seller_country="DE", members=union)
    assert not thresholds.applies(of("eu_distance"), seller_country="CN", members=union)
    assert not thresholds.applies(of("no_voec"), seller_country="NO", members=tax.members_of("NO"))
    assert thresholds.applies(of("au_gst"), seller_country="CN", members=tax.members_of("AU"))


def test_what_counts_is_where_it_left_and_who_bought() -> None:
    union = tax.members_of("EU")

    def counts(dispatch: str, destination: str, customer: str = "consumer") -> bool:
        return thresholds.counts(
            of("eu_distance"), dispatch=dispatch, destination=destination, region="", customer=customer, members=union
        )

    assert counts("NL", "DE") and not counts("DE", "DE") and not counts("CN", "DE")
    assert not counts("NL", "DE", "business") and not counts("NL", "GB")
    state = {"dispatch": "CN", "destination": "US", "customer": "consumer", "members": tax.members_of("US")}
    assert thresholds.counts(of("US-CA"), region="CA", **state) and thresholds.counts(
        of("US-CA"), region="US-CA", **state
    )
    assert not thresholds.counts(of("US-CA"), region="NY", **state)


def test_periods_of_the_law() -> None:
    assert watch.periods("rolling_12_months", ON) == ((dt.date(2025, 11, 26), dt.date(2026, 11, 26)),)
    years = ((dt.date(2025, 1, 1), dt.date(2026, 1, 1)), (dt.date(2026, 1, 1), dt.date(2027, 1, 1)))
    assert watch.periods("previous_or_current_year", ON) == years
    assert watch.periods("previous_year", ON) == years[:1]
    assert watch.periods("rolling_12_months", dt.date(2028, 2, 29))[0][0] == dt.date(2027, 3, 1)


def test_the_fuller_of_two_years_counts() -> None:
    last_year = [SoldOn(dt.date(2025, 5, 1), LIMIT)]
    told = watch.watched(limit("previous_or_current_year"), last_year, ON)
    assert told.level == "reached" and told.period_from == dt.date(2025, 1, 1)
    assert watch.watched(limit("rolling_12_months"), last_year, ON).level == "fine"


@pytest.mark.parametrize(
    ("amount", "level"),
    [(LIMIT * 8 // 10 - 1, "fine"), (LIMIT * 8 // 10, "near"), (LIMIT - 1, "near"), (LIMIT, "reached")],
)
def test_levels_act_at_their_edge(amount: int, level: str) -> None:
    assert watch.watched(limit(), [SoldOn(ON, amount)], ON).level == level


def test_a_number_of_sales_counts_beside_or_together_with_the_amount() -> None:
    sold = [SoldOn(ON, LIMIT // 2, orders=200)]
    assert watch.watched(limit(transactions=200), sold, ON).level == "reached"
    assert watch.watched(limit(transactions=200, both=True), sold, ON).share_ppm == 500_000


def test_a_steady_pace_is_forecast_to_the_day() -> None:
    sold = steady(500_00, 13)  # 6,500.00 so far, 500.00 a week: 3,500.00 are missing, seven weeks
    ahead = watch.forecast(limit(), sold, ON)
    assert ahead.crossing == ON + dt.timedelta(weeks=7) == ahead.earliest == ahead.latest
    assert (ahead.weekly_minor, ahead.weeks) == (500_00, 12)
    assert watch.watched(limit(), sold, ON).level == "in_sight"


def test_a_calendar_year_is_not_forecast_past_its_end() -> None:
    assert watch.forecast(limit("previous_or_current_year"), steady(500_00, 13), ON).crossing is None
    assert watch.forecast(limit("previous_or_current_year"), steady(800_00, 12), ON).crossing == dt.date(2026, 11, 29)


def test_sales_that_rise_cross_earlier_and_uneven_ones_have_a_band() -> None:
    rising = [SoldOn(ON - dt.timedelta(days=7 * n), 500_00 + (6 - n) * 50_00) for n in range(13)]
    assert watch.forecast(limit(), rising, ON).crossing < watch.forecast(limit(), steady(500_00, 13), ON).crossing
    uneven = [SoldOn(ON - dt.timedelta(days=7 * n), 500_00 + (200_00 if n % 2 else -200_00)) for n in range(13)]
    told = watch.forecast(limit(), uneven, ON)
    assert told.earliest < told.crossing < told.latest


def test_little_history_is_no_forecast() -> None:
    assert watch.forecast(limit(), steady(900_00, 3), ON).weeks == 0
    assert watch.forecast(limit(), [], ON).crossing is None


SOLD = st.lists(
    st.builds(
        SoldOn,
        day=st.dates(dt.date(2025, 1, 1), dt.date(2026, 12, 31)),
        minor=st.integers(-50_00, 3_000_00),
        orders=st.integers(1, 5),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(sold=SOLD, kind=st.sampled_from(thresholds.PERIODS))
def test_whatever_was_sold_the_figures_hold_together(sold: list[SoldOn], kind: str) -> None:
    told = watch.watched(limit(kind), sold, ON)
    ahead = told.forecast
    inside = [one for one in sold if told.period_from <= one.day < told.period_until and one.day <= ON]
    assert told.amount_minor == sum(one.minor for one in inside) and told.orders == sum(one.orders for one in inside)
    assert (told.level == "reached") == (told.amount_minor >= LIMIT)
    far = dt.date.max
    assert (ahead.earliest or far) <= (ahead.crossing or far) <= (ahead.latest or far)
    for day in (ahead.crossing, ahead.earliest, ahead.latest):
        assert day is None or ON <= day <= ON + dt.timedelta(days=watch.HORIZON_DAYS)


@settings(max_examples=25, deadline=None)
@given(sold=SOLD, more=st.integers(0, 20_000_00))
def test_more_sales_never_lower_the_share(sold: list[SoldOn], more: int) -> None:
    before = watch.watched(limit(), sold, ON).share_ppm
    assert watch.watched(limit(), [*sold, SoldOn(ON, more)], ON).share_ppm >= before


def test_who_holds_the_registration_is_told_apart() -> None:
    held = (RegistrationInfo("sales_tax", "US-CA", "1", dt.date(2026, 1, 1), dt.date(2026, 6, 1)),)
    assert thresholds.holds(of("US-CA"), held, dt.date(2026, 5, 31))
    assert not thresholds.holds(of("US-CA"), held, dt.date(2026, 6, 1))
    assert not thresholds.holds(of("US-NY"), held, dt.date(2026, 5, 31))


@pytest.mark.parametrize(
    "broken", [{"counts": "all"}, {"period": "month"}, {"amount": None}, {"amount": 1.5}, {"title": ""}]
)
def test_a_malformed_row_is_refused_by_name(broken: dict) -> None:
    good = {
        "key": "a", "title": "turnover", "jurisdiction": "AU", "registration": "gst", "amount": "1", "currency": "AUD",
        "counts": "to", "period": "rolling_12_months", "source": "s", "confidence": "official",
    }  # fmt: skip
    thresholds.thresholds_in({"thresholds": [good]}, "file.yaml")
    with pytest.raises(BadLaw, match=r"file\.yaml, row thresholds 1"):
        thresholds.thresholds_in({"thresholds": [{**good, **broken}]}, "file.yaml")
