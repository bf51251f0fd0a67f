"""The carrier: takes parcels, gives tracking numbers and labels, and moves them on by itself. No parcel leaves."""

from __future__ import annotations

import base64
import json
import os
import secrets
import sqlite3
from typing import Any

from entrepot_sandbox import clock
from entrepot_sandbox.hooks import Hooks
from entrepot_sandbox.label import label_pdf
from entrepot_sandbox.payments import Refused
from entrepot_sandbox.store import Store

# Goods that stay inside one customs union meet no customs on their way.
UNION = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
    ]
)
HEAVIEST_G = 70_000

# code, where ("from", "hub", "border", "to"), the carrier's own words, only across a border
WAY = (
    ("handed_over", "from", "Parcel accepted at origin facility", False),
    ("in_transit", "hub", "Departed origin hub", False),
    ("at_customs", "border", "Presented to customs", True),
    ("cleared", "border", "Released by customs, duties and taxes prepaid", True),
    ("out_for_delivery", "to", "With the courier for delivery", False),
    ("delivered", "to", "Delivered, signed for by recipient", False),
)


class Carrier:
    """The rules of the carrier."""

    def __init__(self, store: Store, hooks: Hooks) -> None:
        self.store, self.hooks = store, hooks
        self.step_s = float(os.environ.get("ENTREPOT_SANDBOX_STEP_S", "5"))

    def book(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """Take a parcel; the same shipment id gets the same booking again. Returns the answer and whether it is new."""
        shipment_id = str(asked.get("shipment_id") or "")
        mass = asked.get("mass_g")
        if not shipment_id:
            raise Refused(422, "shipment_id is missing.")
        if not isinstance(mass, int) or not 0 < mass <= HEAVIEST_G:
            raise Refused(422, f"mass_g must be from 1 to {HEAVIEST_G}.")
        if not isinstance(asked.get("to"), dict) or not asked["to"].get("country_code"):
            raise Refused(422, "to.country_code is missing.")
        if self.store.control("carrier_refuse"):
            raise Refused(422, str(self.store.control("carrier_refuse")))
        known = self.store.one("SELECT * FROM shipment WHERE shipment_id = ?", shipment_id)
        tracking = known["tracking_number"] if known else f"SBX{secrets.randbelow(10**10):010d}"
        if not known:
            with self.store.write() as db:
                db.execute(
                    "INSERT INTO shipment VALUES (?, ?, ?, ?, ?, 0, ?)",
                    (
                        tracking,
                        shipment_id,
                        str(asked.get("service", "")),
                        json.dumps(asked),
                        str(asked.get("callback_url", "")),
                        self._next(),
                    ),
                )
        label = base64.b64encode(label_pdf(tracking, asked)).decode()
        return {"tracking_number": tracking, "label_pdf_base64": label}, not known

    def advance(self, tracking: str) -> dict[str, Any] | None:
        """Move a parcel one step on and tell the merchant; None when it is already delivered."""
        with self.store.write() as db:
            row = self.parcel(tracking)
            way = _way(json.loads(row["body"]))
            if row["step"] >= len(way):
                return None
            code, where, words, _ = way[row["step"]]
            body = json.loads(row["body"])
            message = {
                "event_id": f"{tracking}-{row['step'] + 1}",
                "tracking_number": tracking,
                "shipment_id": row["shipment_id"],
                "code": code,
                "at": clock.stamp(),
                "place": _place(body, where),
                "words": words,
                "signed_by": str(body["to"].get("name", ""))[:80] if code == "delivered" else "",
            }
            after = row["step"] + 1
            db.execute(
                "UPDATE shipment SET step = ?, next_at = ? WHERE tracking_number = ?",
                (after, self._next() if after < len(way) else None, tracking),
            )
            db.execute(
                "INSERT INTO step VALUES (?, ?, ?, ?, ?, ?)",
                (message["event_id"], tracking, code, message["at"], message["place"], words),
            )
        self.hooks.enqueue(tracking, row["callback_url"], message)
        return message

    def move_due(self) -> None:
        """Move every parcel whose time has come."""
        if self.step_s <= 0 or self.store.control("hold_parcels"):
            return
        for row in self.store.all("SELECT tracking_number FROM shipment WHERE next_at <= ? LIMIT 200", clock.real()):
            self.advance(row["tracking_number"])

    def parcel(self, tracking: str) -> sqlite3.Row:
        """Return a parcel; Refused 404 when there is none."""
        row = self.store.one("SELECT * FROM shipment WHERE tracking_number = ?", tracking)
        if row is None:
            raise Refused(404, "There is no such parcel.")
        return row

    def steps(self, tracking: str) -> list[dict[str, Any]]:
        """Return where a parcel has been."""
        return [
            dict(r) for r in self.store.all("SELECT * FROM step WHERE tracking_number = ? ORDER BY rowid", tracking)
        ]

    def _next(self) -> float | None:
        return clock.real() + self.step_s if self.step_s > 0 else None


def _way(body: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    ends = {str(body.get(end, {}).get("country_code", "")).upper() for end in ("from", "to")}
    border = len(ends) > 1 and not ends <= UNION
    return [step for step in WAY if border or not step[3]]


def _place(body: dict[str, Any], where: str) -> str:
    start, end = body.get("from") or {}, body.get("to") or {}
    if where in ("from", "hub"):
        return f"{start.get('city') or 'Origin'}, {start.get('country_code', '')}"
    if where == "border":
        return f"Customs, {end.get('country_code', '')}"
    return f"{end.get('city') or 'Destination'}, {end.get('country_code', '')}"
