"""Paying from start to refund over a fake provider: silence, crashes, doubled, reordered, unknown and wrong messages."""

from __future__ import annotations

import datetime as dt
import json
import uuid

import pytest
from django.db import transaction

from entrepot.domains.checkout.types import buyer as checkout_buyer
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.orders import queries as orders
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments import services
from entrepot.domains.payments.errors import ForgedMessage, RefundExceedsCapture
from entrepot.domains.payments.ports import PROVIDERS
from entrepot.flows.pay import decide
from entrepot.flows.pay.apply_message import apply_provider_message
from entrepot.flows.pay.execute_refund import execute_due_refunds, execute_refund
from entrepot.flows.pay.settle_attempts import UNHEARD, expire_attempts, settle_started_attempts
from entrepot.flows.pay.start_attempt import start_attempt
from entrepot.flows.pay.take_message import take_message
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.flows.sell.retry_payment import retry_payment
from entrepot.infra import db
from entrepot.infra.memo import forget_all
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import NotFound
from tests import builders
from tests.fakes.payment_provider import FakeProvider

pytestmark = pytest.mark.django_db
AT = builders.AT
NOW = dt.datetime.now(dt.UTC)


def later(seconds):
    return AT + dt.timedelta(seconds=seconds)


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """One shop for the module, in a transaction around all its tests: seeding costs more than most of them."""
    with django_db_blocker.unblock(), db.transaction():
        yield builders.seed_shop()
        transaction.set_rollback(True)
    forget_all()


@pytest.fixture(autouse=True)
def shop(seeded, db):
    return seeded


@pytest.fixture
def provider(monkeypatch):
    fake = FakeProvider("sandbox")
    monkeypatch.setitem(PROVIDERS._known, "sandbox", fake)
    return fake


def placed(method="card"):
    order = builders.a_placed_order(method=method)
    builders.deliver_all()
    return order


def attempt_of(order):
    return payments.attempts(order_id=order.order_id)[-1]


def ring(provider, attempt_id, status, event_id="e1", at=AT, **more):
    body = provider.message(attempt_id, status, event_id, **more)
    return take_message("sandbox", provider.signed(body, NOW), body, at=at, now=NOW)


def deposits(shop, order, currency="EUR"):
    return -ledger.party_balance(entity_id=shop.entity.id, account="2110", party=order.order_id, currency=currency)


def test_a_card_goes_from_start_to_confirmed_order(provider, shop):
    order = placed()
    view = start_attempt(order.attempt_id, AT)
    assert (view.state, view.next_action.kind) == ("action_needed", "redirect")
    assert start_attempt(order.attempt_id, AT) == view
    assert provider.calls == [("start", order.attempt_id)]
    assert ring(provider, order.attempt_id, "captured")
    assert orders.brief(order_id=order.order_id).state == "placed", "a message is stored before it is believed"
    builders.deliver_all()
    assert orders.brief(order_id=order.order_id).state == "confirmed"
    assert [e.kind for e in reversed(ledger.entries(document=f"order:{order.order_id}"))] == ["capture", "sale"]
    assert deposits(shop, order) == 0


def test_doubled_and_reordered_messages_are_harmless(provider):
    order = placed()
    start_attempt(order.attempt_id, AT)
    assert ring(provider, order.attempt_id, "captured", "e2")
    assert not ring(provider, order.attempt_id, "captured", "e2")
    assert ring(provider, order.attempt_id, "action_needed", "e1")
    assert ring(provider, order.attempt_id, "captured", "e3")
    builders.deliver_all()
    assert [m.outcome for m in payments.messages(attempt_id=order.attempt_id)] == ["applied", "stale", "stale"]
    assert len(payments.captures(order_id=order.order_id)) == 1
    message = payments.messages(attempt_id=order.attempt_id)[0]
    assert apply_provider_message(message.id) == "applied", "asked again, it says what came of it"


def test_a_message_may_come_before_the_answer(provider):
    order = placed()
    provider.start(_asked(order))
    ring(provider, order.attempt_id, "captured")
    builders.deliver_all()
    assert start_attempt(order.attempt_id, AT).state == "captured"


def _asked(order):
    from entrepot.flows.pay.start_attempt import _request  # noqa: PLC0415 only this test plays the provider's part

    return _request(payments.attempt(attempt_id=order.attempt_id), order.number)


def test_a_silent_provider_leaves_the_attempt_started_and_the_job_asks(provider):
    order = placed()
    provider.loses_answer = True
    assert start_attempt(order.attempt_id, AT).state == "started"
    provider.loses_answer = False
    provider.captures(order.attempt_id)
    assert settle_started_attempts(later(10)) == 0, "not yet: it may still be on its way"
    assert settle_started_attempts(later(31)) == 1
    builders.deliver_all()
    assert orders.brief(order_id=order.order_id).state == "confirmed"


def test_an_attempt_that_never_reached_the_provider_is_started_by_the_job(provider):
    order = placed()
    provider.silent = True
    assert settle_started_attempts(later(31)) == 0
    provider.silent = False
    assert settle_started_attempts(later(32)) == 1
    assert attempt_of(order).next_action.kind == "redirect"
    assert [verb for verb, _ in provider.calls] == ["ask", "ask", "start"]


def test_a_provider_that_refuses_the_request_fails_the_attempt(provider):
    order = placed()
    provider.refuses = True
    view = start_attempt(order.attempt_id, AT)
    assert (view.state, view.refusal) == ("failed", "refused")
    builders.deliver_all()
    assert orders.brief(order_id=order.order_id).state == "placed", "the buyer may try again"


def test_a_lost_webhook_of_a_code_is_found_before_it_expires(provider):
    order = placed("code")
    start_attempt(order.attempt_id, AT)
    provider.captures(order.attempt_id)
    assert expire_attempts(later(86400)) == 0
    assert attempt_of(order).state == "captured"


def test_an_unpaid_code_expires_and_its_late_money_is_still_booked(provider, shop):
    order = placed("code")
    start_attempt(order.attempt_id, AT)
    assert expire_attempts(later(86399)) == 0
    assert expire_attempts(later(86400)) == 1
    assert attempt_of(order).refusal == "lapsed"
    ring(provider, order.attempt_id, "captured", at=later(90000))
    builders.deliver_all()
    assert attempt_of(order).state == "captured"
    assert "capture" in [e.kind for e in ledger.entries(document=f"order:{order.order_id}")]


def test_a_lapsed_attempt_stays_open_while_its_provider_cannot_be_asked(provider):
    order = placed("code")
    start_attempt(order.attempt_id, AT)
    provider.captures(order.attempt_id)
    provider.silent = True
    assert expire_attempts(later(86400)) == 0
    assert attempt_of(order).state == "pending", "the buyer may have paid"
    provider.silent, provider.refuses = False, True
    assert expire_attempts(later(90000)) == 0, "an answer that says nothing of the payment"
    provider.refuses = False
    assert expire_attempts(later(93600)) == 0
    assert attempt_of(order).state == "captured"


def test_a_provider_that_is_never_heard_again_keeps_no_attempt_open_for_ever(provider):
    order = placed("code")
    start_attempt(order.attempt_id, AT)
    provider.silent = True
    end = payments.attempts(order_id=order.order_id)[0].expires_at + UNHEARD
    assert expire_attempts(end - dt.timedelta(seconds=1)) == 0
    assert expire_attempts(end) == 1


@pytest.mark.parametrize("job", [settle_started_attempts, expire_attempts])
def test_one_attempt_that_breaks_holds_up_no_other(provider, monkeypatch, job):
    first, second = placed("code"), placed("code")
    for order in (first, second):
        start_attempt(order.attempt_id, AT)
        provider.captures(order.attempt_id)
    ask = provider.ask

    def breaks(attempt_id, reference):
        if attempt_id == first.attempt_id:
            raise KeyError("an answer nobody thought of")
        return ask(attempt_id, reference)

    monkeypatch.setattr(provider, "ask", breaks)
    job(later(86400 if job is expire_attempts else 60))
    assert attempt_of(second).state == "captured"
    assert attempt_of(first).state == "pending"


def test_the_key_to_the_orders_page_goes_to_the_provider_but_is_not_kept(provider):
    order, back = placed(), "https://shop.example/de-de/order/{order}?t={token}"
    again = retry_payment(
        actor=checkout_buyer(order.order_id), order_id=order.order_id, method="card", at=AT, return_url=back
    )
    start_attempt(again.id, AT)
    assert provider.return_urls == [f"https://shop.example/de-de/order/{order.order_id}?t={order.token}"]
    assert order.token not in str(db.fetch("SELECT * FROM payments_attempt"))


def test_another_amount_is_booked_and_never_confirms(provider, shop):
    order = placed()
    start_attempt(order.attempt_id, AT)
    ring(provider, order.attempt_id, "captured", amount_minor=1)
    builders.deliver_all()
    assert orders.brief(order_id=order.order_id).state == "placed"
    assert payments.messages(attempt_id=order.attempt_id)[0].outcome == "mismatch"
    assert deposits(shop, order) == 1


@pytest.mark.parametrize("attempt_id", ["6a4c7f29-dff3-4747-840e-9d4c1b8d6a64", "no-id-at-all", "'; DROP TABLE x; --"])
def test_a_message_of_an_unknown_payment_is_kept_as_unmatched(provider, attempt_id):
    assert ring(provider, attempt_id, "captured")
    builders.deliver_all()
    (message,) = payments.unmatched_messages()
    assert json.loads(message.body)["attempt_id"] == attempt_id


def test_a_signed_message_that_nobody_can_read_is_kept(provider):
    body = b"<xml/>"
    assert take_message("sandbox", provider.signed(body, NOW), body, at=AT, now=NOW)
    assert not take_message("sandbox", provider.signed(body, NOW), body, at=AT, now=NOW)
    builders.deliver_all()
    assert [m.body for m in payments.unmatched_messages()] == ["<xml/>"]


def test_a_forged_message_is_not_stored(provider):
    body = provider.message(str(uuid.uuid4()), "captured")
    with pytest.raises(ForgedMessage):
        take_message("sandbox", {}, body, at=AT, now=NOW)
    with pytest.raises(NotFound):
        take_message("nobody", {}, body, at=AT, now=NOW)
    assert db.fetch("SELECT count(*) FROM payments_providermessage") == [(0,)]


# ---- money back


def cancelled(provider):
    order = placed()
    start_attempt(order.attempt_id, AT)
    ring(provider, order.attempt_id, "captured", f"paid-{order.attempt_id}")
    builders.deliver_all()
    assert cancel_order(actor=SYSTEM, order_id=order.order_id, reason="changed my mind", at=AT) > 0
    return order, payments.refunds(order_id=order.order_id)[0]


def test_a_cancelled_order_gets_its_money_back_and_the_books_are_even(provider, shop):
    order, refund = cancelled(provider)
    builders.deliver_all()
    assert deposits(shop, order) == refund.amount_minor
    done = execute_refund(refund.id, AT)
    assert (done.state, provider.refunds) == ("done", {refund.id: refund.amount_minor})
    assert execute_refund(refund.id, AT) == done
    builders.deliver_all()
    assert deposits(shop, order) == 0
    assert all(row.balance_minor == 0 for row in ledger.trial_balance(entity_id=shop.entity.id))
    kinds = [e.kind for e in reversed(ledger.entries(document=f"order:{order.order_id}"))]
    assert kinds == ["capture", "sale", "reversal", "refund"]


def test_the_provider_may_be_faster_than_the_reversal(provider, shop):
    order, refund = cancelled(provider)
    assert execute_refund(refund.id, AT).state == "requested", "its books wait for the reversal of the sale"
    builders.deliver_all()
    assert execute_due_refunds(later(3)) == 1
    assert payments.refunds(order_id=order.order_id)[0].state == "done"
    assert deposits(shop, order) == 0


def test_a_silent_provider_is_asked_again_for_a_refund(provider):
    _, refund = cancelled(provider)
    builders.deliver_all()
    provider.silent = True
    assert execute_refund(refund.id, AT).state == "requested"
    assert refund.id not in payments.due_refunds(at=later(1))
    for _ in range(30):
        execute_refund(refund.id, AT)
    assert payments.refund(refund_id=refund.id).state == "requested", "it may have been sent: it is never given up"
    assert payments.failed_refunds() == ()
    assert refund.id not in payments.due_refunds(at=later(599)) and refund.id in payments.due_refunds(at=later(600))
    provider.silent = False
    assert execute_refund(refund.id, later(600)).state == "done"


def test_a_refund_that_the_provider_turns_down_waits_for_a_person(provider):
    _, refund = cancelled(provider)
    provider.refuses = True
    assert execute_refund(refund.id, AT).state == "failed"


def test_a_refund_that_stays_pending_is_never_free_to_be_sent_twice(provider, shop):
    order, refund = cancelled(provider)
    builders.deliver_all()
    provider.refund_answer = "pending"
    for _ in range(30):
        execute_refund(refund.id, AT)
    with pytest.raises(RefundExceedsCapture), db.transaction():
        services.request_refund(actor=SYSTEM, order_id=order.order_id, amount_minor=refund.amount_minor, reason="again")
    ring(provider, order.attempt_id, "done", "e9", refund_id=refund.id)
    builders.deliver_all()
    assert payments.refund(refund_id=refund.id).state == "done"
    assert deposits(shop, order) == 0


def test_one_refund_that_breaks_holds_up_no_other(provider, monkeypatch):
    _, first = cancelled(provider)
    _, second = cancelled(provider)
    builders.deliver_all()
    send = provider.refund

    def breaks(reference, refund_id, *rest):
        if refund_id == first.id:
            raise KeyError("an answer nobody thought of")
        return send(reference, refund_id, *rest)

    monkeypatch.setattr(provider, "refund", breaks)
    assert execute_due_refunds(AT) == 2
    assert payments.refund(refund_id=second.id).state == "done"
    assert first.id not in payments.due_refunds(at=later(1)), "it is tried later again"


def test_a_refund_that_comes_back_is_a_deposit_again_and_can_be_sent_anew(provider, shop):
    order, refund = cancelled(provider)
    builders.deliver_all()
    execute_refund(refund.id, AT)
    builders.deliver_all()
    ring(provider, order.attempt_id, "failed", "e8", refund_id=refund.id, at=later(86400))
    ring(provider, order.attempt_id, "done", "e9", refund_id=refund.id, at=later(86401))
    builders.deliver_all()
    assert [r.id for r in payments.failed_refunds()] == [refund.id]
    assert deposits(shop, order) == refund.amount_minor
    again = decide.retry_refund(actor=SYSTEM, refund_id=refund.id, by="Lin Lan", at=later(90000))
    assert execute_refund(again.id, later(90001)).state == "done"
    builders.deliver_all()
    assert (deposits(shop, order), payments.failed_refunds()) == (0, ())
    assert all(row.balance_minor == 0 for row in ledger.trial_balance(entity_id=shop.entity.id))
    assert [s.params["by"] for s in orders.order(order_id=order.order_id).timeline if s.kind == "refund_requested"]


def test_a_second_payment_that_is_heard_of_after_the_cancellation_goes_back_too(provider, shop):
    order = placed()
    start_attempt(order.attempt_id, AT)
    second = retry_payment(actor=checkout_buyer(order.order_id), order_id=order.order_id, method="card", at=AT)
    start_attempt(second.id, AT)
    ring(provider, order.attempt_id, "captured", "e1")
    builders.deliver_all()
    provider.captures(second.id)
    assert settle_started_attempts(later(40)) == 1, "captured; its event waits"
    assert cancel_order(actor=SYSTEM, order_id=order.order_id, reason="changed my mind", at=later(41)) > 0
    builders.deliver_all()
    assert {r.attempt_id for r in payments.refunds(order_id=order.order_id)} == {order.attempt_id, second.id}
    assert execute_due_refunds(later(50)) == 2
    assert deposits(shop, order) == 0


def test_money_that_is_to_go_back_comes_from_another_payment_where_its_own_is_gone(provider):
    order = placed()
    second = retry_payment(actor=checkout_buyer(order.order_id), order_id=order.order_id, method="card", at=AT)
    for attempt_id in (order.attempt_id, second.id):
        start_attempt(attempt_id, AT)
        ring(provider, attempt_id, "captured", f"e-{attempt_id}")
    with db.transaction():
        for message in db.fetch("SELECT public_id::text FROM payments_providermessage ORDER BY id"):
            apply_provider_message(message[0])
        services.request_refund(
            actor=SYSTEM, order_id=order.order_id, amount_minor=second.amount_minor, reason="x", attempt_id=second.id
        )
    builders.deliver_all()
    assert [r.attempt_id for r in payments.refunds(order_id=order.order_id)] == [second.id, order.attempt_id]


def test_a_pending_refund_is_done_by_its_message(provider, shop):
    order, refund = cancelled(provider)
    builders.deliver_all()
    provider.refund_answer = "pending"
    assert execute_refund(refund.id, AT).state == "requested"
    ring(provider, order.attempt_id, "done", "e9", refund_id=refund.id)
    ring(provider, order.attempt_id, "done", "e10", refund_id=str(uuid.uuid4()))
    builders.deliver_all()
    assert payments.refund(refund_id=refund.id).state == "done"
    assert deposits(shop, order) == 0
    assert len(payments.unmatched_messages()) == 1
