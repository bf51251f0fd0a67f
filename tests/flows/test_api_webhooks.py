"""Webhooks out: who hears of what, signed by whom, tried again when, paused when; and no call into our own network."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from entrepot.domains.identity import services as identity_services
from entrepot.domains.messages import queries as messages
from entrepot.domains.messages import services
from entrepot.domains.messages.engine import webhooks as rules
from entrepot.flows.tell.send_webhooks import send_due_webhooks
from entrepot.flows.tell.webhooks import TOPICS
from entrepot.infra import clock, db, events, memo, outbound
from entrepot.kernel.actor import SYSTEM
from tests import api_builders as api
from tests import builders

pytestmark = pytest.mark.django_db
PLACED = "orders.order_placed.v1"


class Receiver:
    """A program that hears of events; it answers with `status` and remembers what it heard."""

    def __init__(self):
        heard, self.status = [], 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                heard.append((dict(self.headers), body))
                self.send_response(receiver.status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()
                self.wfile.write(b"so be it")

            def log_message(self, *args):
                pass

        self.heard = heard
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver():
    found = Receiver()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def server():
    api.shop_with_offers()
    return api.Caller(api.key())


def endpoint(server, receiver, topics=(PLACED,)):
    answer = server.post("webhooks", {"url": receiver.url, "topics": list(topics)})
    assert answer.status_code == 201, answer.content
    return answer.json()["webhook"]["id"], answer.json()["secret"]


def an_order():
    placed = builders.a_placed_order()
    while events.deliver_batch():
        pass
    return placed.order_id


def signed(headers, body, secret):
    parts = [part.partition("=")[::2] for part in headers[rules.SIGNATURE].split(",")]
    moment = dict(parts)["t"]
    right = hmac.new(secret.encode(), f"{moment}.{body}".encode(), hashlib.sha256).hexdigest()
    return any(name == "v1" and hmac.compare_digest(value, right) for name, value in parts)


def test_an_event_reaches_who_wants_it_signed_and_with_an_id(server, receiver):
    webhook_id, secret = endpoint(server, receiver)
    order_id = an_order()
    assert send_due_webhooks(clock.now()) == 1
    ((headers, body),) = receiver.heard
    told = json.loads(body)
    assert told["topic"] == headers["Entrepot-Topic"] == PLACED and told["data"]["order_id"] == order_id
    assert told["id"] == headers["Entrepot-Event-Id"]
    assert signed(headers, body, secret) and not signed(headers, body, "another")
    (row,) = server.get(f"webhooks/{webhook_id}/deliveries").json()["items"]
    assert (row["state"], row["answer_status"], row["answer"], row["attempts"]) == ("sent", 200, "so be it", 1)
    assert send_due_webhooks(clock.now()) == 0 and len(receiver.heard) == 1


def test_nobody_listening_costs_no_delivery(server):
    subscribers = {s.name for s in events.subscriptions() if s.name.startswith("tell.webhook:")}
    assert len(subscribers) == len(TOPICS)
    builders.a_placed_order()
    rows = db.fetch("SELECT count(*) FROM infra_outboxdelivery WHERE subscriber LIKE 'tell.webhook:%%'")
    assert rows[0][0] == 0


def test_while_a_secret_is_changed_both_sign(server, receiver):
    webhook_id, old = endpoint(server, receiver)
    new = server.post(f"webhooks/{webhook_id}/rotate-secret", {}).json()["secret"]
    an_order()
    send_due_webhooks(clock.now())
    headers, body = receiver.heard[0]
    assert new != old and signed(headers, body, new) and signed(headers, body, old)
    later = clock.now() + rules.OVERLAP
    resend(server, webhook_id)
    send_due_webhooks(later)
    headers, body = receiver.heard[1]
    assert signed(headers, body, new) and not signed(headers, body, old)


def resend(server, webhook_id):
    row = server.get(f"webhooks/{webhook_id}/deliveries").json()["items"][0]
    assert server.post(f"webhook-deliveries/{row['id']}/resend", {}).json() == {"queued": True}


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_not_taken_is_tried_again_later_and_a_redirect_is_not_followed(server, receiver, status):
    webhook_id, _ = endpoint(server, receiver)
    an_order()
    receiver.status = status
    at = clock.now()
    assert send_due_webhooks(at) == 0
    assert send_due_webhooks(at) == 0 and len(receiver.heard) == 1  # not before its turn
    receiver.status = 204
    assert send_due_webhooks(at + dt.timedelta(seconds=31)) == 1
    assert json.loads(receiver.heard[0][1])["id"] == json.loads(receiver.heard[1][1])["id"]
    assert messages.webhook(webhook_id=webhook_id).failing_since is None


def test_an_endpoint_that_takes_nothing_for_three_days_is_paused_and_staff_are_told(server, receiver):
    with db.transaction():
        identity_services.set_up_roles(actor=SYSTEM)
        user = identity_services.create_user(
            actor=SYSTEM, email="own@example.com", name="Lin", password="a quiet harbour"
        )
        identity_services.grant(actor=SYSTEM, user_id=user, role="owner")
    webhook_id, _ = endpoint(server, receiver)
    an_order()
    receiver.status, at = 500, clock.now()
    for _ in range(12):
        send_due_webhooks(at)
        at += dt.timedelta(hours=25)
    assert messages.webhook(webhook_id=webhook_id).state == "paused"
    (mail,) = messages.messages(about=f"webhook:{webhook_id}")
    assert mail.kind == "webhook_paused"
    asked, _ = len(receiver.heard), send_due_webhooks(at)
    assert len(receiver.heard) == asked  # paused: nobody is called
    receiver.status = 200
    body = {"url": receiver.url, "topics": [PLACED], "active": True}
    assert server.put(f"webhooks/{webhook_id}", body).json()["state"] == "active"
    assert send_due_webhooks(at) == 1  # what waited is sent


def test_an_endpoint_is_https_and_its_topics_are_there(server):
    def refused(url, topics=(PLACED,)):
        return server.post("webhooks", {"url": url, "topics": list(topics)}).status_code

    assert refused("http://example.com/x") == 422
    assert refused("https://user:pw@example.com/x") == 422
    assert refused("https://example.com/x", ["orders.nothing.v1"]) == 422
    assert server.post("webhooks", {"url": "https://example.com/x", "topics": [PLACED]}).status_code == 201


def test_in_production_no_call_goes_into_our_own_network(server, receiver, settings):
    webhook_id, _ = endpoint(server, receiver)
    an_order()
    settings.PRODUCTION = True
    assert send_due_webhooks(clock.now()) == 0 and receiver.heard == []
    (row,) = messages.webhook_deliveries(webhook_id=webhook_id)
    assert row.answer_status is None and "public network" in row.answer
    assert server.post("webhooks", {"url": receiver.url, "topics": [PLACED]}).status_code == 422


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.8",
        "172.16.4.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "::1",
        "fe80::1",
        "fd00::2",
        "::ffff:127.0.0.1",
        "224.0.0.1",
        "100.64.0.1",
    ],
)
def test_private_addresses_are_never_allowed(address):
    assert not outbound.allowed(address, private=False)
    assert outbound.allowed("8.8.8.8", private=False)


def test_a_removed_endpoint_hears_nothing(server, receiver):
    webhook_id, _ = endpoint(server, receiver)
    with db.transaction():
        services.remove_webhook(actor=SYSTEM, webhook_id=webhook_id)
    memo.forget_all()
    an_order()
    assert send_due_webhooks(clock.now()) == 0 and server.get(f"webhooks/{webhook_id}").status_code == 404
