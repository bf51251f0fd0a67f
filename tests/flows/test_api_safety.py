"""The API against who means harm and against bad luck: broken-off requests, bogus tokens, one public key in many hands."""

from __future__ import annotations

import socket
import threading
import time
from typing import get_args

import pytest

from entrepot.domains.inventory import queries as inventory
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.engine.states import State
from entrepot.infra import db, outbound
from entrepot.interfaces.storefront.views.account import STATE_WORDS
from tests import api_builders as api
from tests import builders

pytestmark = pytest.mark.django_db
COUNT = {"warehouse": "SZX", "sku": "LAMP-OAK", "delta": 5, "reason": "count"}


class Died(BaseException):
    """The process is gone."""


@pytest.fixture(autouse=True)
def shop():
    return api.shop_with_offers()


@pytest.fixture
def server():
    return api.Caller(api.key())


@pytest.fixture
def broken_off(settings, monkeypatch):
    """Make a request that dies between its effects and the keeping of its answer, and let its minute pass."""

    def die(*args):
        raise Died

    def make(caller, path, body, **headers):
        settings.ENTREPOT_CRASH_AT = "api.done"
        with monkeypatch.context() as patch, pytest.raises(Died):
            patch.setattr("entrepot.infra.crash.os.kill", die)
            caller.post(path, body, **headers)
        settings.ENTREPOT_CRASH_AT = ""
        soon = caller.post(path, body, **headers)
        assert (soon.status_code, soon.json()["code"]) == (409, "STILL_AT_IT")
        db.execute("UPDATE infra_keptanswer SET started_at = started_at - interval '2 minutes'")

    return make


def on_hand():
    return inventory.available(skus=["LAMP-OAK"])["LAMP-OAK"]["SZX"]


def test_a_correction_that_broke_off_is_not_made_twice(server, broken_off):
    before = on_hand()
    broken_off(server, "stock/adjustments", COUNT, idempotency_key="a")
    again = server.post("stock/adjustments", COUNT, idempotency_key="a")
    assert (again.status_code, again.json()["code"]) == (409, "OUTCOME_UNKNOWN")
    assert "GET" in again.json()["detail"] and on_hand() == before + 5


def test_a_refund_that_broke_off_is_not_made_twice(server, broken_off):
    order_id = builders.a_confirmed_order({"LAMP-OAK": 2}).order_id
    body = {"kind": "goodwill", "amount_minor": 500, "reason": "late"}
    broken_off(server, f"orders/{order_id}/refunds", body, idempotency_key="r")
    for _ in range(2):
        again = server.post(f"orders/{order_id}/refunds", body, idempotency_key="r")
        assert (again.status_code, again.json()["code"]) == (409, "OUTCOME_UNKNOWN")
    assert [c["amount"]["amount_minor"] for c in server.get(f"orders/{order_id}").json()["changes"]] == [-500]


def test_a_quote_that_broke_off_is_made_again(server, broken_off):
    body = {"market": "DE", "lines": [{"sku": "LAMP-OAK", "quantity": 1}], "destination": api.PLACE}
    broken_off(server, "quotes", body, idempotency_key="q")
    assert server.post("quotes", body, idempotency_key="q").status_code == 201


def test_a_bogus_token_does_not_make_a_reading_key_the_buyer(server):
    order_id = api.placed(server)["id"]
    reader = api.Caller(api.key("secret", ["api.read_orders", "checkout.place"]))
    for token in ("", "x" * 40):
        shown = {"x_order_token": token} if token else {}
        assert reader.post(f"orders/{order_id}/cancel", {"reason": "mine"}, **shown).status_code == 403
    assert orders.brief(order_id=order_id).state == "placed"


def visitors(text):
    return [api.Caller(text, x_forwarded_for=address) for address in ("198.51.100.7", "198.51.100.8")]


def test_visitors_of_a_public_key_do_not_read_each_others_answers(settings):
    settings.ENTREPOT_TRUSTED_PROXIES = 1
    mine, yours = visitors(api.key("public", origins=["https://shop.example"]))
    body = {"market": "DE", "locale": "de-de"}
    first = mine.post("carts", body, idempotency_key="1")
    same, other = mine.post("carts", body, idempotency_key="1"), yours.post("carts", body, idempotency_key="1")
    assert same.content == first.content and "Idempotent-Replayed" in same.headers
    assert "Idempotent-Replayed" not in other.headers


def test_an_answer_is_kept_for_the_token_it_was_asked_with():
    caller = api.Caller(api.key("public", origins=["https://shop.example"]))
    order = api.placed(caller)
    path, body = f"orders/{order['id']}/cancel", {"reason": "mine"}
    assert caller.post(path, body, idempotency_key="c", x_order_token=order["token"]).status_code == 200
    assert caller.post(path, body, idempotency_key="c", x_order_token="x" * 40).status_code == 422


def test_a_visitor_who_asks_too_often_silences_nobody_else(settings):
    settings.ENTREPOT_TRUSTED_PROXIES = 1
    mine, yours = visitors(api.key("public", origins=["https://shop.example"], per_minute=2))
    assert [mine.get("markets").status_code for _ in range(4)] == [200, 200, 429, 429]
    assert yours.get("markets").status_code == 200


def test_a_public_key_as_a_whole_has_a_ceiling(settings, monkeypatch):
    monkeypatch.setattr("entrepot.interfaces.api.door.WHOLE_KEY", 1)
    settings.ENTREPOT_TRUSTED_PROXIES = 1
    mine, yours = visitors(api.key("public", origins=["https://shop.example"], per_minute=2))
    answers = [caller.get("markets").status_code for caller in (mine, yours, mine)]
    assert answers == [200, 200, 429]


def test_every_state_of_an_order_can_be_asked_for_and_has_its_word(server):
    for state in get_args(State):
        assert server.get(f"orders?state={state}").status_code == 200, state
    assert server.get("orders?state=lost").status_code == 422
    assert set(STATE_WORDS) == set(get_args(State))


# ---- calls to addresses that somebody typed in


@pytest.fixture
def dripping():
    """Listen, and answer with a piece every tenth of a second, without end; return (start, url) and what was asked."""
    heard, over = [], threading.Event()
    ear = socket.create_server(("127.0.0.1", 0))

    def serve(head):
        talk, _ = ear.accept()
        with talk:
            heard.append(talk.recv(65536).decode())
            try:
                talk.sendall(head)
                while not over.wait(0.1):
                    talk.sendall(b"x")
            except OSError:
                return

    def start(head):
        threading.Thread(target=serve, args=(head,), daemon=True).start()
        return f"http://127.0.0.1:{ear.getsockname()[1]}/"

    yield start, heard
    over.set()
    ear.close()


def test_an_endpoint_that_drips_its_headers_is_left_at_the_deadline(dripping):
    start, heard = dripping
    url, began = start(b"HTTP/1.1 200 OK\r\nX-Long: "), time.monotonic()
    with pytest.raises(outbound.Refused, match="TimeoutError"):
        outbound.post(url, "{}", {}, private=True, timeout_s=0.5)
    assert time.monotonic() - began < 2 and "accept-encoding: identity" in heard[0].lower()


def test_an_endpoint_that_drips_its_body_is_left_at_the_deadline(dripping):
    start, _ = dripping
    url, began = start(b"HTTP/1.1 200 OK\r\nContent-Length: 1999\r\n\r\n"), time.monotonic()
    answer = outbound.post(url, "{}", {}, private=True, timeout_s=0.5)
    assert answer.status == 200 and set(answer.start) == {"x"} and time.monotonic() - began < 2


@pytest.mark.parametrize(
    "address",
    [
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2002:a00:1::1",
        "2001::1",
        "::10.0.0.1",
        "::8.8.8.8",
        "::ffff:10.0.0.1",
    ],
)
def test_addresses_that_hide_an_ipv4_one_are_refused(address):
    assert not outbound.allowed(address, private=False)
    assert outbound.allowed("::ffff:8.8.8.8", private=False) and outbound.allowed("2606:4700::1111", private=False)
    assert outbound.allowed("::1", private=True) and not outbound.allowed("::1", private=False)
