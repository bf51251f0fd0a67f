"""The main job on real input: import real catalogues, publish them to every market, and sell from them to the door.

Everything goes the way a person takes: `entrepot import` brings the files in; buyers open product pages, fill a basket,
take the frozen price, order, and pay on the sandbox's own page (a card with its challenge, or a code); an operator logs in
to the console, confirms the assumed customs data and picks, packs and ships; the sandbox carrier delivers. At the end
every order must be delivered, its charge equal to its quote, and no customer's deposit left in the books.
"""

from __future__ import annotations

import argparse
import collections
import html
import http.client
import itertools
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench._frame import Result, database, entrepot
from bench._live import Buyer, Live

HELP = "import real catalogues, publish to all markets, and sell N orders through pages and sandbox to delivered"
DATABASE = False
PLACES = {
    "de-de": [
        {"country_code": "DE", "postal_code": "22767", "city": "Hamburg", "street_address": "Lornsenstraße 12"},
        {"country_code": "DE", "postal_code": "80331", "city": "München", "street_address": "Sendlinger Straße 3"},
    ],
    "en-us": [
        {"country_code": "US", "country_area": "CA", "postal_code": "94105", "city": "San Francisco", "street_address": "500 Howard St"},
        {"country_code": "US", "country_area": "OR", "postal_code": "97205", "city": "Portland", "street_address": "1015 SW Yamhill St"},
    ],
    "ar-sa": [
        {"country_code": "SA", "postal_code": "12211", "city": "الرياض", "street_address": "طريق الملك فهد 8228"},
        {"country_code": "SA", "postal_code": "23434", "city": "جدة", "street_address": "شارع الأمير سلطان 3120"},
    ],
}  # fmt: skip
NAMES = {"de-de": "Katharina Öztürk", "en-us": "Maya O'Neill", "ar-sa": "نورة القحطاني"}
STAFF = {"email": "operator@demo.entrepot.example", "password": "harbour-demo-2026"}
CARD, CHALLENGE = "4242424242424242", "123456"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder with catalogue/shopify-product-csvs and search-relevance-icecat",
    )
    parser.add_argument("--orders", type=int, default=210)
    parser.add_argument("--buyers", type=int, default=6, help="buyers at the same time")


class Operator:
    """Somebody at the console, with a session."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self.cookies: dict[str, str] = {}
        page = self.ask("GET", "/console/login")[1]
        status, _ = self.ask("POST", "/console/login", [*STAFF.items(), ("csrfmiddlewaretoken", _token(page))])
        if status != 302:
            raise SystemExit(f"bench: the console refused the demo log-in ({status})")
        self.token = _token(self.ask("GET", "/console/")[1])

    def ask(self, verb: str, path: str, fields: list[tuple[str, str]] | None = None) -> tuple[int, str]:
        """Send a request with the session's cookies; return status and text."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.line.request(verb, path, urlencode(fields) if fields is not None else None, headers)
        answer = self.line.getresponse()
        body = answer.read().decode()
        for cookie in answer.msg.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return answer.status, body

    def post(self, path: str, fields: list[tuple[str, str]]) -> None:
        """POST a form of the console; stop when it is refused."""
        status, body = self.ask("POST", path, [*fields, ("csrfmiddlewaretoken", self.token)])
        if status not in (200, 302, 303):
            raise SystemExit(f"bench: the console refused {path} ({status}): {_words(body)}")


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if not found:
        raise SystemExit("bench: a console page has no form token")
    return found.group(1)


def _words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))[:400]


def _import(file: Path, errors: Path) -> str:
    """Import a file and publish it to every market; return how many rows were refused (a refused row is no failure)."""
    words = ["import", "catalogue", str(file), "--publish", "all", "--stock", "40", "--currency", "USD"]
    code = "import sys; from entrepot.interfaces.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "--errors", str(errors)], capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"bench: the import of {file.name} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    refused = max(0, len(errors.read_text(encoding="utf-8").splitlines()) - 1) if errors.exists() else 0
    return f"{refused} rows refused"


def bring_in(data: Path) -> list[str]:
    """Import the Shopify files and the Icecat products and publish them; return a line about each."""
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="entrepot-errors-") as errors:
        files = [*sorted((data / "catalogue" / "shopify-product-csvs").glob("*.csv"))]
        files.append(data / "search-relevance-icecat" / "products.jsonl.gz")
        for number, file in enumerate(files):
            began = time.perf_counter()
            said = _import(file, Path(errors) / f"{number}.csv")
            notes.append(f"{file.name}: {time.perf_counter() - began:.1f} s, {said}")
    return notes


def choose(shop: Live, orders: int) -> list[tuple[str, str, str]]:
    """Return (locale, handle, sku) of articles to order: every Shopify article, and Icecat's spread over the whole file."""
    rows = shop.sql(
        "SELECT p.handle, v.sku, o.market FROM catalogue_product p JOIN catalogue_variant v ON v.product_id = p.id"
        " JOIN offers_variantoffer o ON o.sku = v.sku"
        # The demo's own goods have German texts; what was imported has not.
        " WHERE NOT EXISTS (SELECT 1 FROM catalogue_producttext t WHERE t.product_id = p.id AND t.language = 'de')"
        " ORDER BY p.brand <> 'partners-demo', md5(v.sku)"
    )
    locale = {"DE": "de-de", "US": "en-us", "SA": "ar-sa"}
    by_market: dict[str, list[tuple[str, str, str]]] = collections.defaultdict(list)
    seen: set[str] = set()
    for handle, sku, market in rows:
        wanted = ("DE", "US", "SA")[len(seen) % 3]
        if market == wanted and sku not in seen:
            seen.add(sku)
            by_market[market].append((locale[market], handle, sku))
    mixed = itertools.chain.from_iterable(itertools.zip_longest(*by_market.values()))
    return [row for row in mixed if row][:orders]


class Sale:
    """One buyer's way from the home page to a paid order."""

    def __init__(self, shop: Live, number: int, locale: str, handle: str, sku: str) -> None:
        self.shop, self.number, self.handle, self.sku = shop, number, handle, sku
        self.buyer = Buyer(shop.address, locale=locale, email=f"buyer{number}-{secrets.token_hex(3)}@example.com")
        self.place = PLACES[locale][number % 2]

    def see(self, path: str) -> str:
        """Open a page as the buyer would, and return its text."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.buyer.cookies.items())}
        self.buyer.line.request("GET", f"/{self.buyer.locale}{path}", headers=headers)
        answer = self.buyer.line.getresponse()
        body = answer.read().decode()
        if answer.status != 200:
            raise AssertionError(f"{path}: {answer.status} {_words(body)}")
        return body

    def run(self) -> str:
        """Buy and pay; return the order's id."""
        self.see("/")
        page = html.unescape(self.see(f"/p/{self.handle}"))
        if self.sku not in page:
            raise AssertionError(f"the page of {self.handle} does not show {self.sku}")
        self.take("/cart/lines", sku=self.sku, quantity=1)  # the Shopify files stock one of each
        self.see("/cart")
        self.see("/checkout")
        quote = self.take("/checkout/quote", grade="standard", **self.place)
        placed = self.take(
            "/checkout/place", quote_id=quote["quote_id"], method=("card", "code")[self.number % 3 == 0],
            email=self.buyer.email, name=NAMES[self.buyer.locale], phone="", **self.place,
        )  # fmt: skip
        self.pay(placed["order_id"])
        self.buyer.close()
        return placed["order_id"]

    def take(self, path: str, **fields: Any) -> dict[str, Any]:
        status, answer = self.buyer.post(path, **fields)
        if status >= 400:
            raise AssertionError(f"{path}: {status} {answer}")
        return answer

    def pay(self, order_id: str) -> None:
        """Pay on the sandbox's own page."""
        rows = self.shop.sql("SELECT reference, method FROM payments_attempt WHERE order_id = %s", [order_id])
        reference, method = rows[0]
        steps = (
            [{"step": "now"}]
            if method == "code"
            else [{"step": "card", "number": CARD}, {"step": "challenge", "answer": CHALLENGE}]
        )
        for step in steps:
            line = http.client.HTTPConnection("127.0.0.1", self.shop.ports["sandbox"], timeout=20)
            line.request(
                "POST", f"/pay/{reference}", urlencode(step), {"Content-Type": "application/x-www-form-urlencoded"}
            )
            answer = line.getresponse()
            answer.read()
            line.close()
            if answer.status >= 400:
                raise AssertionError(f"the sandbox refused {step}: {answer.status}")


def sell(shop: Live, wanted: list[tuple[str, str, str]], buyers: int) -> tuple[list[str], list[str]]:
    """Let the buyers order; return order ids and what went wrong, in words."""
    todo = iter(list(enumerate(wanted)))
    lock = threading.Lock()
    sold: list[str] = []
    wrong: list[str] = []

    def work() -> None:
        while True:
            with lock:
                item = next(todo, None)
            if item is None:
                return
            number, (locale, handle, sku) = item
            try:
                order = Sale(shop, number, locale, handle, sku).run()
            except (AssertionError, OSError, http.client.HTTPException, KeyError, IndexError) as fault:
                wrong.append(f"{locale} {sku}: {type(fault).__name__} {fault}"[:400])
                print(wrong[-1], file=sys.stderr)
            else:
                sold.append(order)

    threads = [threading.Thread(target=work) for _ in range(buyers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sold, wrong


def dispatch(shop: Live) -> None:
    """Let the operator confirm customs data of what was sold, and pick, pack and ship all of it at the console."""
    desk = Operator(shop.address)
    fields = ("hs_code", "origin", "mass_g", "customs_description")
    rows = shop.sql(
        "SELECT DISTINCT v.sku, v.hs_code, v.origin, v.mass_g::text, v.customs_description FROM catalogue_variant v"
        " JOIN fulfilment_shipmentitem l ON l.sku = v.sku"
    )
    for start in range(0, len(rows), 40):
        form = []
        for sku, *values in rows[start : start + 40]:
            form.append(("sku", sku))
            form += [(f"{name}:{sku}", value) for name, value in zip(fields, values, strict=True)]
        desk.post("/console/customs/confirm", form)
    for state, step in (("to_pick", "pick"), ("picked", "pack"), ("packed", "ship")):
        for (shipment,) in shop.sql("SELECT public_id::text FROM fulfilment_shipment WHERE state = %s", [state]):
            desk.post(f"/console/shipments/{shipment}/{step}", [])
        shop.settle(120)


def deliver(shop: Live, limit_s: float = 180) -> None:
    """Let the carrier deliver every parcel."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        waiting = shop.sql("SELECT tracking_number FROM logistics_parcel WHERE state <> 'delivered'")
        if not waiting:
            break
        for (tracking,) in waiting:
            shop.outside("POST", f"/shipments/{tracking}/advance")
        shop.settle(120)


CHECKS = {
    "orders delivered": "SELECT count(*) FROM orders_order WHERE state = 'delivered'",
    "orders in another state": "SELECT count(*) FROM orders_order WHERE state <> 'delivered'",
    "charged unlike quoted": "SELECT count(*) FROM orders_order o JOIN payments_attempt a ON a.order_id::text = o.public_id::text"
    " AND a.state = 'captured' WHERE a.amount_minor <> o.placed_total_minor",
    "dead letters": "SELECT count(*) FROM infra_outboxdelivery",
    "mails sent": "SELECT count(*) FROM messages_message WHERE state = 'sent'",
    "parcels": "SELECT count(*) FROM logistics_parcel",
    "commercial invoices": "SELECT count(*) FROM declarations_commercialinvoice",
    "products": "SELECT count(*) FROM catalogue_product",
    "offers": "SELECT count(*) FROM offers_variantoffer",
    "different articles sold": "SELECT count(DISTINCT sku) FROM fulfilment_shipmentitem",
}


def run(args: argparse.Namespace) -> Result:
    """Do the whole job and count what came of it."""
    with tempfile.TemporaryDirectory(prefix="entrepot-real-") as folder, database("real", fresh=True):
        entrepot("migrate", "--quiet", ENTREPOT_DB_ROLE="owner")
        entrepot("demo")
        began = time.perf_counter()
        notes = bring_in(args.data)
        imported = time.perf_counter() - began
        shop = Live(Path(folder), workers=2, threads=4)
        try:
            shop.start()
            wanted = choose(shop, args.orders)
            began = time.perf_counter()
            _, wrong = sell(shop, wanted, args.buyers)
            shop.settle(180)
            sold_s = time.perf_counter() - began
            dispatch(shop)
            deliver(shop)
            shop.settle(120)
            figures = {name.replace(" ", "_"): float(shop.sql(query)[0][0]) for name, query in CHECKS.items()}
            deposits = shop.sql(
                "SELECT coalesce(sum(abs(total)), 0) FROM (SELECT sum(p.amount_minor) AS total FROM ledger_posting p"
                " JOIN ledger_account a ON a.id = p.account_id JOIN ledger_journalentry e ON e.id = p.entry_id"
                " WHERE a.code = '2110' GROUP BY e.currency, p.party) t"
            )
        finally:
            shop.stop()
    figures |= {
        "customer_deposits_left_minor": float(deposits[0][0]),
        "import_seconds": round(imported, 1),
        "sell_seconds": round(sold_s, 1),
        "refused_buyers": float(len(wrong)),
    }
    return {"figures": figures, "units": {"import_seconds": "s", "sell_seconds": "s"}, "notes": notes + wrong[:10]}
