"""A price with everything in it, worked back: found by hypothesis."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.domains.pricing.errors import PriceBelowDuties
from entrepot.flows.price.landed_cost import landed_cost
from entrepot.flows.price.same_gross import landed_from_gross
from entrepot.kernel.errors import InvalidInput
from tests.law_builders import DAY, customs_rules, lines, parcel, tax_rules

CODES = ("610910", "691110", "940521", "999999")
PLACES = {
    "DE": ("EUR", "", True), "FR": ("EUR", "", True), "GB": ("GBP", "", True), "SA": ("SAR", "", True), "US": ("USD", "CA", False),
    "JP": ("JPY", "", True), "AU": ("AUD", "", True), "BR": ("BRL", "", True), "CA": ("CAD", "ON", False), "SG": ("SGD", "", True),
}  # fmt: skip
HELD = (
    "ioss@EU",
    "oss@EU",
    "sales_tax@US-CA",
    "vat@DE",
    "vat@FR",
    "vat@GB",
    "vat@SA",
    "gst_lvg@AU",
    "gst_lvg@SG",
    "remessa_conforme@BR",
)
FX = {
    (a, b): Decimal("1.1")
    for a in ("EUR", "USD", "GBP", "SAR", "JPY", "AUD", "BRL", "CAD", "SGD")
    for b in ("EUR", "USD", "GBP", "SAR", "JPY", "AUD", "BRL", "CAD", "SGD")
    if a != b
}
goods = st.lists(st.tuples(st.integers(1_000, 60_000), st.sampled_from(CODES)), min_size=1, max_size=4)


def worked_back(
    items: list[tuple[int, str]], to: str, freight: int, on: dt.date = DAY, sent_from: str = "CN", step: int = 1
):
    currency, region, incl = PLACES[to]
    rows = lines(*items)
    asked = parcel(rows, to=to, currency=currency, region=region, freight=freight, sent_from=sent_from)
    law = customs_rules(to, on, rows), tax_rules(to, on, region=region, registered=HELD)
    netted, cost = landed_from_gross(asked, *law, on, incl=incl, step=step, fx=FX)
    return asked, netted, cost, law, incl


def paid(cost, ref: str, incl: bool) -> int:
    line = cost.lines[ref]
    return line.goods_minor + line.duty_minor + line.fee_minor + (line.tax_minor if incl else 0)


@settings(max_examples=150, deadline=None)
@given(goods, st.sampled_from(sorted(PLACES)), st.integers(0, 5_000), st.sampled_from(("CN", "NL")))
def test_nobody_pays_more_than_the_price_and_the_parts_sum(
    items: list[tuple[int, str]], to: str, freight: int, sent_from: str
) -> None:
    try:
        asked, netted, cost, law, incl = worked_back(items, to, freight, sent_from=sent_from)
    except PriceBelowDuties:
        return
    for line in asked.lines:
        assert paid(cost, line.ref, incl) <= line.goods_minor
    assert sum(c.amount_minor for c in cost.charges) == cost.total_minor
    assert sum(map(sum, cost.lines.values())) + cost.freight_minor + cost.freight_tax_minor == cost.total_minor
    for kind, told in (("duty", cost.duty_minor), ("fee", cost.fee_minor), ("tax", cost.tax_minor)):
        assert sum(c.amount_minor for c in cost.charges if c.kind == kind) == told
    # The law's own answer for these net prices is the same but for the coins of rounding.
    forward = landed_cost(netted, *law, DAY, fx=FX)
    assert 0 <= cost.total_minor - forward.total_minor <= 2 * len(items)


@settings(max_examples=150, deadline=None)
@given(goods, st.sampled_from(("DE", "FR", "SA", "US")))
def test_inside_the_territory_every_price_is_met_to_the_coin(items: list[tuple[int, str]], to: str) -> None:
    asked, netted, cost, _law, incl = worked_back(items, to, 0, sent_from=to if to != "FR" else "NL")
    assert [paid(cost, line.ref, incl) for line in asked.lines] == [line.goods_minor for line in asked.lines]
    assert all(line.goods_minor >= 0 for line in netted.lines)


@settings(max_examples=80, deadline=None)
@given(st.integers(1_000, 14_000), st.sampled_from(CODES))
def test_below_the_limit_a_parcel_from_afar_costs_its_price_too(price: int, code: str) -> None:
    asked, _netted, cost, _law, incl = worked_back([(price, code)], "DE", 0)
    assert paid(cost, asked.lines[0].ref, incl) == price


def test_at_the_limit_the_buyer_pays_less_rather_than_more() -> None:
    """Goods of €150 with 19 % are €178.50; one cent of goods more and the duty of the tariff is due. €180 has no net price."""
    asked, netted, cost, _law, incl = worked_back([(18_000, "999999")], "DE", 0)
    assert paid(cost, asked.lines[0].ref, incl) <= 18_000
    assert netted.lines[0].goods_minor <= 15_000


def test_a_price_below_the_flat_duty_is_refused() -> None:
    with pytest.raises(PriceBelowDuties):
        worked_back([(100, "610910")], "DE", 0)


def test_a_negative_price_is_refused() -> None:
    with pytest.raises(InvalidInput):
        worked_back([(-1, "610910")], "DE", 0)


def test_the_missing_coin_is_told_on_the_tax() -> None:
    """With 20 % no net price in whole coins gives 3: 2 is 2, 3 is 4. The tax takes the coin and says so."""
    _asked, netted, cost, _law, _incl = worked_back([(3, "610910")], "FR", 0, sent_from="FR")
    assert (netted.lines[0].goods_minor, cost.tax_minor) == (2, 1)
    assert [c.reason for c in cost.charges if c.kind == "tax" and c.line] == ["rounded_to_price"]


def test_prices_of_whole_units_stay_whole() -> None:
    asked, _netted, cost, _law, incl = worked_back([(18_000, "999999")], "DE", 0, step=100)
    assert paid(cost, asked.lines[0].ref, incl) % 100 == 0
