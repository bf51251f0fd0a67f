"""The sandbox keeps its word: idempotent, signed, retried, doubled or late when told to, alive after a power cut."""

from __future__ import annotations

import base64
import concurrent.futures
import hashlib
import hmac
import json
import smtplib
import threading
import time
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.fakes.sandbox import SECRET, RunningSandbox, running_sandbox


class Ear(ThreadingHTTPServer):
    """Hears webhooks; answers 500 to the first `deaf` of them."""

    daemon_threads = True

    def __init__(self):
        self.heard, self.deaf, self.bad = [], 0, []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stamp, mac = (part.split("=")[1] for part in self.headers["Sandbox-Signature"].split(","))
                right = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
                if mac != right or abs(time.time() - int(stamp)) > 5:
                    ear.bad.append(body)
                ear.deaf -= 1
                self.send_response(500 if ear.deaf >= 0 else 200)
                self.end_headers()
                if ear.deaf < 0:
                    ear.heard.append(json.loads(body))

            def log_message(self, *args):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def wait(self, count, seconds=8.0):
        until = time.time() + seconds
        while len(self.heard) < count and time.time() < until:
            time.sleep(0.02)
        assert not self.bad, "a signature was not right"
        return self.heard


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def box(shared):
    shared.control()
    return shared


@pytest.fixture
def ear():
    server = Ear()
    yield server
    server.shutdown()
    server.server_close()


def pay(box, ear=None, attempt="", method="card", amount=1200, currency="EUR", **more):
    return box.post(
        "/payments",
        attempt_id=attempt or f"a-{time.monotonic_ns()}",
        amount_minor=amount,
        currency=currency,
        method=method,
        callback_url=ear.url if ear else "",
        return_url="https://shop.example/de-de/order/1",
        description="E-1001",
        **more,
    )


def type_in(box, payment, **form):
    return box.http.post(f"/pay/{payment['reference']}", data=form)


def ask(box, payment):
    return box.http.get("/payments", params={"attempt_id": payment["attempt_id"]}).json()


def test_a_card_is_paid_after_the_challenge_and_the_shop_is_told(box, ear):
    payment = pay(box, ear)
    assert (payment["status"], payment["next_action"]["kind"]) == ("action_needed", "redirect")
    assert "123456" in type_in(box, payment, step="card", number="4242 4242 4242 4242").text
    assert type_in(box, payment, step="challenge", answer="000000").status_code == 422
    back = type_in(box, payment, step="challenge", answer="123456")
    assert (back.status_code, back.headers["location"]) == (303, "https://shop.example/de-de/order/1")
    (told,) = ear.wait(1)
    assert (told["type"], told["status"], told["amount_minor"], told["attempt_id"]) == (
        "payment.updated", "captured", 1200, payment["attempt_id"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "refusal"),
    [("4000000000000002", "card_declined"), ("4000 0000 0000 9995", "insufficient_funds")],
)
def test_a_refused_card_says_why(box, ear, number, refusal):
    payment = pay(box, ear)
    type_in(box, payment, step="card", number=number)
    assert [(t["status"], t["refusal"]) for t in ear.wait(1)] == [("failed", refusal)]


def test_three_wrong_codes_fail_and_a_real_card_is_not_taken(box):
    payment = pay(box)
    unknown = type_in(box, payment, step="card", number="4111 1111 1111 1111")
    assert unknown.status_code == 422
    assert "keine der Testkarten" in unknown.text, "in the language of the shop's address"
    for _ in range(3):
        type_in(box, payment, step="challenge", answer="1")
    assert ask(box, payment)["refusal"] == "challenge_failed"


def test_a_code_lapses_and_its_money_comes_late(box, ear):
    box.control(late_s=0.3)
    payment = pay(box, ear, method="code")
    assert payment["next_action"]["kind"] == "show_code"
    type_in(box, payment, step="late")
    assert [t["status"] for t in ear.wait(2)] == ["cancelled", "captured"]


def test_a_slow_bank_tells_nobody_until_it_is_asked(box, ear):
    box.control(late_s=1)
    payment = pay(box, ear)
    type_in(box, payment, step="card", number="4000000000000044")
    assert ask(box, payment)["status"] == "pending"
    time.sleep(1.2)
    assert ask(box, payment)["status"] == "captured"
    assert ear.heard == []


def test_a_code_that_nobody_pays_lapses_by_itself(box, ear):
    pay(box, ear, method="code", expires_at="2020-01-01T00:00:00+00:00")
    assert [t["refusal"] for t in ear.wait(1)] == ["lapsed"]


def test_webhooks_are_retried_until_they_are_heard(box, ear):
    ear.deaf = 2
    box.post(f"/payments/{pay(box, ear)['reference']}/approve")
    assert len(ear.wait(1)) == 1


def test_webhooks_can_be_doubled_delayed_and_reordered(box, ear):
    box.control(duplicate=2, delay_ms=200)
    box.post(f"/payments/{pay(box, ear)['reference']}/approve")
    assert ear.heard == []
    assert len({t["event_id"] for t in ear.wait(3)}) == 1
    assert len(ear.heard) == 3
    ear.heard.clear()
    box.control(reorder=True)
    payment = pay(box, ear, method="code")
    box.post(f"/payments/{payment['reference']}/cancel")
    box.post(f"/payments/{payment['reference']}/settle")
    assert [t["status"] for t in ear.wait(2)] == ["captured", "cancelled"]


def test_approving_by_itself_and_refusing_at_the_door(box, ear):
    box.control(auto_approve=True)
    assert pay(box, ear)["status"] == "action_needed"
    assert [t["status"] for t in ear.wait(1)] == ["captured"]
    box.control(refuse="insufficient_funds")
    assert (pay(box)["status"], pay(box)["refusal"]) == ("failed", "insufficient_funds")


def test_a_timeout_answers_nothing_but_keeps_the_payment(box):
    box.control(timeout=1, timeout_s=5)
    with pytest.raises(httpx.ReadTimeout):
        box.http.post(
            "/payments",
            json={"attempt_id": "slow", "amount_minor": 1, "currency": "EUR", "method": "card"},
            timeout=0.3,
        )
    assert ask(box, {"attempt_id": "slow"})["status"] == "action_needed"


def test_refunds_stay_within_the_capture(box):
    payment = pay(box)
    url = f"/payments/{payment['reference']}/refunds"
    assert box.http.post(url, json={"refund_id": "r0", "amount_minor": 1}).status_code == 422
    box.post(f"/payments/{payment['reference']}/approve")
    for _ in range(2):
        assert box.http.post(url, json={"refund_id": "r1", "amount_minor": 1000}).json()["status"] == "done"
    assert "200" in box.http.post(url, json={"refund_id": "r2", "amount_minor": 201}).json()["error"]


@pytest.mark.parametrize(
    "wrong", [{"amount_minor": 0}, {"amount_minor": 1.5}, {"attempt_id": ""}, {"method": "Gold!"}, {"currency": None}]
)
def test_wrong_input_is_refused_in_words(box, wrong):
    body = {"attempt_id": "w", "amount_minor": 1, "currency": "EUR", "method": "card", **wrong}
    answer = box.http.post("/payments", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")
    assert box.http.post("/payments", content=b"{").status_code == 400


# ---- the carrier


def ship(box, ear, shipment, origin="CN", destination="SA"):
    return box.post(
        "/shipments",
        shipment_id=shipment,
        service="standard",
        mass_g=900,
        callback_url=ear.url,
        customs={},
        **{
            "from": {"name": "Lingang", "city": "Shenzhen", "country_code": origin},
            "to": {"name": "نورة", "city": "Riyadh", "country_code": destination},
        },
    )


def test_a_parcel_is_booked_once_and_goes_its_way(box, ear):
    first, again = ship(box, ear, "s1"), ship(box, ear, "s1")
    assert first == again
    assert base64.b64decode(first["label_pdf_base64"]).startswith(b"%PDF")
    while box.post(f"/shipments/{first['tracking_number']}/advance")["step"]:
        pass
    told = ear.wait(6)
    assert [t["code"] for t in told] == [
        "handed_over", "in_transit", "at_customs", "cleared", "out_for_delivery", "delivered",
    ]  # fmt: skip
    assert (told[-1]["signed_by"], told[-1]["shipment_id"]) == ("نورة", "s1")
    assert len({t["event_id"] for t in told}) == 6


def test_inside_a_customs_union_there_is_no_customs(box, ear):
    tracking = ship(box, ear, "s2", "NL", "DE")["tracking_number"]
    steps = 0
    while box.post(f"/shipments/{tracking}/advance")["step"]:
        steps += 1
    assert steps == 4


# ---- the mailbox


def test_mail_is_caught_whole(box):
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Ihre Bestellung · 订单", "shop@entrepot.example", "catch@example.com"
    mail["Message-ID"] = "<one@entrepot.example>"
    mail.set_content("Größe\n.\n.zwei\n")
    mail.add_alternative("<p>Größe</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", box.smtp_port) as smtp:
        smtp.send_message(mail)
        smtp.send_message(mail)
    caught = box.http.get("/mail.json", params={"to": "catch@example.com"}).json()
    assert [m["message_id"] for m in caught] == ["<one@entrepot.example>"] * 2
    assert (caught[0]["subject"], caught[0]["to"]) == ("Ihre Bestellung · 订单", ["catch@example.com"])
    assert caught[0]["text"].replace("\r", "") == "Größe\n.\n.zwei\n"
    assert "Größe" in caught[0]["html"]
    page = box.http.get(f"/mail/{caught[0]['id']}").text
    assert "<iframe sandbox" in page
    assert "<p>Größe" not in page, "a mail's own markup never joins the page"


# ---- as a whole


@pytest.mark.parametrize(
    ("lang", "words", "dir_"),
    [
        ("en", "no money moves", "ltr"),
        ("de", "kein Geld", "ltr"),
        ("zh", "没有真实资金", "ltr"),
        ("ar", "لا تُنقل", "rtl"),
        ("fr", "aucun argent ne circule", "ltr"),
        ("es", "no se mueve dinero", "ltr"),
        ("pt-BR", "nenhum dinheiro é movimentado", "ltr"),
        ("ja", "お金は動きません", "ltr"),
    ],
)
def test_every_page_says_in_the_buyers_language_that_no_money_moves(box, lang, words, dir_):
    payment, code = pay(box), pay(box, method="code")
    for path in ("/", "/mail", "/ship", "/payments", "/pay/nope", *(f"/pay/{p['reference']}" for p in (payment, code))):
        page = box.http.get(path, params={"lang": lang}).text
        assert words in page
        assert f'dir="{dir_}"' in page


def test_what_people_type_is_shown_as_text(box):
    payment = box.post(
        "/payments", attempt_id="xss", amount_minor=1, currency="EUR", method="card", callback_url="",
        return_url="javascript:alert(1)", description="<script>alert(1)</script>",
    )  # fmt: skip
    page = box.http.get(f"/pay/{payment['reference']}").text
    assert "<script>" not in page
    assert "javascript:" not in box.http.get(f"/pay/{payment['reference']}").text


def test_it_survives_a_power_cut(tmp_path, ear):
    box = RunningSandbox(tmp_path).start()
    try:
        ear.deaf = 10_000
        payment = pay(box, ear)
        box.post(f"/payments/{payment['reference']}/approve")
        time.sleep(0.2)
        box.kill()
        ear.deaf = 0
        box.start()
        assert ask(box, payment)["status"] == "captured"
        assert [t["status"] for t in ear.wait(1)] == ["captured"]
    finally:
        box.kill()


def test_it_takes_forty_payments_a_second(box, ear):
    box.control(auto_approve=True)
    began = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: pay(box, ear, attempt=f"load-{n}"), range(80)))
    assert len(ear.wait(80)) == 80
    assert 80 / (time.perf_counter() - began) > 40
