"""kill -9 at the worst moments, with real processes: after the restart every order, payment and posting is there once.

Each test lets one process die at a named point (infra.crash), starts it again as it was, lets buyer, provider and worker
go on as they would, and then counts.
"""

from __future__ import annotations

import http.client

import pytest

from bench._live import Buyer, Live

pytestmark = pytest.mark.slow


def begin(shop: Live) -> tuple[Buyer, str]:
    """Fill a cart and freeze its price."""
    buyer = Buyer(shop.address)
    assert buyer.add("LAMP-OAK")[0] == 200
    assert buyer.add("TEA-CUP", 2)[0] == 200
    status, quote = buyer.quote()
    assert status == 200, quote
    return buyer, quote["quote_id"]


def again(shop: Live, buyer: Buyer, quote_id: str) -> str:
    """Click the button once more after the crash, and return the order's id."""
    buyer.close()
    status, placed = buyer.place(quote_id)
    assert status == 200, placed
    return placed["order_id"]


def reference(shop: Live, order_id: str) -> str:
    """Return the provider's reference of an order's only attempt, once it is known."""
    query = "SELECT reference FROM payments_attempt WHERE order_id = %s AND reference <> ''"
    return shop.until(lambda: shop.sql(query, [order_id]), "the provider's answer")[0][0]


def approve(shop: Live, order_id: str) -> None:
    """Let the provider say that the buyer has paid."""
    shop.outside("POST", f"/payments/{reference(shop, order_id)}/approve")


def confirmed(shop: Live, order_id: str) -> None:
    """Wait until an order is confirmed and nothing is under way."""
    query = "SELECT state FROM orders_order WHERE public_id = %s"
    shop.until(lambda: shop.sql(query, [order_id])[0][0] != "placed", "a confirmed order", 60)
    shop.settle()


def everything_once(shop: Live, quote_id: str, order_id: str) -> None:
    """Count what an order left in the books: each thing once, nothing else, and nothing stuck."""
    one = shop.sql
    assert [str(row[0]) for row in one("SELECT public_id FROM orders_order WHERE quote_id = %s", [quote_id])] == [
        order_id
    ]
    assert one("SELECT state FROM orders_order WHERE public_id = %s", [order_id])[0][0] in ("confirmed", "shipped")
    attempts = one("SELECT state FROM payments_attempt WHERE order_id = %s", [order_id])
    assert attempts == [("captured",)]
    captures = one(
        "SELECT c.amount_minor - o.placed_total_minor FROM payments_capture c JOIN payments_attempt a ON a.id = c.attempt_id"
        " JOIN orders_order o ON o.public_id = a.order_id WHERE a.order_id = %s",
        [order_id],
    )
    assert captures == [(0,)]
    entries = one("SELECT kind FROM ledger_journalentry WHERE document = %s ORDER BY id", [f"order:{order_id}"])
    shipped = one("SELECT count(*) FROM fulfilment_shipment WHERE order_id = %s AND state = 'shipped'", [order_id])[0][
        0
    ]
    assert [kind for (kind,) in entries] == ["capture", "sale", *["dispatch"] * shipped]
    kept = one(
        "SELECT s.sku, sum(r.quantity) FROM inventory_reservation r JOIN inventory_stock s ON s.id = r.stock_id"
        " WHERE r.order_id = %s AND r.state IN ('allocated', 'consumed') GROUP BY 1 ORDER BY 1",
        [order_id],
    )
    assert kept == [("LAMP-OAK", 1), ("TEA-CUP", 2)]
    held = one("SELECT count(*) FROM inventory_reservation WHERE order_id = %s AND state = 'held'", [order_id])
    assert held == [(0,)]
    confirmations = one("SELECT message_id FROM messages_message WHERE key = %s", [f"order_confirmed:{order_id}"])
    assert len(confirmations) == 1
    assert one("SELECT subscriber, error FROM infra_outboxdelivery") == []


def stock_adds_up(shop: Live) -> None:
    """What is reserved is what reservations say, over all orders so far."""
    rows = shop.sql(
        "SELECT s.sku FROM inventory_stock s LEFT JOIN inventory_reservation r"
        " ON r.stock_id = s.id AND r.state IN ('held', 'allocated') GROUP BY s.id"
        " HAVING s.reserved <> coalesce(sum(r.quantity - r.consumed), 0) OR s.reserved > s.on_hand OR s.reserved < 0"
    )
    assert rows == []


@pytest.mark.parametrize(
    "point", ["sell.order_opened", "sell.reserved", "sell.placed", "pay.attempt_started", "pay.provider_answered"]
)
def test_web_dies_while_an_order_is_placed(shop: Live, point: str) -> None:
    buyer, quote_id = begin(shop)
    shop.kill("web")
    shop.start("web", ENTREPOT_CRASH_AT=point)
    buyer.close()
    with pytest.raises((OSError, http.client.HTTPException)):
        buyer.place(quote_id)
    shop.wait_until_dead("web")
    shop.start("web")
    order_id = again(shop, buyer, quote_id)
    approve(shop, order_id)
    confirmed(shop, order_id)
    everything_once(shop, quote_id, order_id)
    stock_adds_up(shop)


def test_an_order_whose_buyer_never_comes_back_is_taken_up_by_the_schedule(shop: Live) -> None:
    buyer, quote_id = begin(shop)
    shop.kill("web")
    shop.start("web", ENTREPOT_CRASH_AT="sell.placed")
    buyer.close()
    with pytest.raises((OSError, http.client.HTTPException)):
        buyer.place(quote_id)
    shop.wait_until_dead("web")
    shop.start("web")
    order_id = str(shop.sql("SELECT public_id FROM orders_order WHERE quote_id = %s", [quote_id])[0][0])
    shop.python(
        "from entrepot.flows.pay.settle_attempts import settle_started_attempts\n"
        "from entrepot.infra import clock\n"
        "settle_started_attempts(clock.now(), pause_s=0)"
    )
    approve(shop, order_id)
    confirmed(shop, order_id)
    everything_once(shop, quote_id, order_id)


def test_web_dies_after_a_webhook_was_stored(shop: Live) -> None:
    buyer, quote_id = begin(shop)
    order_id = again(shop, buyer, quote_id)
    reference(shop, order_id)
    shop.kill("web")
    shop.start("web", ENTREPOT_CRASH_AT="pay.message_stored")
    approve(shop, order_id)
    shop.wait_until_dead("web")
    shop.start("web")
    confirmed(shop, order_id)
    everything_once(shop, quote_id, order_id)


@pytest.mark.parametrize("point", ["sell.confirmed", "tell.sent"])
def test_worker_dies_after_confirming_and_after_a_mail_left(shop: Live, point: str) -> None:
    buyer, quote_id = begin(shop)
    order_id = again(shop, buyer, quote_id)
    reference(shop, order_id)
    shop.kill("worker")
    shop.start("worker", ENTREPOT_CRASH_AT=point)
    approve(shop, order_id)
    shop.wait_until_dead("worker")
    shop.start("worker")
    confirmed(shop, order_id)
    everything_once(shop, quote_id, order_id)
    if point == "tell.sent":
        wanted = shop.sql("SELECT message_id FROM messages_message WHERE key = %s", [f"order_confirmed:{order_id}"])[0][
            0
        ]
        # The lease of the batch that died with the worker ends, and the mail goes once more.
        shop.sql("UPDATE messages_message SET due_at = now() - interval '1 second' WHERE state = 'sending'")
        sent = shop.until(lambda: [m for m in mails(shop) if m["message_id"] == wanted] or None, "the mail")
        assert len(sent) >= 1


def mails(shop: Live) -> list[dict[str, str]]:
    """Return the mails that reached the catcher."""
    return shop.outside("GET", "/mail.json")


@pytest.mark.parametrize("point", ["fulfil.booking_begun", "fulfil.booked", "fulfil.shipped"])
def test_a_parcel_is_shipped_once(shop: Live, point: str) -> None:
    buyer, quote_id = begin(shop)
    order_id = again(shop, buyer, quote_id)
    approve(shop, order_id)
    confirmed(shop, order_id)
    ship = (
        "from entrepot.domains.fulfilment import queries\n"
        "from entrepot.flows.fulfil.pack_shipment import pack_shipment\n"
        "from entrepot.flows.fulfil.pick_shipment import pick_shipment\n"
        "from entrepot.flows.fulfil.ship_shipment import ship_shipment\n"
        "from entrepot.infra import clock\n"
        "from entrepot.kernel.actor import SYSTEM\n"
        f"for s in queries.shipments(order_id='{order_id}'):\n"
        "    if s.state == 'to_pick': pick_shipment(actor=SYSTEM, shipment_id=s.id, at=clock.now())\n"
        "    if s.state in ('to_pick', 'picked'): pack_shipment(actor=SYSTEM, shipment_id=s.id, at=clock.now())\n"
        "    ship_shipment(actor=SYSTEM, shipment_id=s.id, at=clock.now())\n"
    )
    with pytest.raises(AssertionError):
        shop.python(ship, ENTREPOT_CRASH_AT=point)
    shop.python(ship)
    query = "SELECT state FROM orders_order WHERE public_id = %s"
    shop.until(lambda: shop.sql(query, [order_id])[0][0] == "shipped", "a shipped order")
    shop.settle()
    everything_once(shop, quote_id, order_id)
    stock_adds_up(shop)
    parcels = shop.sql("SELECT shipment_id FROM logistics_parcel WHERE order_id = %s", [order_id])
    shipments = shop.sql("SELECT public_id FROM fulfilment_shipment WHERE order_id = %s", [order_id])
    assert sorted(parcels) == sorted(shipments) and len(set(parcels)) == len(parcels)
    moved = shop.sql(
        "SELECT count(*), count(DISTINCT m.stock_id) FROM inventory_movement m WHERE m.kind = 'consume' AND m.reference = ANY(%s)",
        [[f"shipment:{row[0]}" for row in shipments]],
    )[0]
    assert moved[0] == moved[1]
