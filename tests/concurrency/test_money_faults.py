"""A live shop and a sandbox that misbehaves: doubled, reordered, dropped and late webhooks, timeouts, refusals, refunds."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from bench._live import Buyer, Live
from entrepot.domains.payments.engine import refusals

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def calm(shop: Live) -> None:
    shop.control(reset=True)


def buy(shop: Live, method: str = "card") -> tuple[str, dict[str, Any]]:
    buyer = Buyer(shop.address)
    status, answer = buyer.buy("TEA-CUP", method=method)
    buyer.close()
    assert status < 400, answer
    return str(answer["order_id"]), answer


def attempt(shop: Live, order_id: str) -> tuple[str, str, str, str]:
    rows = shop.sql(
        "SELECT public_id::text, state, reference, refusal FROM payments_attempt WHERE order_id = %s ORDER BY id DESC",
        [order_id],
    )
    return rows[0]


def state(shop: Live, order_id: str) -> str:
    return str(shop.sql("SELECT state FROM orders_order WHERE public_id = %s", [order_id])[0][0])


def wait_for_state(shop: Live, order_id: str, wanted: str) -> None:
    shop.until(lambda: state(shop, order_id) == wanted, f"order to be {wanted}")
    shop.settle()


def entries(shop: Live, order_id: str) -> list[str]:
    rows = shop.sql("SELECT kind FROM ledger_journalentry WHERE document = %s ORDER BY id", [f"order:{order_id}"])
    return [row[0] for row in rows]


def ask_now(shop: Live) -> None:
    shop.python(
        "from entrepot.flows.pay.settle_attempts import settle_started_attempts\n"
        "from entrepot.infra import clock\n"
        "settle_started_attempts(clock.now(), pause_s=0)"
    )


@pytest.mark.parametrize(
    "trouble", [{"duplicate": 3}, {"delay_ms": 400}, {"reorder": True}, {"duplicate": 1, "reorder": True}]
)
def test_odd_webhooks_confirm_an_order_once(shop: Live, trouble: dict[str, Any]) -> None:
    shop.control(auto_approve=True, **trouble)
    order_id, _ = buy(shop)
    wait_for_state(shop, order_id, "confirmed")
    assert entries(shop, order_id) == ["capture", "sale"]
    assert attempt(shop, order_id)[1] == "captured"


def test_a_dropped_webhook_is_found_by_asking(shop: Live) -> None:
    shop.control(drop=1)
    order_id, _ = buy(shop)
    shop.outside("POST", f"/payments/{attempt(shop, order_id)[2]}/approve")
    assert state(shop, order_id) == "placed"
    ask_now(shop)
    wait_for_state(shop, order_id, "confirmed")


def test_a_provider_that_hangs_leaves_a_placed_order_that_goes_on(shop: Live) -> None:
    shop.control(timeout=1, timeout_s=12)
    order_id, _ = buy(shop)
    assert attempt(shop, order_id)[1] == "started"
    shop.control(reset=True)
    ask_now(shop)
    assert attempt(shop, order_id)[1] == "action_needed"
    shop.outside("POST", f"/payments/{attempt(shop, order_id)[2]}/approve")
    wait_for_state(shop, order_id, "confirmed")


def test_a_refused_card_is_said_in_the_buyers_words_and_may_be_tried_again(shop: Live) -> None:
    order_id, answer = buy(shop)
    shop.outside("POST", f"/payments/{attempt(shop, order_id)[2]}/refuse", refusal="insufficient_funds")
    shop.until(lambda: attempt(shop, order_id)[1] == "failed", "the refusal")
    shop.settle()
    assert state(shop, order_id) == "placed"
    status, page = shop.get(_path(answer))
    assert status == 200
    with translation.override("de"):
        words = gettext(refusals.WORDS["insufficient_funds"])
    assert words in html.unescape(page.decode())


def _path(answer: dict[str, Any]) -> str:
    found = re.search(r"/[a-z]{2}-[a-z]{2}/order/[^\"'\s]+", str(answer))
    assert found, answer
    return found.group(0)


def test_a_code_that_lapsed_and_was_paid_late_is_confirmed_from_stock(shop: Live) -> None:
    order_id, _ = buy(shop, "code")
    reference = attempt(shop, order_id)[2]
    shop.outside("POST", f"/payments/{reference}/cancel")
    shop.until(lambda: attempt(shop, order_id)[1] == "cancelled", "the lapse")
    shop.outside("POST", f"/payments/{reference}/settle")
    wait_for_state(shop, order_id, "confirmed")


def test_another_amount_confirms_nothing(shop: Live) -> None:
    order_id, _ = buy(shop)
    shop.outside("POST", f"/payments/{attempt(shop, order_id)[2]}/approve", amount_minor=1)
    shop.until(lambda: attempt(shop, order_id)[1] == "captured", "the capture")
    shop.settle()
    assert state(shop, order_id) == "placed"
    assert entries(shop, order_id) == ["capture"]


def test_a_cancelled_order_is_refunded_through_the_provider_and_the_books_end_even(shop: Live) -> None:
    shop.control(auto_approve=True)
    order_id, _ = buy(shop)
    wait_for_state(shop, order_id, "confirmed")
    shop.python(
        "from entrepot.flows.sell.cancel_order import cancel_order\n"
        "from entrepot.infra import clock\n"
        "from entrepot.kernel.actor import SYSTEM\n"
        f"cancel_order(actor=SYSTEM, order_id='{order_id}', reason='test', at=clock.now())"
    )
    refund = "SELECT r.state FROM payments_refund r JOIN payments_capture c ON c.id = r.capture_id JOIN payments_attempt a ON a.id = c.attempt_id WHERE a.order_id = %s"
    shop.until(lambda: shop.sql(refund, [order_id]) == [("done",)], "the refund", 40)
    shop.settle()
    assert entries(shop, order_id) == ["capture", "sale", "reversal", "refund"]
    balance = shop.sql("SELECT sum(balance_minor)::bigint FROM ledger_partybalance WHERE party = %s", [order_id])
    assert balance == [(0,)]
