"""What must hold of every landed cost, whatever the goods: found by hypothesis."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.domains.tax.errors import NotRegistered
from entrepot.flows.price.landed_cost import LandedCost, landed_cost
from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.money import NoRateGiven
from entrepot.kernel.trade import Consignment, Line
from tests.law_builders import DAY, customs_rules, lines, parcel, tax_rules

CODES = ("610910", "691110", "940521", "999999", "61091000")
PLACES = {"DE": ("EUR", ""), "US": ("USD", "CA"), "SA": ("SAR", ""), "FR": ("EUR", "")}
HELD = ("ioss@EU", "oss@EU", "sales_tax@US-CA")
DAYS = (
    dt.date(2026, 6, 30), dt.date(2026, 7, 1), dt.date(2026, 7, 23), dt.date(2026, 7, 24), dt.date(2026, 10, 31),
    dt.date(2026, 11, 1), DAY, dt.date(2028, 6, 30), dt.date(2028, 7, 1),
)  # fmt: skip

goods = st.lists(st.tuples(st.integers(0, 60_000), st.sampled_from(CODES)), min_size=1, max_size=6)


def cost_of(
    items: list[tuple[int, str]], to: str, freight: int, on: dt.date, held: tuple[str, ...] = HELD
) -> LandedCost:
    currency, region = PLACES[to]
    rows = lines(*items)
    sent = parcel(rows, to=to, currency=currency, region=region, freight=freight)
    fx = {("RON", "EUR"): Decimal("0.2")}
    tax = tax_rules(to, on, region=region, registered=held)
    return landed_cost(sent, customs_rules(to, on, rows), tax, on, fx=fx)


@settings(max_examples=120, deadline=None)
@given(goods, st.sampled_from(sorted(PLACES)), st.integers(0, 20_000), st.sampled_from(DAYS), st.booleans())
def test_parts_sum_to_the_whole_and_nothing_is_negative(
    items: list[tuple[int, str]], to: str, freight: int, on: dt.date, registered: bool
) -> None:
    cost = cost_of(items, to, freight, on, HELD if registered else ())
    assert sum(c.amount_minor for c in cost.charges) == cost.total_minor
    assert (
        sum(sum(line) for line in cost.lines.values()) + cost.freight_minor + cost.freight_tax_minor == cost.total_minor
    )
    assert all(c.amount_minor >= 0 for c in cost.charges) and all(
        part >= 0 for line in cost.lines.values() for part in line
    )
    by_kind = {kind: sum(c.amount_minor for c in cost.charges if c.kind == kind) for kind in ("duty", "fee", "tax")}
    assert by_kind == {"duty": cost.duty_minor, "fee": cost.fee_minor, "tax": cost.tax_minor}
    assert all(c.reason for c in cost.charges if not c.amount_minor and c.kind in ("duty", "tax", "fee"))
    assert {c.rule for c in cost.charges} <= set(cost.rules)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30_000), st.integers(1, 30_000), st.integers(0, 9_999))
def test_duty_on_freight_falls_on_the_lines_by_value_and_sums_exactly(one: int, other: int, freight: int) -> None:
    cost = cost_of([(one + 15_001, "610910"), (other, "691110")], "DE", freight, DAY)
    bases = [c.base_minor for c in cost.charges if c.kind == "duty"]
    assert sum(bases) == cost.goods_minor + freight


@settings(max_examples=60, deadline=None)
@given(goods, st.integers(0, 20_000))
def test_a_quote_depends_on_nothing_but_its_arguments(items: list[tuple[int, str]], freight: int) -> None:
    assert cost_of(items, "DE", freight, DAY) == cost_of(items, "DE", freight, DAY)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 40_000))
def test_the_limit_of_the_union_acts_once(value: int) -> None:
    cost = cost_of([(value, "610910")], "DE", 500, DAY)
    assert (cost.scheme == "ioss") is (value <= 15_000) and (cost.treatment == "low_value_fixed_duty") is (
        value <= 15_000
    )
    assert (cost.entry == "H7") is (value <= 15_000)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 150_000), st.integers(0, 30_000))
def test_the_limit_of_saudi_arabia_counts_freight(value: int, freight: int) -> None:
    cost = cost_of([(value, "610910")], "SA", freight, DAY)
    assert (cost.treatment == "low_value_relief") is (value + freight <= 100_000)
    assert (cost.duty_minor == 0) is (value + freight <= 100_000)


def test_a_limit_in_another_currency_is_restated_by_the_rates_given() -> None:
    rows = lines((16_000, "610910"))
    sent = parcel(rows, to="DE", currency="USD")
    duty, tax = customs_rules("DE", DAY, rows), tax_rules("DE", DAY, registered=HELD)
    with pytest.raises(NoRateGiven):
        landed_cost(sent, duty, tax, DAY)
    cost = landed_cost(sent, duty, tax, DAY, fx={("EUR", "USD"): Decimal("1.165")})
    assert cost.scheme == "ioss"  # EUR 150 are USD 174.75
    assert cost.duty_minor == 350 and cost.fee_minor == 233  # EUR 3 and EUR 2, half up


def test_business_customers_pay_no_consumer_fee_and_get_no_personal_relief() -> None:
    rows = lines((10_000, "610910"))
    sent = parcel(rows, to="DE", customer="business")
    assert landed_cost(sent, customs_rules("DE", DAY, rows), tax_rules("DE", DAY, registered=HELD), DAY).fee_minor == 0
    sent = parcel(rows, to="SA", currency="SAR", customer="business")
    assert landed_cost(sent, customs_rules("SA", DAY, rows), tax_rules("SA", DAY), DAY).duty_minor == 500


def test_goods_within_the_union_need_a_registration() -> None:
    rows = lines((1_000, "610910"))
    sent = parcel(rows, to="DE", sent_from="NL")
    with pytest.raises(NotRegistered) as refused:
        landed_cost(sent, customs_rules("DE", DAY, rows), tax_rules("DE", DAY, registered=["ioss@EU"]), DAY)
    assert "oss" in refused.value.message() and "NL" in refused.value.message()


def test_registration_in_the_state_itself_serves_too() -> None:
    rows = lines((1_000, "610910"))
    sent = parcel(rows, to="DE", sent_from="NL")
    cost = landed_cost(sent, customs_rules("DE", DAY, rows), tax_rules("DE", DAY, registered=["vat@DE"]), DAY)
    assert cost.scheme == "domestic" and cost.tax_minor == 190


def test_clothing_in_new_york_is_free_below_110_dollars_a_unit() -> None:
    for price, tax in ((10_999, 0), (11_000, 440)):
        rows = lines((price, "610910"), category="clothing")
        sent = parcel(rows, to="US", currency="USD", region="NY")
        rules = tax_rules("US", DAY, region="NY", registered=["sales_tax@US-NY"])
        assert landed_cost(sent, customs_rules("US", DAY, rows), rules, DAY).tax_minor == tax


def test_freight_follows_the_rates_of_the_goods() -> None:
    rows = (*lines((3_000, "490199"), category="books"), Line("l2", "S2", 1, 1_000, "610910", "CN", 1))
    sent = parcel(rows, to="DE", sent_from="NL", freight=400)
    cost = landed_cost(sent, customs_rules("DE", DAY, rows), tax_rules("DE", DAY, registered=HELD), DAY)
    assert cost.lines["l1"].tax_minor == 210 and cost.lines["l2"].tax_minor == 190
    assert cost.freight_tax_minor == 21 + 19  # 3.00 at 7 %, 1.00 at 19 %


@pytest.mark.parametrize(
    "bad",
    [
        Consignment("c", "CN", "DE", "", "", "EUR", lines((-1, "610910"))),
        Consignment("c", "CN", "DE", "", "", "EUR", lines((1, "610910")), freight_minor=-1),
        Consignment("c", "CN", "DE", "", "", "EUR", ()),
        Consignment("c", "CN", "DE", "", "", "EUR", (Line("l", "S", 0, 1, "610910", "CN", 1),)),
    ],
)
def test_nonsense_is_refused(bad: Consignment) -> None:
    with pytest.raises(InvalidInput):
        landed_cost(bad, customs_rules("DE", DAY, bad.lines), tax_rules("DE", DAY, registered=HELD), DAY)


def test_rules_of_another_day_are_refused() -> None:
    rows = lines((100, "610910"))
    with pytest.raises(InvalidInput):
        landed_cost(parcel(rows, to="DE"), customs_rules("DE", DAY, rows), tax_rules("DE", DAY), DAY + dt.timedelta(1))
