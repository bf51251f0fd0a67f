"""The HTTP side: JSON for the merchant, pages for the buyer, controls for tests."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from entrepot_sandbox import clock, mail, pages
from entrepot_sandbox.carrier import Carrier
from entrepot_sandbox.hooks import Hooks
from entrepot_sandbox.payments import Payments, Refused
from entrepot_sandbox.registers import Registers
from entrepot_sandbox.store import Store
from entrepot_sandbox.words import pick, word

LARGEST = 1_000_000
HANG_S = 15.0
Answer = tuple[int, str, bytes, dict[str, str]]

_ROUTES: list[tuple[str, re.Pattern[str], Callable[..., Answer]]] = []


def route(verb: str, pattern: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Declare what answers an address."""

    def declare(function: Callable[..., Answer]) -> Callable[..., Answer]:
        _ROUTES.append((verb, re.compile(pattern + r"\Z"), function))
        return function

    return declare


class Sandbox:
    """All parts, wired."""

    def __init__(self, store: Store, secret: str) -> None:
        self.store = store
        self.hooks = Hooks(store, secret)
        self.payments = Payments(store, self.hooks)
        self.carrier = Carrier(store, self.hooks, self.payments)
        self.registers = Registers(store)
        self.stopped = threading.Event()

    def tick(self) -> None:
        """Move parcels and settle payments, about twice a second, until stopped."""
        while not self.stopped.wait(0.5):
            self.carrier.move_due()
            self.payments.settle_due()


class Call:
    """One request, read."""

    def __init__(self, sandbox: Sandbox, base: str, target: str, headers: Any, body: bytes) -> None:
        self.box, self.base, self.body = sandbox, base, body
        parts = urlsplit(target)
        self.path = parts.path
        self.query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.accept_language = headers.get("Accept-Language", "")

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError as fault:
            raise Refused(400, "The body is not JSON.") from fault
        if not isinstance(value, dict):
            raise Refused(400, "The body must be a JSON object.")
        return value

    def form(self) -> dict[str, str]:
        """Return the body as form fields."""
        return {name: values[-1] for name, values in parse_qs(self.body.decode(errors="replace")).items()}

    def lang(self, hint: str = "") -> str:
        """Return the language to speak: asked for, else the shop's, else the browser's."""
        return pick(self.query.get("lang", ""), f"{hint},{self.accept_language}")


def say(value: Any, status: int = 200) -> Answer:
    """Answer with JSON."""
    return status, "application/json", json.dumps(value, ensure_ascii=False).encode(), {}


def show(html: str, status: int = 200) -> Answer:
    """Answer with a page."""
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}
    return status, "text/html; charset=utf-8", html.encode(), headers


def go(url: str) -> Answer:
    """Answer with a redirect."""
    return 303, "text/plain", b"", {"Location": url}


def shop_language(return_url: str) -> str:
    """Return the language in the shop's address (`/de-de/order/…` → de), "" when there is none."""
    match = re.match(r"/([a-z]{2})(?:[-_/]|\Z)", urlsplit(return_url).path.lower())
    return match.group(1) if match else ""


# ---- the payment provider


@route("POST", "/payments")
def create_payment(call: Call) -> Answer:
    """Begin a payment."""
    answer, new = call.box.payments.create(call.json(), call.base)
    if call.box.store.use_up("timeout"):
        call.box.stopped.wait(float(call.box.store.control("timeout_s", HANG_S)))
    return say(answer, 201 if new else 200)


@route("GET", "/payments")
def find_payment(call: Call) -> Answer:
    """Tell of an attempt's payment, or show the newest payments as a page."""
    if "attempt_id" in call.query:
        return say(call.box.payments.find(call.query["attempt_id"], call.base))
    rows = call.box.store.all("SELECT * FROM payment ORDER BY created DESC LIMIT 100")
    return show(pages.payments_page(rows, call.lang()))


@route("POST", "/payments/([^/]+)/refunds")
def refund(call: Call, reference: str) -> Answer:
    """Send money back."""
    return say(call.box.payments.refund(reference, call.json()))


@route("POST", "/payments/([^/]+)/(approve|settle|refuse|cancel)")
def decide(call: Call, reference: str, verb: str) -> Answer:
    """Let a script decide what a buyer would: approve and settle capture (another amount, if one is given)."""
    asked = call.json()
    status = {"approve": "captured", "settle": "captured", "refuse": "failed", "cancel": "cancelled"}[verb]
    refusal = str(asked.get("refusal") or {"refuse": "card_declined", "cancel": "lapsed"}.get(verb, ""))
    row = call.box.payments.move(reference, status, refusal, asked.get("amount_minor"))
    return say(call.box.payments.view(row, call.base))


@route("POST", "/cash/remit")
def remit(call: Call) -> Answer:
    """Let the carrier pay out what it collected at the doors, now."""
    return say({"parcels": call.box.payments.remit()})


@route("GET", "/pay/([^/]+)")
def pay(call: Call, reference: str) -> Answer:
    """Show the buyer's page of a payment."""
    row = call.box.payments.payment(reference)
    return show(pages.pay_page(row, call.lang(shop_language(row["return_url"]))))


@route("POST", "/pay/([^/]+)")
def pay_step(call: Call, reference: str) -> Answer:
    """Take what the buyer did; send him back to the shop when it is over."""
    payments, form = call.box.payments, call.form()
    row = payments.payment(reference)
    lang, step = call.lang(shop_language(row["return_url"])), form.get("step", "")
    if step == "card":
        after = payments.type_card(reference, form.get("number", ""))
        if after == "unknown":
            return show(pages.pay_page(row, lang, said="card_unknown"), 422)
        if after == "challenge":
            return show(pages.pay_page(row, lang, step="challenge"))
    elif step == "challenge":
        if payments.answer_challenge(reference, form.get("answer", "")) == "again":
            return show(pages.pay_page(row, lang, step="challenge", said="challenge_again"), 422)
    elif step == "decline":
        payments.move(reference, "failed", "refused")
    elif step == "now":
        payments.move(reference, "captured")
    elif step == "late":
        payments.pay_late(reference)
    elif step in ("lapse", "stop"):
        payments.move(reference, "cancelled", "lapsed" if step == "lapse" else "cancelled")
    url = row["return_url"]
    return go(url if url.startswith(("http://", "https://")) else f"/pay/{reference}?lang={lang}")


# ---- the carrier


@route("POST", "/shipments")
def book(call: Call) -> Answer:
    """Take a parcel."""
    answer, new = call.box.carrier.book(call.json())
    return say(answer, 201 if new else 200)


@route("POST", "/shipments/([^/]+)/cancel")
def void(call: Call, tracking: str) -> Answer:
    """Void a label that was not used."""
    call.box.carrier.cancel(tracking)
    return say({"tracking_number": tracking, "status": "voided"})


@route("POST", "/rates")
def rates(call: Call) -> Answer:
    """Tell what a parcel would cost."""
    return say(call.box.carrier.rate(call.json()))


@route("POST", "/shipments/([^/]+)/advance")
def advance(call: Call, tracking: str) -> Answer:
    """Move a parcel one step on."""
    return say({"step": call.box.carrier.advance(tracking)})


@route("POST", "/shipments/([^/]+)/refuse")
def refuse(call: Call, tracking: str) -> Answer:
    """Let the buyer refuse a parcel at the door."""
    return say({"step": call.box.carrier.refuse(tracking)})


@route("GET", "/shipments/([^/]+)")
def parcel(call: Call, tracking: str) -> Answer:
    """Tell where a parcel has been."""
    row = call.box.carrier.parcel(tracking)
    return say({**dict(row), "body": json.loads(row["body"]), "steps": call.box.carrier.steps(tracking)})


@route("GET", "/ship(?:/[^/]+)?")
def ship(call: Call) -> Answer:
    """Show the newest parcels."""
    rows = call.box.store.all("SELECT * FROM shipment ORDER BY rowid DESC LIMIT 100")
    return show(pages.ship_page([(row, call.box.carrier.steps(row["tracking_number"])) for row in rows], call.lang()))


@route("POST", "/ship/([^/]+)")
def ship_step(call: Call, tracking: str) -> Answer:
    """Move a parcel on, or let it be refused at the door, by the button."""
    if call.form().get("step") == "refuse":
        call.box.carrier.refuse(tracking)
    else:
        call.box.carrier.advance(tracking)
    return go(f"/ship?lang={call.lang()}")


# ---- registers of tax numbers


@route("POST", "/vies/check-vat-number")
def vies(call: Call) -> Answer:
    """Say whether a number of the Union is valid."""
    return say(*call.box.registers.vies(call.json()))


@route("POST", "/hmrc/oauth/token")
def hmrc_token(call: Call) -> Answer:
    """Give a token for the other address."""
    return say({"access_token": "sandbox", "token_type": "bearer", "expires_in": 14_400})


@route("GET", "/hmrc/organisations/vat/check-vat-number/lookup/([^/]+)(?:/([^/]+))?")
def hmrc(call: Call, number: str, own: str | None) -> Answer:
    """Say whether a number of Great Britain is valid."""
    return say(*call.box.registers.hmrc(number, own or ""))


# ---- the mailbox


@route("GET", "/mail")
def mails(call: Call) -> Answer:
    """Show the newest mails."""
    rows = call.box.store.all("SELECT * FROM mail ORDER BY id DESC LIMIT 100")
    return show(pages.mails_page(rows, call.lang()))


@route("GET", r"/mail\.json")
def mails_json(call: Call) -> Answer:
    """Return mails as JSON, newest first; `to` narrows to a recipient, `limit` (100) is how many."""
    to, limit = call.query.get("to", ""), int(call.query.get("limit", "100"))
    rows = call.box.store.all(
        "SELECT * FROM mail WHERE ? = '' OR recipients LIKE ? ORDER BY id DESC LIMIT ?", to, f"%{to}%", limit
    )
    return say([mail.as_json(row) for row in rows])


@route("GET", r"/mail/(\d+)(\.json)?")
def one_mail(call: Call, number: str, as_json: str | None) -> Answer:
    """Show one mail."""
    row = call.box.store.one("SELECT * FROM mail WHERE id = ?", int(number))
    if row is None:
        raise Refused(404, "There is no such mail.")
    return say(mail.as_json(row)) if as_json else show(pages.mail_page(row, call.lang()))


# ---- the rest


@route("POST", "/control")
def set_control(call: Call) -> Answer:
    """Set controls: delay_ms, duplicate, reorder, drop, timeout, refuse, auto_approve, late_s, hold_parcels, reset, …"""
    return say(call.box.store.set_control(call.json()))


@route("GET", "/control")
def get_control(call: Call) -> Answer:
    """Return what is set, and how many webhooks wait."""
    waiting = call.box.store.one("SELECT count(*) AS n FROM hook")
    return say({**call.box.store.set_control({}), "webhooks_waiting": waiting["n"] if waiting else 0})


@route("GET", "/healthz")
def healthz(call: Call) -> Answer:
    """Say that the process answers."""
    return say({"ok": True, "at": clock.stamp()})


@route("GET", "/")
def home(call: Call) -> Answer:
    """Show what there is."""
    return show(pages.home_page(call.lang()))


def answer(call: Call, verb: str) -> Answer:
    """Find what answers a call, and say refusals in words: as a page for people, as JSON for machines."""
    for method, pattern, function in _ROUTES:
        match = pattern.match(call.path)
        if match and method == verb:
            try:
                return function(call, *match.groups())
            except Refused as refused:
                if verb == "GET" and call.path.startswith(("/pay/", "/mail/", "/ship/")):
                    return _missing(call, refused.status)
                return say({"error": str(refused)}, refused.status)
    return _missing(call, 404)


def _missing(call: Call, status: int) -> Answer:
    lang = call.lang()
    words = f'<div class="box"><p>{word("missing", lang)}</p></div>'
    return show(pages.page(lang, word("home", lang), words, path="/"), status)


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with kept connections; each answer is one write."""

    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 75
    server: Server

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve("GET")

    def do_POST(self) -> None:
        """Answer a POST."""
        self._serve("POST")

    def _serve(self, verb: str) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LARGEST:
            self.close_connection = True
            self._write(say({"error": "The body is too large."}, 413))
            return
        body = self.rfile.read(int(length))
        base = f"http://{self.headers.get('Host', 'localhost')}"
        try:
            result = answer(Call(self.server.sandbox, base, self.path, self.headers, body), verb)
        except Exception as fault:
            self.log_error("%s", repr(fault))
            result = say({"error": "The sandbox stumbled; its log says where."}, 500)
        self._write(result)

    def _write(self, result: Answer) -> None:
        status, kind, body, headers = result
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Say nothing of what went well."""


class Server(ThreadingHTTPServer):
    """A thread per connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        super().__init__(address, Handler)
