"""What every register of tax numbers must do: VIES and HMRC over real HTTP against the sandbox, and the fake."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from entrepot.domains.tax.adapters.hmrc import Hmrc
from entrepot.domains.tax.adapters.vies import Vies
from entrepot.domains.tax.errors import RegisterSilent
from entrepot.domains.tax.ports import TAX_ID_REGISTERS
from entrepot.domains.tax.types import TaxNumber
from entrepot_sandbox.store import Store
from entrepot_sandbox.web import Sandbox, Server
from tests.fakes.tax_register import FakeRegister

GOOD = {"vies": TaxNumber("DE", "vat", "DE136695976"), "hmrc": TaxNumber("GB", "vat", "GB980780684")}
OWN = {"vies": "NL004495445B01", "hmrc": "GB123456789"}


@pytest.fixture(params=["fake", "vies", "hmrc"])
def side(request, tmp_path, settings):
    if request.param == "fake":
        fake = FakeRegister(known=(GOOD["vies"].number,))
        yield fake, GOOD["vies"], OWN["vies"], lambda silent: setattr(fake, "silent", silent)
        return
    sandbox = Sandbox(Store(tmp_path), "shared")
    server = Server(("127.0.0.1", 0), sandbox)
    threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
    settings.ENTREPOT_SANDBOX_URL = f"http://127.0.0.1:{server.server_address[1]}"
    settings.ENTREPOT_VIES_URL = f"{settings.ENTREPOT_SANDBOX_URL}/vies"
    settings.ENTREPOT_HMRC_URL = f"{settings.ENTREPOT_SANDBOX_URL}/hmrc"

    def hush(silent: bool) -> None:
        sandbox.store.set_control({"registers": "silent" if silent else ""})

    yield {"vies": Vies, "hmrc": Hmrc}[request.param](), GOOD[request.param], OWN[request.param], hush
    server.shutdown()


def test_a_valid_number_is_a_yes_with_name_and_address(side) -> None:
    register, good, own, _ = side
    said = register.ask(good, asked_by=own)
    assert said.valid and said.consultation and said.name and said.address


def test_without_an_own_number_there_is_no_receipt(side) -> None:
    register, good, _own, _ = side
    said = register.ask(good)
    assert said.valid and said.consultation == ""


def test_an_unknown_number_is_a_no(side) -> None:
    register, good, own, _ = side
    said = register.ask(TaxNumber(good.country, good.kind, good.number[:-2] + "99"), asked_by=own)
    assert not said.valid


def test_silence_is_never_an_answer(side) -> None:
    register, good, own, hush = side
    hush(True)
    with pytest.raises(RegisterSilent):
        register.ask(good, asked_by=own)
    hush(False)
    assert register.ask(good, asked_by=own).valid


def test_a_sandbox_says_that_it_is_one(side, settings) -> None:
    register = side[0]
    assert register.test
    if register.name != "fake":
        settings.ENTREPOT_VIES_URL = settings.ENTREPOT_HMRC_URL = "https://authority.example"
        assert not register.test


@pytest.mark.parametrize("name", ["vies", "hmrc"])
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>down for maintenance</html>"),
        (200, b"[]"),
        (200, b'{"valid": "yes"}'),
        (200, b'{"valid": true, "actionSucceed": false}'),
        (302, b""),
        (500, b"{}"),
        (429, b'{"code": "MESSAGE_THROTTLED_OUT"}'),
    ],
)
def test_what_nobody_can_read_is_silence(name, status, body, settings) -> None:
    class Odd(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            token = b'{"access_token": "t", "expires_in": 100}'
            self._say(200, token) if self.path == "/oauth/token" else self._say(status, body)

        def do_GET(self) -> None:
            self._say(status, body)

        def _say(self, code: int, text: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
    settings.ENTREPOT_VIES_URL = settings.ENTREPOT_HMRC_URL = f"http://127.0.0.1:{server.server_address[1]}"
    with pytest.raises(RegisterSilent):
        {"vies": Vies, "hmrc": Hmrc}[name]().ask(GOOD[name])
    server.shutdown()


def test_a_closed_port_is_silence(settings) -> None:
    settings.ENTREPOT_VIES_URL = settings.ENTREPOT_HMRC_URL = "http://127.0.0.1:9"
    for name in ("vies", "hmrc"):
        with pytest.raises(RegisterSilent):
            {"vies": Vies, "hmrc": Hmrc}[name]().ask(GOOD[name])


def test_both_are_registered() -> None:
    assert {"vies", "hmrc"} <= set(TAX_ID_REGISTERS)
