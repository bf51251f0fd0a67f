"""What is left of a price in every market, and where it breaks even."""

from __future__ import annotations

from decimal import Decimal

import pytest

from entrepot.domains.markets import queries as markets
from entrepot.domains.pricing import queries as pricing
from entrepot.domains.pricing import services
from entrepot.flows.price.margins import margins
from entrepot.flows.price.set_policies import set_policies
from entrepot.infra import clock, db
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import InvalidInput
from entrepot.kernel.money import apply_rate
from tests import builders
from tests.flows.test_console_pages import logged_in, words

pytestmark = pytest.mark.django_db
SKU = "LAMP-OAK"
SELLING = 80_000


@pytest.fixture(autouse=True)
def shop():
    return builders.seed_shop()


def set_cost(value: str, currency: str = "USD") -> None:
    with db.transaction():
        services.set_cost(
            actor=SYSTEM,
            store_code="main",
            sku=SKU,
            unit_cost=Decimal(value),
            currency=currency,
            from_date=clock.today(),
        )


def set_price(currency: str, value: Decimal) -> None:
    own = pricing.price_lists(store_id=builders.demo_store().id)
    with db.transaction():
        code = own.get(currency) or services.set_up_price_list(
            actor=SYSTEM, code=f"own-{currency.lower()}", store_code="main", currency=currency
        )
        services.set_prices(actor=SYSTEM, price_list=code, rows=[(SKU, value)], from_date=clock.today())
    builders.forget_all()


def by_market():
    return {one.market: one for one in margins(sku=SKU, selling_ppm=SELLING, at=builders.AT)}


def test_without_a_cost_the_price_is_taken_apart_and_nothing_is_guessed():
    for one in by_market().values():
        if not one.why:
            assert one.price_minor == one.goods_minor + one.duty_minor + one.fee_minor + one.tax_minor
            assert one.cost_minor is one.left_minor is one.even_minor is None


@pytest.mark.parametrize("policy", ["same_net", "same_gross"])
def test_at_the_break_even_price_nothing_is_lost_and_a_coin_lower_something_is(policy):
    set_cost("9.90")
    if policy == "same_gross":
        set_policies(actor=SYSTEM, policies={m.code: policy for m in markets.markets() if m.code in ("DE", "US", "SA")})
        builders.forget_all()
    found = by_market()
    assert {"DE", "US", "SA"} <= set(found)
    for code in ("DE", "US", "SA"):
        one = found[code]
        assert one.cost_minor and one.left_minor == one.goods_minor - one.cost_minor - one.selling_minor
        assert one.even_minor is not None and one.even_list is not None
        # An own list at the break-even price leaves nothing, or the last coin that rounding gives.
        set_price(one.currency, one.even_list)
        there = by_market()[code]
        assert there.price_minor == one.even_minor
        assert 0 <= there.left_minor <= 1 + apply_rate(1, SELLING)
        set_price(one.currency, one.even_list - Decimal("0.02"))
        assert by_market()[code].left_minor < 0


def test_a_cost_is_said_on_the_page_and_a_wrong_one_refused_in_words():
    owner = logged_in()
    page = words(owner.get(f"/console/prices/{SKU}?selling=8"))
    assert "What is left of it" in page
    owner.post(f"/console/prices/{SKU}/cost", {"unit_cost": "7.5", "currency": "usd"})
    fact = pricing.costs(skus=[SKU], store_id=builders.demo_store().id, on=clock.today())[SKU]
    assert (fact.unit_cost, fact.currency) == (Decimal("7.5"), "USD")
    assert "This is no price." in words(
        owner.post(f"/console/prices/{SKU}/cost", {"unit_cost": "x", "currency": "USD"}, follow=True)
    )
    with pytest.raises(InvalidInput):
        set_cost("1", "Euro")
    with pytest.raises(InvalidInput):
        set_cost("-1")
