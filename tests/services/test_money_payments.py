"""Attempts, messages, captures and refunds at the service door and in the database."""

from __future__ import annotations

import datetime as dt
import importlib
import threading
import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from entrepot.domains.payments import queries, services
from entrepot.domains.payments.errors import (
    AmountNotPayable,
    MethodNotOffered,
    NothingToSendBack,
    RefundExceedsCapture,
    RefundNotFailed,
)
from entrepot.domains.payments.types import ProviderNotice, ProviderState
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import NotFound, PermissionDenied
from tests.builders import demo_store

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


def open_attempt(order_id=None, method="card", amount=1000, at=AT, actor=SYSTEM):
    store = demo_store()
    with transaction.atomic():
        return services.open_attempt(
            actor=actor,
            order_id=order_id or str(uuid.uuid4()),
            store_id=store.id,
            entity_id=store.entity.id,
            method=method,
            amount_minor=amount,
            currency="EUR",
            at=at,
            return_url="https://shop.example/de-de/order/1",
        )


def say(attempt, status, amount=1000, currency="EUR", at=AT, **more):
    with transaction.atomic():
        return services.apply_state(
            actor=SYSTEM,
            attempt_id=attempt.id,
            state=ProviderState("ref-1", status, amount, currency, **more),
            at=at,
        )


def refund(order_id, amount, **more):
    with transaction.atomic():
        return services.request_refund(actor=SYSTEM, order_id=order_id, amount_minor=amount, reason="test", **more)


def topics():
    return [row[0] for row in db.fetch("SELECT topic FROM infra_outboxevent ORDER BY id")]


@pytest.mark.parametrize(("method", "hold"), [("card", 1800), ("code", 86400)])
def test_an_attempt_is_opened_in_one_statement_with_its_methods_hold(method, hold):
    store = demo_store()
    with CaptureQueriesContext(connection) as seen, transaction.atomic():
        attempt = services.open_attempt(
            actor=SYSTEM, order_id=str(uuid.uuid4()), store_id=store.id, entity_id=store.entity.id, method=method,
            amount_minor=5, currency="EUR", at=AT, return_url="",
        )  # fmt: skip
    assert len([q for q in seen if "SAVEPOINT" not in q["sql"]]) == 1
    assert (attempt.state, attempt.provider, attempt.expires_at) == (
        "started",
        "sandbox",
        AT + dt.timedelta(seconds=hold),
    )
    assert queries.attempts(order_id=attempt.order_id) == (attempt,)


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_to_pay_is_refused(amount):
    with pytest.raises(AmountNotPayable):
        open_attempt(amount=amount)


def test_an_unknown_method_is_refused_and_a_buyer_has_no_right_of_his_own(buyer):
    with pytest.raises(MethodNotOffered):
        open_attempt(method="gold")
    with pytest.raises(PermissionDenied):
        open_attempt(actor=buyer)


def test_no_test_provider_in_production(settings):
    assert [m.code for m in queries.methods(market="DE", currency="EUR", amount_minor=100)] == [
        "card",
        "redirect",
        "code",
    ]
    assert all(m.test for m in queries.methods(market="DE", currency="EUR", amount_minor=100))
    settings.PRODUCTION = True
    assert queries.methods(market="DE", currency="EUR", amount_minor=100) == ()


def test_states_only_move_forward_and_money_is_captured_once():
    attempt = open_attempt()
    assert say(attempt, "action_needed").outcome == "applied"
    assert say(attempt, "pending").outcome == "stale"
    done = say(attempt, "captured")
    assert (done.outcome, done.attempt.state, done.capture.amount_minor) == ("applied", "captured", 1000)
    for status in ("captured", "failed", "cancelled", "action_needed"):
        again = say(attempt, status)
        assert (again.outcome, again.capture, again.attempt.state) == ("stale", None, "captured")
    assert topics() == ["payments.payment_captured.v1"]
    assert [c.amount_minor for c in queries.captures(order_id=attempt.order_id)] == [1000]


def test_late_money_is_captured_after_a_refusal():
    attempt = open_attempt()
    assert say(attempt, "failed", refusal="card_declined").attempt.refusal == "card_declined"
    assert say(attempt, "captured").capture is not None
    assert topics() == ["payments.payment_failed.v1", "payments.payment_captured.v1"]


@pytest.mark.parametrize(("amount", "currency"), [(999, "EUR"), (1001, "EUR"), (1000, "USD")])
def test_another_amount_is_kept_and_marked_and_confirms_nothing(amount, currency):
    attempt = open_attempt()
    done = say(attempt, "captured", amount, currency)
    assert (done.outcome, done.attempt.mismatch) == ("mismatch", True)
    assert (done.capture.amount_minor, done.capture.currency) == (amount, currency)
    assert topics() == ["payments.payment_mismatched.v1"]
    assert [a.id for a in queries.mismatches()] == [attempt.id]


def test_an_unknown_attempt_is_not_found():
    with pytest.raises(NotFound):
        say(type("A", (), {"id": str(uuid.uuid4())}), "captured")


def test_expired_attempts_are_told_of_once():
    attempt, other = open_attempt(), open_attempt(method="code")
    with transaction.atomic():
        ids, at = [attempt.id, other.id], AT + dt.timedelta(minutes=31)
        assert services.expire_attempts(actor=SYSTEM, attempt_ids=ids, at=at) == (attempt.id,)
        assert services.expire_attempts(actor=SYSTEM, attempt_ids=ids, at=at) == ()
    assert queries.attempt(attempt_id=attempt.id).refusal == "lapsed"
    assert queries.attempt(attempt_id=other.id).state == "started"
    assert topics() == ["payments.payment_failed.v1"]


def test_silent_attempts_are_asked_for_less_and_less_often():
    attempt = open_attempt(method="code")

    def silent(seconds):
        return [a.id for a in queries.silent_attempts(at=AT + dt.timedelta(seconds=seconds))]

    assert silent(29) == []
    assert silent(31) == [attempt.id]
    say(attempt, "pending", at=AT + dt.timedelta(seconds=200))
    assert silent(250) == []
    assert silent(301) == [attempt.id]


def test_a_message_is_stored_once_sealed_and_announced():
    notice = ProviderNotice("evt-1", "ref-1", "", ProviderState("ref-1", "captured", 1, "EUR"))

    def store(provider="sandbox", body=b'{"secret": "words"}'):
        with transaction.atomic():
            return services.store_message(actor=SYSTEM, provider=provider, notice=notice, body=body, at=AT)

    first = store()
    assert store() is None
    assert store(provider="other")
    assert queries.message(message_id=first).body == '{"secret": "words"}'
    raw = db.fetch("SELECT body FROM payments_providermessage")
    assert not any("words" in row[0] for row in raw)
    assert topics() == ["payments.provider_message_stored.v1"] * 2


def test_refunds_never_exceed_the_capture():
    attempt = open_attempt()
    with pytest.raises(RefundExceedsCapture):
        refund(attempt.order_id, 1)
    say(attempt, "captured")
    first = refund(attempt.order_id, 600, key="a")
    assert refund(attempt.order_id, 600, key="a") == first
    with pytest.raises(RefundExceedsCapture) as refused:
        refund(attempt.order_id, 401)
    assert refused.value.params["left"] == 400
    refund(attempt.order_id, 400)
    with pytest.raises(AmountNotPayable):
        refund(attempt.order_id, 0)
    assert queries.captures(order_id=attempt.order_id)[0].refunded_minor == 1000


def test_a_failed_refund_gives_its_amount_free_again():
    attempt = open_attempt()
    say(attempt, "captured")
    failed = refund(attempt.order_id, 1000)
    with transaction.atomic():
        assert services.record_refund(actor=SYSTEM, refund_id=failed, status="failed", at=AT) is None
    again = refund(attempt.order_id, 1000)
    with transaction.atomic():
        assert services.record_refund(actor=SYSTEM, refund_id=again, status="done", at=AT).id == again
        assert services.record_refund(actor=SYSTEM, refund_id=again, status="done", at=AT) is None
    # The provider says later that the first one went out after all: the database refuses to believe more than came in.
    with pytest.raises(IntegrityError, match="refunds_within_capture"), transaction.atomic():
        services.record_refund(actor=SYSTEM, refund_id=failed, status="done", at=AT)
    assert topics().count("payments.refund_done.v1") == 1


def record(refund_id, status, at=AT, **more):
    with transaction.atomic():
        return services.record_refund(actor=SYSTEM, refund_id=refund_id, status=status, at=at, **more)


def test_only_a_providers_own_message_makes_a_done_refund_failed_and_then_for_good():
    attempt = open_attempt()
    say(attempt, "captured")
    sent = refund(attempt.order_id, 1000)
    record(sent, "done")
    assert record(sent, "failed") is None and queries.refund(refund_id=sent).state == "done"
    back = record(sent, "failed", bounces=True)
    assert (back.state, back.done_at) == ("failed", AT)
    assert queries.captures(order_id=attempt.order_id)[0].refunded_minor == 0
    assert record(sent, "done") is None and queries.refund(refund_id=sent).state == "failed", "old news"


def test_the_oldest_payment_of_the_right_amount_pays_a_refund():
    wrong, first, second = (open_attempt("5a0b1c52-35a5-4b25-a2ac-ee5a2b6d3b77") for _ in range(3))
    say(wrong, "captured", 5000)
    say(first, "captured")
    say(second, "captured")
    assert queries.refund(refund_id=refund(first.order_id, 1000)).attempt_id == first.id
    assert queries.refund(refund_id=refund(first.order_id, 1000)).attempt_id == second.id
    with pytest.raises(RefundExceedsCapture):
        refund(first.order_id, 1)


def decide(service, **what):
    with transaction.atomic():
        return service(actor=SYSTEM, **what)


def test_a_payment_of_another_amount_is_sent_back_once_and_is_then_settled():
    right, wrong = open_attempt(), open_attempt()
    say(right, "captured")
    say(wrong, "captured", 999)
    with pytest.raises(NothingToSendBack):
        decide(services.send_back, attempt_id=right.id)
    with pytest.raises(NothingToSendBack):
        decide(services.send_back, attempt_id=open_attempt().id)
    sent = decide(services.send_back, attempt_id=wrong.id)
    assert (sent.amount_minor, sent.reason, sent.attempt_id) == (999, "amount_differs", wrong.id)
    assert decide(services.send_back, attempt_id=wrong.id) == sent
    assert queries.mismatches() == ()


def test_a_failed_refund_is_asked_for_again_once():
    attempt = open_attempt()
    say(attempt, "captured")
    first = refund(attempt.order_id, 1000)
    with pytest.raises(RefundNotFailed):
        decide(services.retry_refund, refund_id=first)
    record(first, "failed")
    assert [r.id for r in queries.failed_refunds()] == [first]
    again = decide(services.retry_refund, refund_id=first)
    assert (again.state, again.amount_minor) == ("requested", 1000) and again.id != first
    assert decide(services.retry_refund, refund_id=first) == again
    assert queries.failed_refunds() == () and queries.refund(refund_id=first).retried
    record(again.id, "failed")
    assert [r.id for r in queries.failed_refunds()] == [again.id]


def test_a_refund_that_waits_for_a_day_is_overdue():
    attempt = open_attempt()
    say(attempt, "captured")
    waits = refund(attempt.order_id, 1000)
    assert queries.overdue_refunds() == ()
    db.execute("UPDATE payments_refund SET requested_at = now() - interval '25 hours'")
    assert [r.id for r in queries.overdue_refunds()] == [waits]
    record(waits, "done")
    assert queries.overdue_refunds() == ()


def test_a_silent_provider_keeps_nobody_elses_payments_waiting():
    slow = [open_attempt() for _ in range(3)]
    other = open_attempt()
    db.execute("UPDATE payments_attempt SET provider = 'other' WHERE public_id = %s", [other.id])
    lapsed = queries.lapsed_attempts(at=AT + dt.timedelta(hours=1), limit=2)
    silent = queries.silent_attempts(at=AT + dt.timedelta(minutes=5), limit=2)
    assert [a.id for a in lapsed] == [slow[0].id, slow[1].id, other.id] and {a.id for a in silent} >= {other.id}


def test_old_return_addresses_lose_the_key_to_the_orders_page():
    attempt = open_attempt()
    old = "https://shop.example/de-de/order/1?t=0123456789abcdef0123456789abcdef01234567"
    db.execute("UPDATE payments_attempt SET return_url = %s", [old])
    migration = importlib.import_module("entrepot.domains.payments.migrations.0004_no_key_in_return_url")
    for _ in range(2):
        db.execute(migration.FORWARD)
        kept = queries.attempt(attempt_id=attempt.id).return_url
        assert kept == "https://shop.example/de-de/order/1?t={token}"


def test_raw_sql_cannot_refund_more_than_came_in():
    attempt = open_attempt()
    say(attempt, "captured")
    sql = (
        "INSERT INTO payments_refund (public_id, capture_id, amount_minor, state, reason, actor, tries)"
        " SELECT gen_random_uuid(), id, %s, 'requested', '', 'x', 0 FROM payments_capture"
    )
    db.execute(sql, [1000])
    with pytest.raises(IntegrityError, match="refunds_within_capture"), transaction.atomic():
        db.execute(sql, [1])
    for other in (
        "UPDATE payments_refund SET amount_minor = 1",
        "DELETE FROM payments_refund",
        "DELETE FROM payments_capture",
        "UPDATE payments_capture SET amount_minor = 5000",
    ):
        with pytest.raises(DatabaseError, match="never"), transaction.atomic():
            db.execute(other)


@pytest.mark.django_db(transaction=True)
def test_two_refunds_race_for_the_same_money():
    attempt = open_attempt()
    say(attempt, "captured")
    answers, gate = [], threading.Barrier(4)

    def try_it():
        gate.wait()
        try:
            answers.append(refund(attempt.order_id, 700))
        except RefundExceedsCapture:
            answers.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer is not None for answer in answers) == [False, False, False, True]
