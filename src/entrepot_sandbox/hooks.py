"""The webhook sender: signed, retried with back-off until a 2xx, in order per payment or parcel unless told otherwise.

Controls for fault tests: `delay_ms`, `duplicate` (extra copies of each), `reorder` (each message waits for the next one of
its lane and lets it go first), `drop` (so many are never sent).
"""

from __future__ import annotations

import hashlib
import heapq
import hmac
import json
import threading
import zlib
from typing import Any

import httpx

from entrepot_sandbox import clock
from entrepot_sandbox.store import Store

LANES = 6
LONGEST_PAUSE_S = 60.0
GIVE_UP_AFTER = 50
REORDER_WAIT_S = 0.3


def sign(secret: str, body: bytes, at: int) -> str:
    """Return the value of the Sandbox-Signature header: `t=<unix>,v1=<hex hmac-sha256 of "t.body">`."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


class Lane(threading.Thread):
    """Sends the messages of some payments and parcels, one after the other."""

    def __init__(self, hooks: Hooks) -> None:
        super().__init__(daemon=True, name="webhooks")
        self.hooks = hooks
        self.ready = threading.Condition()
        self.heap: list[tuple[float, int]] = []

    def put(self, due: float, hook_id: int) -> None:
        """Line a message up."""
        with self.ready:
            heapq.heappush(self.heap, (due, hook_id))
            self.ready.notify()

    def run(self) -> None:
        """Send what is due, for ever."""
        client = httpx.Client(timeout=httpx.Timeout(10.0, connect=2.0))
        while True:
            with self.ready:
                while not self.heap:
                    self.ready.wait()
                due, hook_id = self.heap[0]
                pause = due - clock.real()
                if pause > 0:
                    self.ready.wait(pause)
                    continue
                heapq.heappop(self.heap)
            self.hooks.send(client, self, hook_id)


class Hooks:
    """All lanes, and the table behind them."""

    def __init__(self, store: Store, secret: str) -> None:
        self.store, self.secret = store, secret
        self.lanes = [Lane(self) for _ in range(LANES)]

    def start(self) -> None:
        """Take up what was not delivered before the last stop, and begin to send."""
        for row in self.store.all("SELECT id, lane, due FROM hook ORDER BY id"):
            self._lane(row["lane"]).put(row["due"], row["id"])
        for lane in self.lanes:
            lane.start()

    def _lane(self, name: str) -> Lane:
        return self.lanes[zlib.crc32(name.encode()) % LANES]

    def enqueue(self, lane: str, url: str, message: dict[str, Any]) -> None:
        """Keep a message and line it up, as the controls say."""
        if not url.startswith(("http://", "https://")) or self.store.use_up("drop"):
            return
        due = clock.real() + float(self.store.control("delay_ms", 0)) / 1000
        if self.store.control("reorder"):
            # The first waits a little; the next one, if it comes in time, overtakes it.
            waiting = self.store.one("SELECT 1 FROM hook WHERE lane = ? AND due > ?", lane, clock.real())
            due += 0 if waiting else REORDER_WAIT_S
        copies = 1 + int(self.store.control("duplicate", 0))
        with self.store.write() as db:
            ids = [
                db.execute(
                    "INSERT INTO hook (lane, url, body, due) VALUES (?, ?, ?, ?)", (lane, url, json.dumps(message), due)
                ).lastrowid
                for _ in range(copies)
            ]
        for hook_id in ids:
            self._lane(lane).put(due, hook_id or 0)

    def send(self, client: httpx.Client, lane: Lane, hook_id: int) -> None:
        """Send one message; on anything but a 2xx line it up again with a growing pause."""
        row = self.store.one("SELECT * FROM hook WHERE id = ?", hook_id)
        if row is None:
            return
        body = row["body"].encode()
        headers = {
            "Content-Type": "application/json",
            "Sandbox-Signature": sign(self.secret, body, int(clock.real())),
        }
        try:
            answer = client.post(row["url"], content=body, headers=headers)
            good, said = answer.is_success, f"{answer.status_code} {answer.text[:200]}"
        except httpx.HTTPError as fault:
            good, said = False, type(fault).__name__
        if good or row["tries"] + 1 >= GIVE_UP_AFTER:
            with self.store.write() as db:
                db.execute("DELETE FROM hook WHERE id = ?", (hook_id,))
            return
        due = clock.real() + min(LONGEST_PAUSE_S, 0.5 * 2 ** row["tries"])
        with self.store.write() as db:
            db.execute(
                "UPDATE hook SET tries = tries + 1, due = ?, answer = ? WHERE id = ?", (due, said[:300], hook_id)
            )
        lane.put(due, hook_id)
