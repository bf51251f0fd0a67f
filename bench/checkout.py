"""Whole checkouts over HTTP: cart → quote → place → sandbox → webhook → confirmed, posted, mail queued.

Sixteen buyers order one after the other for some seconds against a live web server, worker, sandbox and PostgreSQL. It
counts only when everything has settled: each order confirmed and in the books, its mail queued, no delivery waiting.
CPU is that of web, worker and PostgreSQL (the sandbox's apart); statements are those of web and worker, counted in a run
of its own, so that counting does not slow the clock.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from pathlib import Path

from bench._frame import Result
from bench._live import Buyer, Live, live
from bench._usage import Usage
from entrepot.infra import counting

HELP = "orders per second, CPU and statements per order of the whole checkout over HTTP"
DATABASE = False
STOCK = {"LAMP-OAK": (900_000, 900_000), "SPK-MINI": (900_000, 0), "TEA-CUP": (900_000, 900_000)}
BASKETS = (("LAMP-OAK", "TEA-CUP"), ("SPK-MINI", "TEA-CUP"))


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--buyers", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--workers", type=int, default=2, help="web processes")
    parser.add_argument("--threads", type=int, default=4, help="threads of each")


def shop_until(shop: Live, *, buyers: int, seconds: float = 0.0, orders: int = 0) -> tuple[int, list[str]]:
    """Let buyers order one after the other for some seconds, or until so many orders; return (placed, refusals)."""
    stop = time.monotonic() + seconds
    lock = threading.Lock()
    placed, refused = [0], []

    def more() -> bool:
        with lock:
            return placed[0] < orders if orders else time.monotonic() < stop

    def run(number: int) -> None:
        turn = number
        while more():
            turn += 1
            buyer = Buyer(shop.address)
            for sku in BASKETS[turn % len(BASKETS)]:
                buyer.add(sku)
            status, answer = buyer.quote()
            if status < 400:
                status, answer = buyer.place(answer["quote_id"])
            buyer.close()
            with lock:
                if status < 400:
                    placed[0] += 1
                else:
                    refused.append(f"{status} {answer}"[:300])

    threads = [threading.Thread(target=run, args=(number,)) for number in range(buyers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return placed[0], refused


def _quiet(shop: Live) -> None:
    shop.until(lambda: not shop.sql("SELECT 1 FROM orders_order WHERE state = 'placed' LIMIT 1"), "paid orders", 120)
    shop.settle(120)


def settled(shop: Live) -> dict[str, int]:
    """Wait until nothing is under way; return what there is of each kind."""
    _quiet(shop)
    return {
        "confirmed": shop.sql("SELECT count(*) FROM orders_order WHERE state = 'confirmed'")[0][0],
        "captures": shop.sql("SELECT count(*) FROM payments_capture")[0][0],
        "entries": shop.sql("SELECT count(DISTINCT document) FROM ledger_journalentry")[0][0],
        "mails": shop.sql("SELECT count(*) FROM messages_message")[0][0],
    }


def run(args: argparse.Namespace) -> Result:
    """Measure speed and CPU on one shop, then statements on another."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "speed"
        place.mkdir()
        with live(place, name="checkout", stock=STOCK, workers=args.workers, threads=args.threads) as shop:
            shop.control(auto_approve=True)
            shop_until(shop, buyers=4, orders=20)
            warm = settled(shop)["confirmed"]
            with Usage(shop) as usage:
                began = time.perf_counter()
                placed, refused = shop_until(shop, buyers=args.buyers, seconds=args.seconds)
                found = settled(shop)
                took = time.perf_counter() - began
            cpu = usage.cpu_s
        counted = _statements(Path(folder))
    if found["confirmed"] != placed + warm:
        raise SystemExit(f"bench: {placed} orders were placed, {found['confirmed'] - warm} confirmed; {refused[:3]}")
    share = {part: round(1000 * used / placed, 2) for part, used in cpu.items()}
    own = sum(used for part, used in share.items() if part != "sandbox")
    return {
        "figures": {
            f"orders_per_s.{args.buyers}": round(placed / took, 2),
            "cpu_ms_per_order": round(own, 2),
            "statements_per_order": round(counted, 1),
            **{f"cpu_ms.{part}": used for part, used in share.items()},
        },
        "units": {
            "orders_per_s": "orders/s",
            "cpu_ms_per_order": "ms",
            "statements_per_order": "statements",
            "cpu_ms": "ms",
        },
        "notes": [
            f"{placed} orders in {took:.1f} s with the tail of events; {len(refused)} refused; {found}",
            "two lines an order (one or two consignments); statements without BEGIN, COMMIT",
        ],
    }


def _statements(folder: Path, orders: int = 60) -> float:
    """Count statements over some orders on a shop of its own, less what the worker does when nothing happens."""
    place, counts = folder / "counted", folder / "counts"
    place.mkdir()
    with live(place, name="checkout", stock=STOCK, ENTREPOT_COUNT_SQL=str(counts)) as shop:
        shop.control(auto_approve=True)
        shop_until(shop, buyers=2, orders=10)
        _quiet(shop)
        time.sleep(1)
        before, began = counting.total(counts), time.monotonic()
        time.sleep(5)
        idle_per_s = (counting.total(counts) - before) / (time.monotonic() - began)
        before, began = counting.total(counts), time.monotonic()
        placed, _ = shop_until(shop, buyers=4, orders=orders)
        _quiet(shop)
        used, took = counting.total(counts) - before, time.monotonic() - began
    return (used - idle_per_s * took) / placed
