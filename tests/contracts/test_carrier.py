"""What every carrier must do, run over each adapter and the fake; the sandbox's answers over real HTTP."""

from __future__ import annotations

import datetime as dt
import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from entrepot.domains.logistics.adapters.sandbox import SandboxCarrier
from entrepot.domains.logistics.engine import s10
from entrepot.domains.logistics.engine.tracking import CODES
from entrepot.domains.logistics.errors import CarrierRefused, CarrierUnavailable, ForgedMessage, NotByRemote
from entrepot.domains.logistics.ports import CARRIERS
from entrepot.domains.logistics.types import BookingRequest, CustomsItem, RateRequest
from entrepot_sandbox.store import Store
from entrepot_sandbox.web import Sandbox, Server
from tests.fakes.carrier import SIGNATURE, FakeCarrier

NOW = dt.datetime.now(dt.UTC)


def request(shipment_id: str = "0193-a", **changes) -> BookingRequest:
    return msgspec.structs.replace(
        BookingRequest(
            shipment_id=shipment_id,
            service="cn-standard",
            sender={"name": "Shenzhen warehouse", "city": "Shenzhen", "country_code": "CN"},
            recipient={"name": "محمد", "street_address": "12 King Fahd Rd", "city": "Riyadh", "country_code": "SA"},
            mass_g=900,
            currency="SAR",
            incoterm="DDP",
            scheme="standard_import",
            items=(CustomsItem("CUP", "Cup of stoneware", "691110", "CN", 2, 4000, 900),),
            freight_minor=2500,
        ),
        **changes,
    )


class Side:
    """A carrier under test and the way to get a genuine message of its out of it."""

    def __init__(self, carrier, callback_url, genuine=None) -> None:
        self.carrier, self.callback_url, self.genuine = carrier, callback_url, genuine
        self.drawn = {}

    def book(self, shipment_id="0193-a", **changes):
        """Book as the flow does: with an item number where the carrier lets us number."""
        if self.carrier.numbers:
            number = self.drawn.setdefault(shipment_id, s10.item_number("LZ", 10_000_000 + len(self.drawn), "CN"))
            changes = {"number": number, **changes}
        return self.carrier.book(request(shipment_id, **changes), callback_url=self.callback_url)


@pytest.fixture(params=["fake", "sandbox", "sandbox_post", "post"])
def side(request, tmp_path, settings):
    if request.param == "fake":
        fake = FakeCarrier()
        yield Side(fake, "", lambda b, sid: ({"Signature": SIGNATURE}, _encoded(fake, sid)))
        return
    if request.param == "post":
        yield Side(CARRIERS.get("post"), "")
        return
    settings.ENTREPOT_SANDBOX_SECRET = "shared"
    sandbox = Sandbox(Store(tmp_path), "shared")
    server, ours = Server(("127.0.0.1", 0), sandbox), _Receiver()
    sandbox.hooks.start()
    threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
    settings.ENTREPOT_SANDBOX_URL = f"http://127.0.0.1:{server.server_address[1]}"

    def genuine(booking, shipment_id):
        sandbox.carrier.advance(booking.tracking_number)
        return ours.messages.get(timeout=5)

    yield Side(CARRIERS.get(request.param), ours.url, genuine)
    server.shutdown()
    ours.server.shutdown()


def _encoded(fake: FakeCarrier, shipment_id: str) -> bytes:
    return msgspec.json.encode(fake.message(shipment_id, "handed_over", NOW))


class _Receiver:
    """A place where webhooks arrive."""

    def __init__(self) -> None:
        self.messages: queue.Queue = queue.Queue()
        messages = self.messages

        class Take(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                messages.put((dict(self.headers), body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/webhooks/carriers/sandbox"
        threading.Thread(target=self.server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()


def test_every_adapter_is_under_contract():
    assert set(CARRIERS) == {"post", "sandbox", "sandbox_post"}  # add a side above when placing an adapter


def test_a_carrier_says_what_it_is(side):
    assert side.carrier.kind in ("courier", "postal") and side.carrier.title and side.carrier.numbers in ("", "s10")


def test_a_shipment_is_booked_once(side):
    first, again, other = side.book(), side.book(), side.book("0193-b")
    assert first.tracking_number and first.label.startswith(b"%PDF")
    assert again.tracking_number == first.tracking_number != other.tracking_number
    if side.carrier.kind == "postal":
        assert s10.is_item_number(first.tracking_number) and s10.is_item_number(other.tracking_number)


def test_a_refusal_carries_the_carriers_words(side):
    with pytest.raises(CarrierRefused) as caught:
        side.book(mass_g=0)
    assert caught.value.params["words"]


def test_a_price_is_told_or_the_rate_card_counts(side):
    asked = RateRequest("cn-standard", {"country_code": "CN"}, {"country_code": "SA"}, 900)
    try:
        told = side.carrier.rate(asked)
    except NotByRemote as by_hand:
        assert side.genuine is None and by_hand.params["deed"]
        return
    assert told.amount_minor > 0 and len(told.currency) == 3
    with pytest.raises(CarrierRefused):
        side.carrier.rate(msgspec.structs.replace(asked, mass_g=0))


def test_an_unused_label_is_voided_and_voiding_again_is_nothing_new(side):
    booking = side.book()
    side.carrier.cancel("0193-a", booking.tracking_number)
    side.carrier.cancel("0193-a", booking.tracking_number)


def test_the_label_of_a_parcel_handed_over_stays(side):
    if side.genuine is None:
        return
    booking = side.book()
    side.genuine(booking, "0193-a")
    with pytest.raises(CarrierRefused):
        side.carrier.cancel("0193-a", booking.tracking_number)


def test_asking_tells_the_same_as_the_messages(side):
    booking = side.book()
    if side.genuine is None:
        with pytest.raises(NotByRemote):
            side.carrier.track(booking.tracking_number)
        return
    assert side.carrier.track(booking.tracking_number) == ()
    headers, body = side.genuine(booking, "0193-a")
    brought = side.carrier.parse_webhook(headers, body, at=dt.datetime.now(dt.UTC))
    assert side.carrier.track(booking.tracking_number) == (brought,)


def test_a_genuine_message_reads_in_our_words(side):
    if side.genuine is None:
        return
    booking = side.book()
    headers, body = side.genuine(booking, "0193-a")
    message = side.carrier.parse_webhook(headers, body, at=dt.datetime.now(dt.UTC))
    assert (message.carrier, message.tracking_number) == (side.carrier.name, booking.tracking_number)
    assert message.shipment_id == "0193-a" and message.event_id
    assert message.step.code in CODES and message.step.at.tzinfo is not None


def test_a_forged_message_is_not_read(side):
    if side.genuine is None:
        with pytest.raises(ForgedMessage):
            side.carrier.parse_webhook({"Signature": "x"}, b"{}", at=dt.datetime.now(dt.UTC))
        return
    booking = side.book()
    headers, body = side.genuine(booking, "0193-a")
    for bad in ({}, {key: value[:-2] + "zz" for key, value in headers.items() if "ignature" in key}):
        with pytest.raises(ForgedMessage):
            side.carrier.parse_webhook(bad, body, at=dt.datetime.now(dt.UTC))


def test_the_sandbox_signature_covers_body_and_time(side):
    if side.carrier.name != "sandbox":
        return
    booking = side.book()
    headers, body = side.genuine(booking, "0193-a")
    now = dt.datetime.now(dt.UTC)
    told = json.loads(body)
    with pytest.raises(ForgedMessage):
        side.carrier.parse_webhook(headers, json.dumps({**told, "code": "delivered"}).encode(), at=now)
    with pytest.raises(ForgedMessage):
        side.carrier.parse_webhook(headers, body, at=now + dt.timedelta(minutes=6))
    for signature in ("", "t=,v1=", "t=abc,v1=00", "v1=" + "0" * 64, "t=1é,v1=é"):
        with pytest.raises(ForgedMessage):
            side.carrier.parse_webhook({"Sandbox-Signature": signature}, body, at=now)


def test_a_carrier_that_does_not_answer_is_said_to_be_silent(settings):
    settings.ENTREPOT_SANDBOX_URL = "http://127.0.0.1:9"
    with pytest.raises(CarrierUnavailable):
        SandboxCarrier().book(request(), callback_url="")
    fake = FakeCarrier()
    fake.silent = 1
    with pytest.raises(CarrierUnavailable):
        fake.book(request(), callback_url="")
    assert fake.book(request(), callback_url="").tracking_number == fake.tracking_number("0193-a")
