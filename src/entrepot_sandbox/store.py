"""One SQLite file holds all that the sandbox knows, so that it survives a restart.

One connection behind one lock: the work per statement is microseconds. WAL without fsync survives a killed process,
which is all a sandbox needs to survive.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS payment (
    reference TEXT PRIMARY KEY, attempt_id TEXT NOT NULL UNIQUE, method TEXT NOT NULL, amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL, status TEXT NOT NULL, refusal TEXT NOT NULL DEFAULT '', callback_url TEXT NOT NULL,
    return_url TEXT NOT NULL, description TEXT NOT NULL DEFAULT '', code TEXT NOT NULL DEFAULT '',
    expires_at TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, card TEXT NOT NULL DEFAULT '',
    captured_minor INTEGER NOT NULL DEFAULT 0, settles_at REAL, tells INTEGER NOT NULL DEFAULT 1, created REAL NOT NULL);
CREATE INDEX IF NOT EXISTS payment_settles ON payment (settles_at) WHERE settles_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS payment_open ON payment (expires_at) WHERE status IN ('pending', 'action_needed');
CREATE TABLE IF NOT EXISTS refund (
    refund_id TEXT PRIMARY KEY, reference TEXT NOT NULL, amount_minor INTEGER NOT NULL, status TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS shipment (
    tracking_number TEXT PRIMARY KEY, shipment_id TEXT NOT NULL UNIQUE, service TEXT NOT NULL, body TEXT NOT NULL,
    callback_url TEXT NOT NULL, step INTEGER NOT NULL, next_at REAL);
CREATE INDEX IF NOT EXISTS shipment_next ON shipment (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS cash (
    reference TEXT NOT NULL, part TEXT NOT NULL, amount_minor INTEGER NOT NULL, currency TEXT NOT NULL,
    status TEXT NOT NULL, remit_at REAL, PRIMARY KEY (reference, part));
CREATE INDEX IF NOT EXISTS cash_due ON cash (remit_at) WHERE remit_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS step (
    event_id TEXT PRIMARY KEY, tracking_number TEXT NOT NULL, code TEXT NOT NULL, at TEXT NOT NULL, place TEXT NOT NULL,
    words TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS step_of ON step (tracking_number);
CREATE TABLE IF NOT EXISTS hook (
    id INTEGER PRIMARY KEY AUTOINCREMENT, lane TEXT NOT NULL, url TEXT NOT NULL, body TEXT NOT NULL, due REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,
    subject TEXT NOT NULL, message_id TEXT NOT NULL, raw BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS control (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """The sandbox's memory."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "sandbox.sqlite3", check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._lock = threading.RLock()
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY;")
        self._db.executescript(_SCHEMA)
        self._control = {row["name"]: json.loads(row["value"]) for row in self.all("SELECT * FROM control")}

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock and a transaction; roll back on an exception."""
        with self._lock:
            outermost = not self._db.in_transaction
            if outermost:
                self._db.execute("BEGIN")
            try:
                yield self._db
            except BaseException:
                if outermost:
                    self._db.execute("ROLLBACK")
                raise
            if outermost:
                self._db.execute("COMMIT")

    def all(self, sql: str, *params: Any) -> list[sqlite3.Row]:
        """Return all rows."""
        with self._lock:
            return self._db.execute(sql, params).fetchall()

    def one(self, sql: str, *params: Any) -> sqlite3.Row | None:
        """Return the first row, None when there is none."""
        with self._lock:
            return self._db.execute(sql, params).fetchone()

    def control(self, name: str, default: Any = None) -> Any:
        """Return a control's value."""
        return self._control.get(name, default)

    def set_control(self, values: dict[str, Any]) -> dict[str, Any]:
        """Set controls (`reset` forgets all first) and return what is set now."""
        with self.write() as db:
            if values.get("reset"):
                db.execute("DELETE FROM control")
                self._control.clear()
            for name, value in values.items():
                if name != "reset":
                    db.execute("INSERT OR REPLACE INTO control VALUES (?, ?)", (name, json.dumps(value)))
                    self._control[name] = value
            return dict(self._control)

    def use_up(self, name: str) -> bool:
        """Count a control down by one; False when it is at zero."""
        with self._lock:
            left = int(self._control.get(name) or 0)
            if left > 0:
                self.set_control({name: left - 1})
            return left > 0
