"""Buyers in Germany, the United States and Saudi Arabia go from home to delivered in a real browser, on a desk and in the hand."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench._frame import database, entrepot
from bench._live import Live
from tests.journeys import buyer_walk
from tests.journeys.buyer_walk import PEOPLE, Walk

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

SHIP = """
import sys
from entrepot.infra import clock
from entrepot.kernel.actor import SYSTEM
from entrepot.domains.fulfilment import queries
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.fulfil.ship_shipment import ship_shipment
for shipment in queries.shipments(order_id={order_id!r}):
    for step in (pick_shipment, pack_shipment, ship_shipment):
        step(actor=SYSTEM, shipment_id=shipment.id, at=clock.now())
"""


@contextlib.contextmanager
def demo_shop(folder: Path, name: str) -> Iterator[Live]:
    """Run a live shop with the demo's goods over a database of its own."""
    with database(name, fresh=True):
        entrepot("migrate", "--quiet", ENTREPOT_DB_ROLE="owner")
        place = Live(folder, ENTREPOT_SANDBOX_STEP_S="0.2")
        # The pictures lie in the folder of the processes that serve them.
        entrepot("demo", "--quiet", ENTREPOT_DB_ROLE="app", ENTREPOT_VAR=str(folder))
        try:
            place.start()
            yield place
        finally:
            place.stop()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demo's shop, alive for this module."""
    with demo_shop(tmp_path_factory.mktemp("journeys"), "journeys") as place:
        yield place


def send_off(shop: Live, order_id: str) -> None:
    """Pick, pack and ship everything of an order, as the warehouse does."""
    shop.python(SHIP.format(order_id=order_id))


def whole_way(shop: Live, who: str, width: int, screens: Path | None = None) -> list[str]:
    """Walk one buyer all the way; return what was found wrong on the pages."""
    with buyer_walk.browser() as chromium:
        walk = Walk(chromium, shop.address, PEOPLE[who], width, screens=screens)
        walk.shop()
        walk.check_out()
        walk.pay()
        order = walk.until(lambda seen: seen["state"] == "confirmed")
        walk.again()
        walk.seen("order-confirmed")
        send_off(shop, order["order_id"])
        walk.until(lambda seen: seen["state"] in ("shipped", "delivered"))
        walk.again()
        walk.seen("order-shipped")
        walk.until(lambda seen: seen["state"] == "delivered", tries=240)
        walk.again()
        walk.seen("order-delivered")
        walk.close()
        return walk.faults


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("who", ["de", "us", "sa"])
def test_from_home_to_delivered(shop: Live, who: str, width: int) -> None:
    assert whole_way(shop, who, width) == []


def test_without_scripts(shop: Live) -> None:
    """The whole purchase works with scripts off, down to the paid order."""
    with buyer_walk.browser() as chromium:
        walk = Walk(chromium, shop.address, PEOPLE["de"], 1440, scripts=False)
        walk.shop()
        walk.check_out()
        walk.pay()
        walk.until(lambda seen: seen["state"] == "confirmed")
        walk.close()


def test_a_refused_card_can_be_followed_by_a_good_one(shop: Live) -> None:
    with buyer_walk.browser() as chromium:
        walk = Walk(chromium, shop.address, PEOPLE["us"], 390)
        walk.shop()
        walk.check_out()
        walk.pay(card="4000 0000 0000 0002")
        walk.until(lambda seen: seen["payments"][-1]["state"] == "failed")
        walk.again()
        walk.seen("order-refused")
        walk.page.locator(".now-box .btn-primary").click()
        walk.pay()
        walk.until(lambda seen: seen["state"] == "confirmed")
        assert walk.faults == []
        walk.close()


def test_a_buyer_cancels_and_the_money_goes_back(shop: Live) -> None:
    with buyer_walk.browser() as chromium:
        walk = Walk(chromium, shop.address, PEOPLE["de"], 1440)
        walk.shop()
        walk.check_out()
        walk.pay()
        walk.until(lambda seen: seen["state"] == "confirmed")
        walk.again()
        walk.page.locator("form[action$='/cancel'] summary").click()
        walk.page.locator("form[action$='/cancel'] button").click()
        walk.until(lambda seen: seen["state"] == "cancelled")
        walk.seen("order-cancelled")
        assert walk.faults == []
        walk.close()
