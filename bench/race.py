"""Fifty buyers race for ten units over HTTP on each payment path: ten are sold, never eleven.

Per path: all buyers place at the same moment. Those who get the goods pay, but for some who leave; their holds expire and
are sold again. Who pays at the door has an order at once: there the leavers call theirs off. Whoever gets nothing is told OUT_OF_STOCK and no payment of his is ever tried.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
from collections import Counter
from pathlib import Path

from bench._frame import Result
from bench._live import Buyer, Live, live

HELP = "50 buyers race for 10 units over HTTP, by card, code, bank redirect and cash on delivery"
DATABASE = False
SKU = "LAMP-OAK"
METHODS = ("card", "code", "redirect", "cash_on_delivery")
LOCALES = {"cash_on_delivery": "en-sa"}  # offered there
LIVE = ("started", "pending", "action_needed", "accepted", "captured")
EXPIRE = """
import datetime as dt
from entrepot.flows.pay.settle_attempts import expire_attempts
from entrepot.flows.sell.expire_orders import expire_orders
from entrepot.infra import clock
later = clock.now() + dt.timedelta(days=2)
expire_attempts(later)
print(expire_orders(later))
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--buyers", type=int, default=50)
    parser.add_argument("--units", type=int, default=10)
    parser.add_argument("--leavers", type=int, default=3, help="of those who got a unit, how many never pay")


class Race:
    """What happened on one path; `answers` counts what the buyers were told."""

    def __init__(self, shop: Live, method: str, units: int, leavers: int) -> None:
        self.shop, self.method, self.units, self.leavers = shop, method, units, leavers
        self.answers: Counter[str] = Counter()
        self.orders: list[str] = []
        self.tokens: dict[str, str] = {}
        self.locale = LOCALES.get(method, "de-de")

    def round(self, buyers: int) -> None:
        """Let so many buyers place at once; a barrier lets them go together."""
        ready = threading.Barrier(buyers)
        lock = threading.Lock()

        def run() -> None:
            buyer = Buyer(self.shop.address, locale=self.locale)
            buyer.add(SKU)
            status, quote = buyer.quote()
            ready.wait(60)
            if status < 400:
                status, quote = buyer.place(quote["quote_id"], self.method)
            buyer.close()
            with lock:
                code = str(quote.get("code", "")) if status >= 400 else "placed"
                self.answers[code or f"HTTP {status}"] += 1
                if code == "placed":
                    self.orders.append(quote["order_id"])
                    self.tokens[quote["order_id"]] = quote["token"]

        threads = [threading.Thread(target=run) for _ in range(buyers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def pay(self, order_ids: list[str]) -> None:
        """Let the provider say that these orders are paid, and wait until the worker has done what follows."""
        verb = "settle" if self.method == "code" else "approve"
        for order_id in order_ids if self.method != "cash_on_delivery" else ():
            reference = self.shop.until(lambda i=order_id: self._reference(i), "the provider's answer")
            self.shop.outside("POST", f"/payments/{reference}/{verb}")
        self.shop.settle()

    def leave(self, order_ids: list[str]) -> int:
        """Let these buyers go without the goods: their holds expire, or they call their order off; return how many did."""
        if self.method != "cash_on_delivery":
            return int(self.shop.python(EXPIRE))
        gone = 0
        for order_id in order_ids:
            buyer = Buyer(self.shop.address, locale=self.locale)
            status, _ = buyer.post(f"/order/{order_id}/cancel", t=self.tokens[order_id])
            buyer.close()
            gone += status < 400
        self.shop.settle()
        return gone

    def _reference(self, order_id: str) -> str:
        rows = self.shop.sql(
            "SELECT reference FROM payments_attempt WHERE order_id = %s AND reference <> ''", [order_id]
        )
        return str(rows[0][0]) if rows else ""

    def sold(self) -> int:
        """Return how many orders of this path are confirmed."""
        rows = self.shop.sql(
            "SELECT count(DISTINCT o.id) FROM orders_order o JOIN payments_attempt a ON a.order_id = o.public_id"
            " WHERE o.state = 'confirmed' AND a.method = %s",
            [self.method],
        )
        return int(rows[0][0])

    def strangers(self) -> int:
        """Return how many payments of this path are alive or paid for orders that are not confirmed."""
        rows = self.shop.sql(
            "SELECT count(*) FROM payments_attempt a JOIN orders_order o ON o.public_id = a.order_id"
            " WHERE a.method = %s AND a.state = ANY(%s) AND o.state <> 'confirmed'",
            [self.method, list(LIVE)],
        )
        return int(rows[0][0])

    def attempts(self) -> int:
        """Return how many payment attempts of this path there are."""
        return int(self.shop.sql("SELECT count(*) FROM payments_attempt WHERE method = %s", [self.method])[0][0])


def race(shop: Live, method: str, *, buyers: int, units: int, leavers: int) -> Race:
    """Run one path: all at once, some leave, their holds expire, the rest of the buyers try again."""
    path = Race(shop, method, units, leavers)
    path.round(buyers)
    first = list(path.orders)
    path.pay(first[leavers:])
    path.leave(first[:leavers])
    path.orders.clear()
    path.round(buyers - units)
    path.pay(list(path.orders))
    return path


def restock(shop: Live, units: int) -> None:
    """Leave exactly so many units of the article free, all in one warehouse."""
    shop.sql(
        "UPDATE inventory_stock SET on_hand = reserved + CASE WHEN warehouse_id ="
        " (SELECT id FROM inventory_warehouse WHERE code = 'SZX') THEN %s ELSE 0 END WHERE sku = %s",
        [units, SKU],
    )


def run(args: argparse.Namespace) -> Result:
    """Race on all paths and count what was sold."""
    figures: dict[str, float] = {}
    notes = []
    with tempfile.TemporaryDirectory() as folder, live(Path(folder), name="race") as shop:
        for method in METHODS:
            restock(shop, args.units)
            path = race(shop, method, buyers=args.buyers, units=args.units, leavers=args.leavers)
            figures[f"sold.{method}"] = path.sold()
            figures[f"out_of_stock.{method}"] = path.answers["OUT_OF_STOCK"]
            figures[f"attempts.{method}"] = path.attempts()
            figures[f"strangers.{method}"] = path.strangers()
            notes.append(f"{method}: {dict(path.answers)}; {args.leavers} left without paying and were sold again")
    units = {"sold": "units", "out_of_stock": "answers", "attempts": "attempts", "strangers": "attempts"}
    return {"figures": figures, "units": units, "notes": notes}
