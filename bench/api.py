"""The API: a product read and a quote computed, a second, beside an empty view of the same process; and what a key's count costs.

One web process with two threads. Both calls show a key, are counted against its rate, and are written by the document's shapes.
"""

from __future__ import annotations

import argparse
import json

from bench._frame import Result, shop
from bench._load import Answers, http, raw
from entrepot.domains.identity import services
from entrepot.domains.identity.engine import api_keys
from entrepot.domains.organisation import queries as organisation
from entrepot.infra import clock, db, tokens
from entrepot.kernel.actor import SYSTEM

HELP = "API calls per second, beside an empty view"
MARKET = "DE"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--seconds", type=float, default=4.0, help="of load per figure")
    parser.add_argument("--clients", type=int, default=8)


def _key() -> str:
    with db.transaction():
        return services.create_api_key(
            actor=SYSTEM,
            kind="secret",
            name="bench",
            scopes=list(api_keys.SECRET_SCOPES),
            store_id=organisation.store().id,
            at=clock.now(),
            per_minute=60_000,
        ).text


def _request(method: str, path: str, host: str, key: str, body: bytes = b"") -> bytes:
    head = f"{method} /api/v1/{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


def _good(got: Answers, name: str) -> Answers:
    if set(got.statuses) - {200, 201}:
        raise SystemExit(f"bench: {name} answered {got.statuses}")
    return got


def run(args: argparse.Namespace) -> Result:
    """Read products, compute quotes, and ask the empty view."""
    key = _key()
    products = [
        row[0] for row in db.fetch("SELECT DISTINCT product_id::text FROM offers_offerrow WHERE market = %s", [MARKET])
    ]
    skus = [
        row[0]
        for row in db.fetch("SELECT sku FROM offers_variantoffer WHERE market = %s AND band <> 'sold_out'", [MARKET])
    ]
    figures, hello, notes = {}, {}, []
    with shop(workers=1, threads=2, sandbox=False, worker=False, first="/bench/hello") as running:
        host = running.address.partition("//")[2]
        calls = {
            "product": [_request("GET", f"offers/{one}?market={MARKET}", host, key) for one in products],
            "quote": [
                _request("POST", "quotes", host, key, json.dumps({"market": MARKET, "lines": [{"sku": sku, "quantity": 1}]}).encode())
                for sku in skus
            ],
        }  # fmt: skip
        for name, asked in calls.items():
            raw(running.address, asked[:4], clients=2, seconds=0.5)
            empty = http(running.address, ["/bench/hello"], clients=args.clients, seconds=args.seconds / 2)
            got = _good(raw(running.address, asked, clients=args.clients, seconds=args.seconds), name)
            figures[f"req_per_s.{name}"], hello[f"req_per_s.{name}"] = (
                round(got.per_second, 1),
                round(empty.per_second, 1),
            )
            middle = got.latencies[len(got.latencies) // 2]
            notes.append(
                f"{name}: {got.per_second / empty.per_second:.3f} of hello; {middle:.1f} ms in the middle; {got.body_bytes:,} bytes"
            )
    figures["us_per_count"] = round(tokens.measured(2000), 1)
    return {
        "figures": figures,
        "peers": {"hello": hello},
        "units": {"req_per_s": "1/s", "us_per_count": "µs"},
        "notes": notes,
    }
