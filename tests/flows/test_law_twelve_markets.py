"""A binding price in each of the twelve markets, from the tables alone: right scheme, right collector, sums, whole coins, replay."""

from __future__ import annotations

import datetime as dt

import pytest

from entrepot.domains.checkout.types import CartLine
from entrepot.domains.markets import queries as markets
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.tax import services as tax
from entrepot.flows.price.quote_cart import quote_cart
from entrepot.flows.price.replay import recompute, replay_stored
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.money import exponent
from entrepot.kernel.quote import FrozenQuote
from tests import builders

pytestmark = pytest.mark.django_db

# Market → region, scheme of one lamp at the demo's day, who collects its tax, with the registrations below.
EXPECTED = {
    "DE": ("", "oss", "seller"),
    "FR": ("", "oss", "seller"),
    "ES": ("", "oss", "seller"),
    "GB": ("", "vat_at_sale", "seller"),
    "US": ("CA", "us_informal", "seller"),
    "CA": ("QC", "standard_import", "customs"),
    "AU": ("NSW", "low_value_goods", "seller"),
    "JP": ("", "low_value_exemption", "seller"),
    "SG": ("", "low_value_goods", "seller"),
    "SA": ("", "standard_import", "customs"),
    "BR": ("SP", "remessa_conforme", "seller"),
    "ID": ("", "standard_import", "customs"),
}
REGISTRATIONS = (
    ("vat", "GB"), ("sales_tax", "US-CA"), ("gst_lvg", "AU"), ("gst_lvg", "SG"), ("remessa_conforme", "BR"),
)  # fmt: skip


@pytest.fixture
def shop() -> None:
    builders.seed_shop()
    entity = organisation.store().entity.id
    with db.transaction():
        for scheme, place in REGISTRATIONS:
            tax.register(
                actor=SYSTEM, entity_id=entity, scheme=scheme, jurisdiction=place, number="TEST",
                from_date=dt.date(2026, 1, 1),
            )  # fmt: skip
    builders.forget_all()


def _quote(market: str) -> FrozenQuote:
    region, *_ = EXPECTED[market]
    lines = [CartLine("LAMP-OAK", 1)]
    return quote_cart(actor=SYSTEM, market=market, at=builders.AT, lines=lines, country=market, region=region)


def test_twelve_markets_are_open() -> None:
    builders.seed_shop()
    assert {market.code for market in markets.markets() if market.open} == set(EXPECTED)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("market", sorted(EXPECTED))
def test_a_price_that_binds(market: str) -> None:
    quote = _quote(market)
    _, scheme, collector = EXPECTED[market]
    taxes = [charge for one in quote.consignments for charge in one.charges if charge.kind == "tax"]
    assert {one.scheme for one in quote.consignments} == {scheme}
    assert {charge.collector for charge in taxes} == {collector}
    assert quote.total_minor == sum(
        (quote.goods_minor, quote.freight_minor, quote.duty_minor, quote.fee_minor, quote.tax_minor)
    )
    assert replay_stored(quote) == ()
    again = recompute(quote, on=quote.tax_point)
    assert sum(cost.total_minor for cost in again) == quote.total_minor
    assert all(charge.reason for one in quote.consignments for charge in one.charges if not charge.amount_minor)
    assert all(rule.source and rule.confidence for rule in quote.rules)


@pytest.mark.usefixtures("shop")
def test_no_amount_is_finer_than_the_market_shows() -> None:
    info = markets.market(code="ID")
    coin = 10 ** (exponent(info.currency) - info.display_decimals)
    quote = _quote("ID")
    assert coin == 100 and quote.total_minor % coin == 0
    assert not [charge for one in quote.consignments for charge in one.charges if charge.amount_minor % coin]
