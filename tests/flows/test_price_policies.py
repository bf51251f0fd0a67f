"""Same net or same gross: what a list holds for a market, in all twelve of them, on the shelf, in the basket and in a replay."""

from __future__ import annotations

import datetime as dt

import pytest

from entrepot.domains.checkout.types import CartLine
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets import services as market_services
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.tax import services as tax
from entrepot.flows.price.quote_cart import quote_cart
from entrepot.flows.price.replay import recompute, replay_stored
from entrepot.flows.price.set_policies import preview_policies, set_policies
from entrepot.flows.price.set_prices import shelf_prices
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import InvalidInput, NotFound
from entrepot.kernel.quote import FrozenQuote
from tests import builders
from tests.flows.test_console_pages import logged_in, words

pytestmark = pytest.mark.django_db

REGIONS = {"US": "CA", "CA": "QC", "AU": "NSW", "BR": "SP"}
REGISTRATIONS = (
    ("vat", "GB"), ("sales_tax", "US-CA"), ("gst_lvg", "AU"), ("gst_lvg", "SG"), ("remessa_conforme", "BR"),
)  # fmt: skip
MARKETS = ("DE", "FR", "ES", "GB", "US", "CA", "AU", "JP", "SG", "SA", "BR", "ID")


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


def quote(market: str, number: int) -> FrozenQuote:
    return quote_cart(
        actor=SYSTEM, market=market, at=builders.AT, lines=[CartLine("LAMP-OAK", number)], country=market,
        region=REGIONS.get(market, ""),
    )  # fmt: skip


def paid(told: FrozenQuote) -> int:
    """What the buyer pays for the goods, as the market shows it."""
    lines = [line for one in told.consignments for line in one.lines]
    return sum(line.gross_minor if told.tax_display == "incl" else line.gross_minor - line.tax_minor for line in lines)


@pytest.mark.parametrize("market", MARKETS)
def test_the_list_is_what_the_buyer_pays_and_three_cost_three_times_one(shop: None, market: str) -> None:
    net = shelf_prices(skus=["LAMP-OAK"], at=builders.AT)["LAMP-OAK", market].net_minor
    set_policies(actor=SYSTEM, policies={market: "same_gross"})
    builders.forget_all()
    shelf = shelf_prices(skus=["LAMP-OAK"], at=builders.AT)["LAMP-OAK", market]
    one, three = quote(market, 1), quote(market, 3)
    assert one.price_policy == "same_gross"
    assert shelf.price_minor == paid(one)
    # Where duty and tax go in whole thousands, not every price can be met: then it is a little less.
    missed = 1000 * 100 if market == "ID" else 0
    assert net is not None and net - missed <= paid(one) <= net, "the same list, now with everything in it"
    assert shelf.net_minor is not None and net is not None and shelf.net_minor <= net
    assert paid(three) <= 3 * net
    if three.goods_minor < 10_000 and market not in ("ID", "BR", "JP"):  # no threshold near
        assert paid(three) == 3 * paid(one)
    for told in (one, three):
        assert replay_stored(told) == ()
        assert sum(cost.total_minor for cost in recompute(told, on=told.tax_point)) == told.total_minor


def test_a_preview_shows_all_markets_and_writes_nothing(shop: None) -> None:
    seen = preview_policies(policies={"DE": "same_gross"}, skus=["LAMP-OAK"], at=builders.AT)
    by_market = {one.after.market: one for one in seen}
    assert set(by_market) == set(MARKETS)
    assert by_market["DE"].after.price_minor < by_market["DE"].before.price_minor
    assert by_market["FR"].after == by_market["FR"].before
    assert {market.price_policy for market in markets.markets()} == {"same_net"}


def test_an_unknown_market_or_policy_changes_nothing(shop: None) -> None:
    with pytest.raises(NotFound):
        set_policies(actor=SYSTEM, policies={"DE": "same_gross", "XX": "same_gross"})
    with pytest.raises(InvalidInput), db.transaction():
        market_services.set_price_policy(actor=SYSTEM, code="DE", price_policy="cheap")
    builders.forget_all()
    assert {market.price_policy for market in markets.markets()} == {"same_net"}


def test_an_operator_looks_before_the_policy_holds(shop: None) -> None:
    owner = logged_in()
    chosen = {f"policy:{code}": "same_net" for code in MARKETS} | {"policy:DE": "same_gross"}
    seen = words(owner.post("/console/price-policies", chosen | {"skus": "LAMP-OAK"}))
    assert "Buyer would pay" in seen and "not saved yet" in seen
    builders.forget_all()
    assert markets.market(code="DE").price_policy == "same_net"
    assert owner.post("/console/price-policies", chosen | {"confirmed": "1"}).status_code == 302
    builders.forget_all()
    assert markets.market(code="DE").price_policy == "same_gross"
    refused = owner.post("/console/price-policies", {"policy:DE": "cheap"}, follow=True)
    assert "Choose one of the list." in words(refused)
