"""The door of webhooks over HTTP: signed is kept and answered at once, anything else gets a clear sentence."""

from __future__ import annotations

import json
import time
import uuid

import pytest

from entrepot.domains.payments import queries as payments
from entrepot.infra import db
from entrepot_sandbox.hooks import sign
from tests import builders

pytestmark = pytest.mark.django_db
URL = "/webhooks/payments/sandbox"


def message(attempt_id, event_id="evt-1", status="captured", **more):
    told = {
        "event_id": event_id, "type": "payment.updated", "reference": "sbx_1", "attempt_id": attempt_id,
        "status": status, "amount_minor": 1000, "currency": "EUR", "refusal": "", "at": "2026-11-25T10:00:00+00:00",
    }  # fmt: skip
    return json.dumps({**told, **more}).encode()


def ring(client, body, *, url=URL, secret="sandbox-webhook-secret", at=None, signature=None):
    signature = sign(secret, body, int(at or time.time())) if signature is None else signature
    return client.post(url, body, content_type="application/json", headers={"Sandbox-Signature": signature})


def stored():
    return db.fetch("SELECT count(*) FROM payments_providermessage")[0][0]


def test_a_signed_message_is_kept_answered_and_applied_later(client):
    builders.seed_shop()
    order = builders.a_placed_order()
    (attempt,) = payments.attempts(order_id=order.order_id)
    body = message(attempt.id, amount_minor=attempt.amount_minor, currency=attempt.currency)
    first, again = ring(client, body), ring(client, body)
    assert (first.status_code, first.json()) == (200, {"received": True, "known": False})
    assert (again.status_code, again.json()) == (200, {"received": True, "known": True})
    assert payments.attempt(attempt_id=attempt.id).state == "started"
    builders.deliver_all()
    assert payments.attempt(attempt_id=attempt.id).state == "captured"


@pytest.mark.parametrize(
    "how",
    [{"signature": ""}, {"signature": "t=1,v1=00"}, {"secret": "guessed"}, {"at": time.time() - 301}, {"at": 9e12}],
)
def test_a_forged_message_is_refused_in_words_and_nothing_is_stored(client, how):
    answer = ring(client, message(str(uuid.uuid4())), **how)
    assert answer.status_code == 401
    assert answer.json()["code"] == "FORGED_PAYMENT_MESSAGE"
    assert "Nothing was stored" in answer.json()["error"]
    assert stored() == 0


def test_no_cookie_or_token_is_asked_for(client):
    client.handler.enforce_csrf_checks = True
    assert ring(client, message("x")).status_code == 200


def test_an_unknown_reference_is_answered_and_kept_for_a_person(client):
    assert ring(client, message(str(uuid.uuid4()))).status_code == 200
    builders.deliver_all()
    assert [m.reference for m in payments.unmatched_messages()] == ["sbx_1"]


def test_a_huge_message_is_not_read(client):
    answer = ring(client, b"x" * 70_000)
    assert answer.status_code == 413
    assert "64 KB" in answer.json()["error"]
    assert stored() == 0


def test_other_doors_are_closed(client):
    assert ring(client, message("x"), url="/webhooks/payments/nobody").status_code == 404
    assert client.get(URL).status_code == 405
    assert ring(client, b"{}", url="/webhooks/carriers/nobody").status_code == 404


def test_a_forged_tracking_message_is_refused(client):
    answer = ring(client, b'{"event_id": "x"}', url="/webhooks/carriers/sandbox", signature="t=1,v1=00")
    assert answer.status_code == 401
    assert answer.json()["code"] == "FORGED_MESSAGE"
