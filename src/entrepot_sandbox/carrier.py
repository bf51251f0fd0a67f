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
from entrepot_sandbox.payments import Payments, Refused
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


VOIDED = 99
REFUSED_STEP = 50  # at the door; one step further it is back at the sender's

# UPU S10: the weights of the check digit.
WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


class Carrier:
    """The rules of the carrier."""

    def __init__(self, store: Store, hooks: Hooks, payments: Payments) -> None:
        self.store, self.hooks, self.payments = store, hooks, payments
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
        tracking = known["tracking_number"] if known else _number(asked)
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

    def cancel(self, tracking: str) -> None:
        """Void a label; once more is nothing new. Refused 409 when the parcel was handed over."""
        with self.store.write() as db:
            row = self.parcel(tracking)
            if 0 < row["step"] < VOIDED:
                raise Refused(409, "The parcel was handed over already.")
            db.execute("UPDATE shipment SET step = ?, next_at = NULL WHERE tracking_number = ?", (VOIDED, tracking))

    def rate(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return a price for a parcel: so much to begin with and so much for each begun half kilogram."""
        mass = asked.get("mass_g")
        if not isinstance(mass, int) or not 0 < mass <= HEAVIEST_G:
            raise Refused(422, f"mass_g must be from 1 to {HEAVIEST_G}.")
        return {"amount_minor": 490 + 210 * -(-mass // 500), "currency": "USD"}

    def advance(self, tracking: str) -> dict[str, Any] | None:
        """Move a parcel one step on and tell the merchant; None when it is where it ends. Cash at the door is collected."""
        with self.store.write() as db:
            row = self.parcel(tracking)
            way = _way(json.loads(row["body"]))
            if row["step"] == REFUSED_STEP:
                code, where, words, after = "returned", "from", "Returned to sender", REFUSED_STEP + 1
            elif row["step"] >= len(way):
                return None
            else:
                code, where, words, _ = way[row["step"]]
                after = row["step"] + 1
            more = row["step"] != REFUSED_STEP and after < len(way)
            message = self._step(db, row, code, where, words, after, self._next() if more else None)
        self.hooks.enqueue(tracking, row["callback_url"], message)
        if code == "delivered":
            self._cash(row, "collected")
        return message

    def refuse(self, tracking: str) -> dict[str, Any]:
        """Let the buyer refuse a parcel at the door; it comes back with the next step. Refused 409 unless it is on its way."""
        with self.store.write() as db:
            row = self.parcel(tracking)
            if not 0 < row["step"] < len(_way(json.loads(row["body"]))):
                raise Refused(409, "The parcel is not on its way.")
            words = "Refused by recipient, goes back to sender"
            message = self._step(db, row, "refused", "to", words, REFUSED_STEP, self._next())
        self.hooks.enqueue(tracking, row["callback_url"], message)
        self._cash(row, "refused")
        return message

    def _step(
        self, db: sqlite3.Connection, row: sqlite3.Row, code: str, where: str, words: str, after: int, due: float | None
    ) -> dict[str, Any]:
        body, tracking = json.loads(row["body"]), row["tracking_number"]
        message = {
            "event_id": f"{tracking}-{row['step'] + 1}" + ("-refused" if code == "refused" else ""),
            "tracking_number": tracking,
            "shipment_id": row["shipment_id"],
            "code": code,
            "at": clock.stamp(),
            "place": _place(body, where),
            "words": words,
            "signed_by": str(body["to"].get("name", ""))[:80] if code == "delivered" else "",
        }
        db.execute("UPDATE shipment SET step = ?, next_at = ? WHERE tracking_number = ?", (after, due, tracking))
        db.execute(
            "INSERT INTO step VALUES (?, ?, ?, ?, ?, ?)",
            (message["event_id"], tracking, code, message["at"], message["place"], words),
        )
        return message

    def _cash(self, row: sqlite3.Row, status: str) -> None:
        asked = json.loads(row["body"]).get("collect") or {}
        if asked.get("amount_minor"):
            self.payments.cash(asked["reference"], asked["part"], status, int(asked["amount_minor"]), asked["currency"])

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


def _number(asked: dict[str, Any]) -> str:
    """A fresh tracking number: our own, or for postal services an item number by UPU S10."""
    if asked.get("kind") != "postal":
        return f"SBX{secrets.randbelow(10**10):010d}"
    serial = f"{secrets.randbelow(10**8):08d}"
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(WEIGHTS, serial, strict=True)) % 11
    origin = str((asked.get("from") or {}).get("country_code") or "ZZ").upper()[:2]
    return f"LZ{serial}{ {10: 0, 11: 5}.get(rest, rest) }{origin}"


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
