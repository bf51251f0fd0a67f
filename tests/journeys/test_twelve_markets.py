"""A buyer in each of twelve markets, on a desk or in the hand, from home to delivered in one live shop; then the books.

All buy first, then the warehouses send everything off together, then each looks at his order and his mails: so the shop, the
browser and the carrier's time are paid for once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser

from bench._live import Live
from tests.journeys import buyer_walk
from tests.journeys.test_buyers import demo_shop
from tests.journeys.twelve_walk import BUYERS, TwelveWalk, plain, written

pytestmark = [pytest.mark.chromium, pytest.mark.slow]
WALKS = [(market, width) for market, buyer in BUYERS.items() for width in buyer.widths]

SEND_OFF = """
from entrepot.infra import clock
from entrepot.kernel.actor import SYSTEM
from entrepot.domains.fulfilment import queries
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.fulfil.ship_shipment import ship_shipment
for order in {orders!r}:
    for shipment in queries.shipments(order_id=order):
        pick_shipment(actor=SYSTEM, shipment_id=shipment.id, at=clock.now())
        pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=clock.now(), accept_split=True)
        ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=clock.now())
"""
BOOKS = """
import json
import re
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.organisation import queries as organisation
balance = ledger.trial_balance(entity_id=organisation.store().entity.id)
print(json.dumps([[row.account, row.currency, row.debit_minor, row.credit_minor] for row in balance]))
"""


class Bought(msgspec.Struct):
    """An order as its buyer knows it, with what was found on his way."""

    url: str
    order_id: str
    number: str
    total_minor: int
    amounts: dict[str, str]
    faults: list[str]
    states: list[str] = []


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demo's shop, alive for this module; Shenzhen has sold its baskets, so that they come from Ningbo."""
    with demo_shop(tmp_path_factory.mktemp("twelve"), "twelve") as place:
        place.control(remit_s=0.1)
        place.sql(
            "UPDATE inventory_stock SET on_hand = reserved WHERE sku = 'BB-BASKET-L' AND warehouse_id ="
            " (SELECT id FROM inventory_warehouse WHERE code = 'SZX')"
        )
        yield place


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all."""
    with buyer_walk.browser() as one:
        yield one


@pytest.fixture(scope="module")
def looked() -> set[tuple[str, int, str]]:
    """The kinds of pages that axe has seen: name, width, direction."""
    return set()


@pytest.fixture(scope="module")
def bought(shop: Live, chromium: Browser, looked: set[tuple[str, int, str]]) -> dict[tuple[str, int], Bought]:
    """Every buyer's order, paid or promised, and confirmed."""
    return {(market, width): buy(shop, chromium, market, width, looked) for market, width in WALKS}


def buy(shop: Live, chromium: Browser, market: str, width: int, looked: set[tuple[str, int, str]]) -> Bought:
    """Walk one buyer from home to the confirmed order."""
    walk = TwelveWalk(chromium, shop.address, BUYERS[market], width, looked)
    walk.shop()
    walk.check_out()
    url = walk.pay()
    answer = walk.until(lambda seen: seen["state"] == "confirmed")
    walk.again()
    walk.seen("order-confirmed")
    walk.amounts["order"] = walk.amount(".cascade .sum dd")
    walk.close()
    return Bought(url, answer["order_id"], answer["number"], answer["total_minor"], walk.amounts, walk.faults)


@pytest.fixture(scope="module")
def delivered(
    shop: Live, chromium: Browser, bought: dict[tuple[str, int], Bought], looked: set[tuple[str, int, str]]
) -> dict[tuple[str, int], Bought]:
    """The same orders once every parcel is at its door, the cash collected and paid out, and every mail sent."""
    ids = [order.order_id for order in bought.values()]
    shop.python(SEND_OFF.format(orders=ids))
    left = "SELECT count(*) FROM orders_order WHERE state <> 'delivered'"
    shop.until(lambda: not shop.sql(left)[0][0], "every order to be delivered", 120)
    shop.outside("POST", "/cash/remit")
    shop.settle()
    shop.until(lambda: not shop.sql("SELECT count(*) FROM messages_message WHERE state <> 'sent'")[0][0], "mails", 60)
    for (market, width), order in bought.items():
        walk = TwelveWalk(chromium, shop.address, BUYERS[market], width, looked)
        walk.page.goto(order.url)
        walk.seen("order-delivered")
        order.faults += walk.faults
        order.amounts["delivered"] = walk.amount(".cascade .sum dd")
        order.states.append(walk.page.locator("main").get_attribute("data-look-again") or "still")
        walk.close()
    return bought


def asked(shop: Live, order: Bought) -> list[dict[str, Any]]:
    """Return the provider's view of each attempt of an order."""
    attempts = shop.sql(
        "SELECT public_id::text FROM payments_attempt WHERE order_id = %s ORDER BY id", [order.order_id]
    )
    return [shop.outside("GET", f"/payments?attempt_id={attempt}") for (attempt,) in attempts]


@pytest.mark.parametrize(("market", "width"), WALKS)
def test_from_home_to_delivered(shop: Live, delivered: dict[tuple[str, int], Bought], market: str, width: int) -> None:
    order, buyer = delivered[market, width], BUYERS[market]
    assert order.faults == []
    assert order.states == ["still"]  # nothing is awaited any more

    ((currency, tax_display),) = shop.sql("SELECT currency, tax_display FROM markets_market WHERE code = %s", [market])
    total = written(order.total_minor, currency, buyer)
    assert order.amounts["basket"] == order.amounts["checkout"]
    if tax_display == "incl":  # elsewhere tax depends on the address, which the basket does not know
        assert order.amounts["checkout"] == order.amounts["ordered"]
    assert {order.amounts[place] for place in ("ordered", "order", "delivered")} == {total}

    (payment,) = asked(shop, order)
    taken = shop.sql(
        "SELECT coalesce(sum(c.amount_minor), 0) FROM payments_capture c JOIN payments_attempt a ON a.id = c.attempt_id"
        " WHERE a.order_id = %s",
        [order.order_id],
    )
    assert (payment["amount_minor"], payment["currency"]) == (order.total_minor, currency)
    assert int(taken[0][0]) == order.total_minor


@pytest.mark.parametrize(("market", "width"), WALKS)
def test_the_mails_speak_his_language_and_name_the_total(
    shop: Live, delivered: dict[tuple[str, int], Bought], market: str, width: int
) -> None:
    order, buyer = delivered[market, width], BUYERS[market]
    queued = shop.sql("SELECT kind, language FROM messages_message WHERE about = %s", [f"order:{order.order_id}"])
    assert {"order_confirmed", "shipped", "delivered"} <= {kind for kind, _ in queued}
    assert {language for _, language in queued} == {buyer.language}

    caught = shop.outside("GET", f"/mail.json?to={buyer.person.fields['email']}")
    mine = [mail for mail in caught if order.number in mail["subject"] + mail["text"]]
    assert len(mine) == len(queued)
    ((currency,),) = shop.sql("SELECT currency FROM markets_market WHERE code = %s", [market])
    total = written(order.total_minor, currency, buyer)
    for mail in mine:
        head = mail["html"][:300]
        assert re.search(rf'lang="{buyer.language.split("-")[0]}[-"]', head) and ('dir="rtl"' in head) is (
            buyer.language == "ar"
        )
        assert not re.search(r"%\(|msgid", mail["subject"] + mail["text"] + mail["html"])
    assert any(total in plain(mail["text"]) for mail in mine)


def test_parcels_come_from_where_the_goods_lie(shop: Live, delivered: dict[tuple[str, int], Bought]) -> None:
    for (market, width), order in delivered.items():
        rows = shop.sql("SELECT warehouse, state FROM fulfilment_shipment WHERE order_id = %s", [order.order_id])
        assert {state for _, state in rows} == {"delivered"}, (market, width)
        if BUYERS[market].parcels_from:
            assert {warehouse for warehouse, _ in rows} == BUYERS[market].parcels_from, (market, width)


def test_every_market_and_every_way_to_pay_is_walked() -> None:
    assert len(BUYERS) == 12
    assert {buyer.person.method for buyer in BUYERS.values()} == {"card", "redirect", "code", "cash_on_delivery"}
    assert sum(len(buyer.widths) > 1 for buyer in BUYERS.values()) >= 4
    assert all(any(units > 1 for *_, units in buyer.goods) for buyer in BUYERS.values())


def test_the_books_balance_and_owe_no_buyer_anything(shop: Live, delivered: dict[tuple[str, int], Bought]) -> None:
    books = json.loads(shop.python(BOOKS))
    for currency in {currency for _, currency, _, _ in books}:
        assert sum(debit - credit for _, of, debit, credit in books if of == currency) == 0, currency
    open_still = {(code, of): debit - credit for code, of, debit, credit in books if code in ("1310", "2110", "2120")}
    assert {what: minor for what, minor in open_still.items() if minor} == {}
    assert len({of for _, of, _, _ in books}) >= 10  # one set of books per currency, the euro shared by three markets


def test_nothing_broke_on_the_way(shop: Live, delivered: dict[tuple[str, int], Bought]) -> None:
    log = shop.log.read_text(errors="replace")
    assert "Traceback" not in log, log[log.find("Traceback") :][:2000]
    assert '" 500 ' not in log
