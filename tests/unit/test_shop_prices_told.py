"""How a price is told: rows that name their goods, periods and rates in the page's own way of writing, the zone of a time."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from entrepot.interfaces.storefront import taxwords
from entrepot.interfaces.web import cascade, formats
from entrepot.kernel.trade import Charge, RuleRef

GERMAN = formats.cldr("de", "DE")
RULE = RuleRef("duty", "x", "3.7", "Regulation (EU) 2025/1926", "official", "2026-01-01", "2027-01-01")


def duty(line: str, ppm: int, minor: int) -> Charge:
    return Charge("duty", "Import duty", line, minor, RULE, 10_000, ppm)


def test_two_duties_name_what_they_are_on_and_one_does_not() -> None:
    one, other = duty("1", 37_000, 370), duty("2", 120_000, 1_200)
    goods = {one: "Desk lamp", other: "Shirt"}
    assert ["Desk lamp" in row.why for row in cascade.rows([one, other], GERMAN, goods)] == [True, False]
    assert [row.why for row in cascade.rows([one], GERMAN, goods)] == ["3,7\xa0%"]
    many = {duty(str(number), 37_000, 1): f"Thing {number}" for number in range(5)}
    row = cascade.rows([*many, other], GERMAN, {**many, other: "Shirt"})[0]
    assert "Thing 0" in row.why and "Thing 1" in row.why and "Thing 2" not in row.why and "3" in row.why


def test_a_rule_s_days_are_written_as_the_page_writes_days_and_its_title_stays() -> None:
    detail = cascade.rows([duty("1", 37_000, 370)], GERMAN)[0].detail[0]
    assert "Regulation (EU) 2025/1926" in detail
    assert "1. Jan. 2026" in detail and "31. Dez. 2026" in detail, "the last day, not the first one without it"
    assert "2026-01-01" not in detail


@pytest.mark.parametrize(
    ("rate", "written"),
    [("1.15734", "1,1573"), ("18412.456", "18.412"), ("0.000054312", "0,000054312"), ("3.75", "3,75"), ("1", "1")],
)
def test_rates_keep_the_figures_that_count(rate: str, written: str) -> None:
    assert formats.rate(Decimal(rate), GERMAN) == written


def test_a_time_names_its_zone_where_the_country_has_several() -> None:
    at = dt.datetime(2026, 11, 25, 14, 32, tzinfo=dt.UTC)
    assert formats.clock_time(at, "America/New_York", formats.cldr("en", "US"), named=True).endswith("EST")
    assert formats.clock_time(at, "Europe/Berlin", GERMAN, named=True) == "15:32"
    assert formats.clock_time(at, "America/New_York", formats.cldr("en", "US")).endswith("AM")


def test_tax_has_the_country_s_name() -> None:
    assert "GST" in taxwords.words("gst").price
    assert "consumption tax" in taxwords.words("consumption_tax").shelf
    assert taxwords.words("nobody knows") == taxwords.words("tax")


def test_sizes_are_written_by_the_language() -> None:
    assert formats.size((125, 300, 80), GERMAN) == "12,5 × 30 × 8 cm"
