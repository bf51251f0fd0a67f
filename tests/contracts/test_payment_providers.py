"""One contract for all payment providers: every adapter that is placed, and the fake."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from entrepot.domains.payments.errors import ForgedMessage, ProviderRefuses, ProviderSilent
from entrepot.domains.payments.ports import PROVIDERS
from entrepot.domains.payments.types import Collection, StartRequest
from entrepot.infra import http
from entrepot.infra.ids import new_id
from entrepot_sandbox.hooks import sign
from tests.fakes.payment_provider import FakeProvider
from tests.fakes.sandbox import SECRET, running_sandbox

NOW = dt.datetime.now(dt.UTC)


class Rig(msgspec.Struct):
    """A provider with what the contract needs to drive it."""

    provider: Any
    capture: Callable[[str], Any]
    message: Callable[..., bytes]
    headers: Callable[[bytes, dt.datetime], dict[str, str]]
    silence: Callable[[], Any]


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


def sandbox_message(attempt_id: str, status: str, event_id: str = "e1", **more: Any) -> bytes:
    told = {
        "event_id": event_id, "type": "payment.updated", "reference": "r", "attempt_id": attempt_id, "status": status,
        "amount_minor": 1200, "currency": "EUR", "refusal": "", "at": "2026-11-25T10:00:00+00:00",
    }  # fmt: skip
    if "refund_id" in more:
        told["type"] = "refund.updated"
    if "part" in more:
        told["type"] = "cash.updated"
    return json.dumps({**told, **more}).encode()


def rig_of(name: str, box: Any, settings: Any) -> Rig:
    if name == "fake":
        fake = FakeProvider()
        return Rig(fake, fake.captures, fake.message, fake.signed, lambda: setattr(fake, "silent", True))
    if name == "sandbox":
        settings.ENTREPOT_SANDBOX_URL, settings.ENTREPOT_SANDBOX_SECRET = box.url, SECRET
        box.control()
        provider = PROVIDERS.get(name)

        def capture(attempt_id: str) -> None:
            reference = provider.ask(attempt_id, "").reference
            box.post(f"/payments/{reference}/approve")

        return Rig(
            provider,
            capture,
            sandbox_message,
            lambda body, now: {"Sandbox-Signature": sign(SECRET, body, int(now.timestamp()))},
            lambda: setattr(settings, "ENTREPOT_SANDBOX_URL", "http://127.0.0.1:9"),
        )
    raise AssertionError(f"the payment provider {name} has no rig here: every adapter meets the contract")


@pytest.fixture(params=["fake", *PROVIDERS])
def rig(request, box, settings):
    return rig_of(request.param, box, settings)


def request_for(method: str = "card", amount: int = 1200) -> StartRequest:
    return StartRequest(
        attempt_id=str(new_id()),
        method=method,
        amount_minor=amount,
        currency="EUR",
        return_url="https://shop.example/de-de/order/1",
        description="E-1001",
        expires_at=NOW + dt.timedelta(hours=1),
    )


@pytest.mark.parametrize(("method", "kind"), [("card", "redirect"), ("code", "show_code"), ("redirect", "redirect")])
def test_start_is_idempotent_and_names_the_next_action(rig, method, kind):
    asked = request_for(method)
    first, again = rig.provider.start(asked), rig.provider.start(asked)
    assert first.reference == again.reference
    assert first.status in ("action_needed", "pending")
    assert (first.amount_minor, first.currency) == (1200, "EUR")
    assert first.next_action.kind == kind
    assert first.next_action.url or first.next_action.code


def test_cash_is_promised_at_once_and_nothing_is_to_do(rig):
    asked = request_for("cash_on_delivery")
    first, again = rig.provider.start(asked), rig.provider.start(asked)
    assert first.reference == again.reference
    assert (first.status, first.next_action.kind) == ("accepted", "none")
    assert rig.provider.ask(asked.attempt_id, first.reference).status == "accepted"


@pytest.mark.parametrize("status", ["collected", "refused", "remitted"])
def test_a_parcel_s_cash_reads_in_our_words(rig, status):
    body = rig.message("a1", status, part="s1", amount_minor=700, currency="SAR")
    notice = rig.provider.parse(body)
    assert (notice.state, notice.refund_id) == (None, "")
    assert notice.collection == Collection("s1", status, 700, "SAR")


@pytest.mark.parametrize("method", ["card", "redirect"])
def test_asking_finds_a_payment_by_our_id(rig, method):
    asked = request_for(method)
    assert rig.provider.ask(asked.attempt_id, "") is None
    started = rig.provider.start(asked)
    found = rig.provider.ask(asked.attempt_id, "")
    assert (found.reference, found.status) == (started.reference, started.status)
    rig.capture(asked.attempt_id)
    assert rig.provider.ask(asked.attempt_id, started.reference).status == "captured"


def test_a_refund_is_sent_once(rig):
    asked = request_for()
    reference = rig.provider.start(asked).reference
    rig.capture(asked.attempt_id)
    refund_id = str(new_id())
    assert {rig.provider.refund(reference, refund_id, 1200, "EUR") for _ in range(2)} == {"done"}


def test_silence_is_said_as_such(rig):
    rig.silence()
    with pytest.raises(ProviderSilent):
        rig.provider.start(request_for())
    with pytest.raises(ProviderSilent):
        rig.provider.ask("x", "")
    with pytest.raises(ProviderSilent):
        rig.provider.refund("x", "y", 1, "EUR")


def test_a_signed_message_reads_in_our_words(rig):
    attempt_id = str(new_id())
    body = rig.message(attempt_id, "captured", amount_minor=1200, currency="EUR")
    rig.provider.verify(rig.headers(body, NOW), body, NOW)
    notice = rig.provider.parse(body)
    assert (notice.event_id, notice.attempt_id) == ("e1", attempt_id)
    assert (notice.state.status, notice.state.amount_minor, notice.state.currency) == ("captured", 1200, "EUR")
    refund = rig.provider.parse(rig.message(attempt_id, "done", refund_id="r1"))
    assert (refund.state, refund.refund_id, refund.refund_status) == (None, "r1", "done")


def test_forged_and_old_messages_are_refused(rig):
    body = rig.message("a", "captured")
    rig.provider.verify(rig.headers(body, NOW - dt.timedelta(minutes=4)), body, NOW)
    stale = rig.headers(body, NOW - dt.timedelta(minutes=6))
    name = next(iter(stale))
    for headers in ({}, {name: ""}, {name: "t=1,v1=é"}, {name: "x" * 5000}, stale):
        with pytest.raises(ForgedMessage):
            rig.provider.verify(headers, body, NOW)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"event_id": "x"}', b"\xff\xfe", b'{"reference": 7}'])
def test_what_is_not_in_the_agreed_form_is_a_value_error(rig, body):
    with pytest.raises(ValueError):
        rig.provider.parse(body)


# ---- the sandbox's own wire


def test_the_sandbox_signs_the_body(box, settings):
    rig = rig_of("sandbox", box, settings)
    body = rig.message("a", "captured")
    headers = rig.headers(body, NOW)
    with pytest.raises(ForgedMessage, match="not right"):
        rig.provider.verify(headers, body + b" ", NOW)
    settings.ENTREPOT_SANDBOX_SECRET = "another"
    with pytest.raises(ForgedMessage, match="not right"):
        rig.provider.verify(headers, body, NOW)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http.Answer(500, b""), ProviderSilent),
        (http.Answer(429, b""), ProviderSilent),
        (http.Answer(422, b'{"error": "no"}'), ProviderRefuses),
        (http.Answer(302, b""), ProviderRefuses),
        (http.Answer(200, b"<html>"), ProviderSilent),
        (http.Answer(200, b"\xff"), ProviderSilent),
        (http.Answer(200, b'{"status": "unheard of"}'), ProviderSilent),
        (http.Silent("slow"), ProviderSilent),
    ],
)
def test_odd_answers_become_our_errors(monkeypatch, answer, error):
    def exchange(*_: Any, **__: Any) -> http.Answer:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(http, "exchange", exchange)
    with pytest.raises(error):
        PROVIDERS.get("sandbox").start(request_for())


# ---- the sandbox's bank and its cash at the door


def test_the_bank_page_approves_declines_and_is_left(box, settings):
    provider = rig_of("sandbox", box, settings).provider
    outcomes = {"now": "captured", "decline": "failed", "stop": "cancelled"}
    for step, status in outcomes.items():
        asked = request_for("redirect")
        started = provider.start(asked)
        page = box.http.get(started.next_action.url)
        assert page.status_code == 200 and "12,00" in page.text
        box.http.post(f"/pay/{started.reference}", data={"step": step})
        assert provider.ask(asked.attempt_id, "").status == status


def test_a_bank_page_that_is_left_lapses_by_itself(box, settings):
    provider = rig_of("sandbox", box, settings).provider
    asked = msgspec.structs.replace(request_for("redirect"), expires_at=NOW - dt.timedelta(days=1))
    provider.start(asked)
    said = provider.ask(asked.attempt_id, "")
    assert (said.status, said.refusal) == ("cancelled", "lapsed")


def test_the_carrier_tells_of_cash_per_parcel_and_pays_out(box, settings, monkeypatch):
    provider = rig_of("sandbox", box, settings).provider
    started = provider.start(request_for("cash_on_delivery"))

    def book(shipment_id: str, amount: int) -> str:
        body = {
            "shipment_id": shipment_id, "mass_g": 500, "from": {"country_code": "CN"},
            "to": {"country_code": "SA", "name": "N"},
            "collect": {"reference": started.reference, "part": shipment_id, "amount_minor": amount, "currency": "EUR"},
        }  # fmt: skip
        return box.post("/shipments", **body)["tracking_number"]

    def walk(tracking: str, steps: int) -> list[str]:
        told = [box.post(f"/shipments/{tracking}/advance")["step"] for _ in range(steps)]
        return [one["code"] for one in told if one]

    taken, refused = book(str(new_id()), 700), book(str(new_id()), 500)
    assert walk(taken, 7)[-1] == "delivered"
    assert walk(refused, 5)[-1] == "out_for_delivery"
    assert box.post(f"/shipments/{refused}/refuse")["step"]["code"] == "refused"
    assert walk(refused, 3) == ["returned"]
    assert box.post("/cash/remit") == {"parcels": 1}
    assert box.post("/cash/remit") == {"parcels": 0}
