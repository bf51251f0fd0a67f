"""A live shop for tests and measurements: a fresh seeded database, web, worker and sandbox as real processes.

Each part can be killed the hard way and started again on its own port, so that a test sees what a power cut leaves behind.
`Buyer` is a browser without eyes: it speaks the storefront's forms and asks for JSON.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg

from bench._frame import BIN, database, entrepot, free_port, wait_for

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("sandbox", "web", "worker")
SEED = "from tests.builders import seed_shop; seed_shop(stock={stock!r})"


class Live:
    """The processes of one shop over one database; `address` is the shop's, `sandbox` the outside world's."""

    def __init__(self, folder: Path, *, workers: int = 1, threads: int = 8, **environment: str) -> None:
        self.folder, self.workers, self.threads = folder, workers, threads
        self.ports = {"web": free_port(), "sandbox": free_port(), "smtp": free_port()}
        self.address = f"http://127.0.0.1:{self.ports['web']}"
        self.sandbox = f"http://127.0.0.1:{self.ports['sandbox']}"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "entrepot.config.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "ENTREPOT_DB_ROLE": "app",
            "ENTREPOT_VAR": str(folder),
            "ENTREPOT_BASE_URL": self.address,
            "ENTREPOT_SANDBOX_URL": self.sandbox,
            "ENTREPOT_SANDBOX_SECRET": secrets.token_urlsafe(16),
            "ENTREPOT_SANDBOX_STEP_S": "0",
            "ENTREPOT_SMTP_PORT": str(self.ports["smtp"]),
            "ENTREPOT_DB_POOL": str(threads),
            "ENTREPOT_ORDERS_PER_ADDRESS": "0",  # all buyers come from one address
            **environment,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.log = folder / "live.log"

    # ---- processes

    def start(self, *parts: str, **environment: str) -> None:
        """Start parts (all by default) with some more environment, and wait until they answer."""
        for part in parts or PARTS:
            with self.log.open("ab") as out:
                self.processes[part] = subprocess.Popen(
                    self._words(part), env={**self.environment, **environment}, stdout=out, stderr=out,
                    start_new_session=True, cwd=ROOT,
                )  # fmt: skip
        for part in parts or PARTS:
            if part != "worker":
                page = self.address + "/healthz" if part == "web" else self.sandbox + "/"
                wait_for(page, self.processes[part], self.log)

    def kill(self, part: str) -> None:
        """Kill a part and all it started with SIGKILL, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.processes[part].pid, signal.SIGKILL)
        self.processes[part].wait(10)

    def stop(self) -> None:
        """Ask all parts to stop, and kill what does not."""
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for part, process in self.processes.items():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill(part)

    def wait_until_dead(self, part: str, limit_s: float = 20) -> None:
        """Wait until a part has died by itself (at a crash point), and clear away what is left of it."""
        self.until(lambda: self._is_dead(part), f"{part} to die", limit_s)
        self.kill(part)

    def _is_dead(self, part: str) -> bool:
        """granian's main process may outlive its only worker for a moment: then nobody answers."""
        return self.processes[part].poll() is not None or (part == "web" and not self._answers())

    def _answers(self) -> bool:
        try:
            self.get("/healthz", timeout=2)
        except (OSError, http.client.HTTPException):
            return False
        return True

    def _tail(self) -> bytes:
        return self.log.read_bytes()[-3000:] if self.log.exists() else b""

    def _words(self, part: str) -> list[str]:
        if part == "sandbox":
            ports = ["--port", str(self.ports["sandbox"]), "--smtp-port", str(self.ports["smtp"])]
            return [str(BIN / "entrepot-sandbox"), *ports, "--data", str(self.folder / "sandbox")]
        if part == "worker":
            return [sys.executable, "-c", "from entrepot.interfaces.cli import main; main()", "worker"]
        return [
            str(BIN / "granian"), "--interface", "wsgi", "--port", str(self.ports["web"]), "--http", "1", "--no-ws",
            "--workers", str(self.workers), "--blocking-threads", str(self.threads), "--backpressure", "256",
            "entrepot.config.wsgi:application",
        ]  # fmt: skip

    # ---- looking and acting

    def get(self, path: str, timeout: float = 15) -> tuple[int, bytes]:
        """GET a page of the shop; return status and body."""
        line = http.client.HTTPConnection("127.0.0.1", self.ports["web"], timeout=timeout)
        try:
            line.request("GET", path)
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def outside(self, method: str, path: str, **values: Any) -> Any:
        """Call the sandbox with JSON and return its answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.ports["sandbox"], timeout=15)
        try:
            line.request(method, path, json.dumps(values), {"Content-Type": "application/json"})
            return json.loads(line.getresponse().read() or b"null")
        finally:
            line.close()

    def control(self, **values: Any) -> Any:
        """Set the sandbox's controls (auto_approve, duplicate, delay_ms, …)."""
        return self.outside("POST", "/control", **values)

    def sql(self, query: str, params: Any = ()) -> list[tuple[Any, ...]]:
        """Run a statement as the owner and return its rows."""
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(query, params)
            return cursor.fetchall() if cursor.description else []

    def python(self, code: str, **environment: str) -> str:
        """Run Python with Django and the wiring set up, as the running role; return what it printed."""
        start = "import django; django.setup(); from entrepot.infra import wiring; wiring.load()\n"
        done = subprocess.run(
            [sys.executable, "-c", start + code],
            env={**self.environment, **environment},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(done.stderr[-3000:] or f"ended with {done.returncode}")
        return done.stdout.strip()

    def backlog(self) -> int:
        """Return how many deliveries wait, held ones counted, and how many mails are to be sent."""
        return int(self.sql("SELECT count(*) FROM infra_outboxdelivery")[0][0])

    def until(self, done: Callable[[], Any], what: str, limit_s: float = 30) -> Any:
        """Wait until something is true and return it; fail with the log's last words when it does not happen."""
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            if found := done():
                return found
            time.sleep(0.05)
        raise AssertionError(f"waited {limit_s} s for {what}\n{self._tail().decode(errors='replace')}")

    def settle(self, limit_s: float = 60) -> None:
        """Wait until the sandbox has told everything and the worker has nothing left to do."""
        self.until(
            lambda: not self.outside("GET", "/control")["webhooks_waiting"] and not self.backlog(), "quiet", limit_s
        )


class Buyer:
    """One visitor with cookies of his own; each call returns (status, JSON)."""

    PLACE = {
        "de-de": {"country_code": "DE", "postal_code": "22767", "city": "Hamburg", "street_address": "Lornsenstraße 12"},
        "en-us": {
            "country_code": "US", "country_area": "CA", "postal_code": "94105", "city": "San Francisco",
            "street_address": "500 Howard Street",
        },
        "en-sa": {
            "country_code": "SA", "postal_code": "12211", "city": "Riyadh", "street_address": "King Fahd Road 7",
        },
    }  # fmt: skip

    def __init__(self, address: str, *, locale: str = "de-de", email: str = "") -> None:
        parts = urlsplit(address)
        self.line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self.locale, self.token = locale, secrets.token_hex(16)
        self.cookies = {"csrftoken": self.token}
        self.email = email or f"buyer-{secrets.token_hex(6)}@example.com"

    def post(self, path: str, **fields: Any) -> tuple[int, dict[str, Any]]:
        """POST a form of the storefront and return status and JSON."""
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": self.token,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        self.line.request("POST", f"/{self.locale}{path}", urlencode(fields), headers)
        answer = self.line.getresponse()
        body = answer.read()
        for cookie in answer.msg.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        try:
            return answer.status, json.loads(body or b"{}")
        except ValueError:
            return answer.status, {"text": body.decode(errors="replace")[:500]}

    def add(self, sku: str, quantity: int = 1) -> tuple[int, dict[str, Any]]:
        """Put an article into the cart."""
        return self.post("/cart/lines", sku=sku, quantity=quantity)

    def quote(self, grade: str = "standard") -> tuple[int, dict[str, Any]]:
        """Ask for a price that binds, to the buyer's place."""
        return self.post("/checkout/quote", grade=grade, **self.PLACE[self.locale])

    def place(self, quote_id: str, method: str = "card") -> tuple[int, dict[str, Any]]:
        """Order at the quoted price."""
        return self.post(
            "/checkout/place",
            quote_id=quote_id,
            method=method,
            email=self.email,
            name="Jonas Weber",
            **self.PLACE[self.locale],
        )

    def buy(self, sku: str, quantity: int = 1, method: str = "card") -> tuple[int, dict[str, Any]]:
        """Cart, quote and place in one go; the first refusal is the answer."""
        status, answer = self.add(sku, quantity)
        if status >= 400:
            return status, answer
        status, answer = self.quote()
        if status >= 400:
            return status, answer
        return self.place(answer["quote_id"], method)

    def close(self) -> None:
        """Close the connection."""
        self.line.close()


@contextlib.contextmanager
def live(
    folder: Path,
    *,
    name: str = "live",
    stock: dict[str, tuple[int, int]] | None = None,
    start: bool = True,
    seed: bool = True,
    workers: int = 1,
    threads: int = 8,
    **environment: str,
) -> Iterator[Live]:
    """Run a shop of its own over a fresh seeded database; stop its processes at the end.

    `stock` overrides what the seed puts on the shelves (sku → units in SZX, RTM). With start=False nothing runs yet;
    with seed=False the caller fills the database.
    """
    with database(name, fresh=True):
        entrepot("migrate", "--quiet", ENTREPOT_DB_ROLE="owner")
        shop = Live(folder, workers=workers, threads=threads, **environment)
        if seed:
            shop.python(SEED.format(stock=stock or {}))
        try:
            if start:
                shop.start()
            yield shop
        finally:
            shop.stop()
