"""The payment provider: cards with a challenge, codes that are paid later, a bank's page, cash that the carrier collects at
the door and pays out, refunds. No money moves."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import sqlite3
import uuid
from typing import Any

from entrepot_sandbox import clock
from entrepot_sandbox.hooks import Hooks
from entrepot_sandbox.store import Store

# number → what becomes of it: challenge, a refusal, or timeout (the bank answers late and no webhook tells of it)
CARDS = {
    "4242424242424242": "challenge",
    "4000000000003220": "challenge",
    "4000000000000002": "card_declined",
    "4000000000009995": "insufficient_funds",
    "4000000000000069": "card_expired",
    "4000000000000044": "timeout",
}
CHALLENGE_CODE = "123456"
CHALLENGE_TRIES = 3
LATE_S = 20.0
REMIT_S = 20.0
FINAL = ("captured", "failed", "cancelled")
# method → how a payment begins; a method it does not know is one that is approved on its page, like a redirect
BEGINS = {"card": "action_needed", "code": "pending", "redirect": "action_needed", "cash_on_delivery": "accepted"}


class Refused(Exception):
    """A request that cannot be served: an HTTP status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Payments:
    """The rules of the provider."""

    def __init__(self, store: Store, hooks: Hooks) -> None:
        self.store, self.hooks = store, hooks

    # ---- what the merchant calls

    def create(self, asked: dict[str, Any], base: str) -> tuple[dict[str, Any], bool]:
        """Begin a payment; the same attempt id gets the same payment again. Returns its view and whether it is new."""
        attempt_id = _text(asked, "attempt_id")
        amount, currency, method = asked.get("amount_minor"), _text(asked, "currency"), _text(asked, "method")
        if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
            raise Refused(422, "amount_minor must be a whole number above zero.")
        if not re.fullmatch(r"[a-z][a-z0-9_]{1,29}", method):
            raise Refused(422, "method must be a word of small letters, digits and _.")
        known = self._by_attempt(attempt_id)
        if known:
            if (known["amount_minor"], known["currency"]) != (amount, currency):
                raise Refused(409, "This attempt_id was used for another amount.")
            return self.view(known, base), False
        refusal = str(self.store.control("refuse") or "")
        status = "failed" if refusal else BEGINS.get(method, BEGINS["redirect"])
        code = " ".join(f"{secrets.randbelow(10000):04d}" for _ in range(3)) if method == "code" else ""
        expires = str(asked.get("expires_at") or (clock.now() + dt.timedelta(days=1)).isoformat())
        reference = f"sbx_{secrets.token_hex(9)}"
        with self.store.write() as db:
            db.execute(
                "INSERT OR IGNORE INTO payment (reference, attempt_id, method, amount_minor, currency, status, refusal,"
                " callback_url, return_url, description, code, expires_at, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    reference,
                    attempt_id,
                    method,
                    amount,
                    currency,
                    status,
                    refusal,
                    str(asked.get("callback_url", "")),
                    str(asked.get("return_url", "")),
                    str(asked.get("description", ""))[:200],
                    code,
                    expires,
                    clock.real(),
                ),
            )
        row = self._by_attempt(attempt_id)
        assert row is not None
        answer = self.view(row, base)
        if self.store.control("auto_approve") and status == "action_needed":
            self.move(row["reference"], "captured")
        if self.store.control("auto_settle") and method == "code" and status == "pending":
            self.move(row["reference"], "captured")
        return answer, row["reference"] == reference

    def find(self, attempt_id: str, base: str) -> dict[str, Any]:
        """Return the view of an attempt's payment."""
        self.settle_due()
        row = self._by_attempt(attempt_id)
        if row is None:
            raise Refused(404, "There is no payment for this attempt_id.")
        return self.view(row, base)

    def refund(self, reference: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Send money back, once per refund id, never more than was captured."""
        refund_id, amount = _text(asked, "refund_id"), asked.get("amount_minor")
        with self.store.write() as db:
            row = self.payment(reference)
            known = self.store.one("SELECT * FROM refund WHERE refund_id = ?", refund_id)
            if known:
                return {"refund_id": refund_id, "status": known["status"]}
            back = self.store.one(
                "SELECT coalesce(sum(amount_minor), 0) AS n FROM refund WHERE reference = ?", reference
            )
            left = row["captured_minor"] - (back["n"] if back else 0)
            if not isinstance(amount, int) or amount <= 0 or amount > left:
                raise Refused(422, f"Only {left} minor units can be refunded.")
            status = "pending" if self.store.control("refund_pending") else "done"
            db.execute("INSERT INTO refund VALUES (?, ?, ?, ?)", (refund_id, reference, amount, status))
        self._tell_refund(row, refund_id, amount, "done")
        if status == "pending":
            with self.store.write() as db:
                db.execute("UPDATE refund SET status = 'done' WHERE refund_id = ?", (refund_id,))
        return {"refund_id": refund_id, "status": status}

    # ---- what happens to a payment

    def payment(self, reference: str) -> sqlite3.Row:
        """Return a payment; Refused 404 when there is none."""
        row = self.store.one("SELECT * FROM payment WHERE reference = ?", reference)
        if row is None:
            raise Refused(404, "There is no such payment.")
        return row

    def move(self, reference: str, status: str, refusal: str = "", amount_minor: int | None = None) -> sqlite3.Row:
        """Take a payment to a final state and tell the merchant. A final payment stays; only late money follows a lapse."""
        with self.store.write() as db:
            row = self.payment(reference)
            if row["status"] == "captured" or (row["status"] in FINAL and status != "captured"):
                return row
            captured = (amount_minor or row["amount_minor"]) if status == "captured" else 0
            db.execute(
                "UPDATE payment SET status = ?, refusal = ?, captured_minor = ?, settles_at = NULL WHERE reference = ?",
                (status, refusal, captured, reference),
            )
            row = self.payment(reference)
        if row["tells"]:
            self._tell(row)
        return row

    def type_card(self, reference: str, number: str) -> str:
        """Take a card number and return what is next: challenge, done, or unknown (not one of the test cards)."""
        fate = CARDS.get("".join(c for c in number if c.isdigit()))
        if fate is None:
            return "unknown"
        row = self.payment(reference)
        if row["status"] in FINAL:
            return "done"
        if fate == "challenge":
            return "challenge"
        if fate == "timeout":
            self.settle_later(reference, tells=False)
            return "done"
        self.move(reference, "failed", fate)
        return "done"

    def answer_challenge(self, reference: str, code: str) -> str:
        """Take the bank's code and return what is next: done, or again (wrong, tries are left)."""
        if code.strip() == CHALLENGE_CODE:
            self.move(reference, "captured")
            return "done"
        with self.store.write() as db:
            db.execute("UPDATE payment SET tries = tries + 1 WHERE reference = ?", (reference,))
        if self.payment(reference)["tries"] >= CHALLENGE_TRIES:
            self.move(reference, "failed", "challenge_failed")
            return "done"
        return "again"

    def settle_later(self, reference: str, *, tells: bool = True) -> None:
        """Let the money come in a while; without `tells` no webhook says so, and only asking finds it out."""
        with self.store.write() as db:
            db.execute(
                "UPDATE payment SET status = CASE WHEN status IN ('captured', 'failed') THEN status ELSE 'pending' END,"
                " settles_at = ?, tells = ? WHERE reference = ?",
                (clock.real() + float(self.store.control("late_s", LATE_S)), int(tells), reference),
            )

    def pay_late(self, reference: str) -> None:
        """Let the payment lapse now, and the money come in a while all the same."""
        self.move(reference, "cancelled", "lapsed")
        with self.store.write() as db:
            db.execute(
                "UPDATE payment SET settles_at = ? WHERE reference = ? AND status = 'cancelled'",
                (clock.real() + float(self.store.control("late_s", LATE_S)), reference),
            )

    def settle_due(self) -> None:
        """Capture what is due and let lapse what was never paid; called every second and before an answer."""
        for row in self.store.all("SELECT reference FROM payment WHERE settles_at <= ?", clock.real()):
            self.move(row["reference"], "captured")
        for row in self.store.all(
            "SELECT reference FROM payment WHERE status IN ('pending', 'action_needed') AND method <> 'card'"
            " AND expires_at < ? AND settles_at IS NULL LIMIT 50",
            clock.stamp(),
        ):
            self.move(row["reference"], "cancelled", "lapsed")
        for cash in self.store.all("SELECT * FROM cash WHERE remit_at <= ?", clock.real()):
            self.cash(cash["reference"], cash["part"], "remitted", cash["amount_minor"], cash["currency"])

    def cash(self, reference: str, part: str, status: str, amount_minor: int, currency: str) -> None:
        """Tell what became of a parcel's cash at the door: collected (it is paid out in a while), refused or remitted; once each."""
        with self.store.write() as db:
            row = self.payment(reference)
            known = self.store.one("SELECT * FROM cash WHERE reference = ? AND part = ?", reference, part)
            if known and (known["status"] == status or known["status"] in ("refused", "remitted")):
                return
            due = clock.real() + float(self.store.control("remit_s", REMIT_S)) if status == "collected" else None
            db.execute(
                "INSERT OR REPLACE INTO cash VALUES (?, ?, ?, ?, ?, ?)",
                (reference, part, amount_minor, currency, status, due),
            )
            if status == "remitted":
                db.execute(
                    "UPDATE payment SET captured_minor = captured_minor + ? WHERE reference = ?",
                    (amount_minor, reference),
                )
        message = {
            "event_id": f"evt_{uuid.uuid4().hex}",
            "type": "cash.updated",
            "reference": reference,
            "attempt_id": row["attempt_id"],
            "part": part,
            "status": status,
            "amount_minor": amount_minor,
            "currency": currency,
            "refusal": "",
            "at": clock.stamp(),
        }
        self.hooks.enqueue(reference, row["callback_url"], message)

    def remit(self) -> int:
        """Pay out all cash that was collected, now; return how many parcels'."""
        rows = self.store.all("SELECT * FROM cash WHERE status = 'collected'")
        for row in rows:
            self.cash(row["reference"], row["part"], "remitted", row["amount_minor"], row["currency"])
        return len(rows)

    # ---- words for the merchant

    def view(self, row: sqlite3.Row, base: str) -> dict[str, Any]:
        """Return what the merchant sees of a payment."""
        action: dict[str, Any] = {"kind": "none"}
        page = f"{base}/pay/{row['reference']}"
        if row["status"] == "action_needed":
            action = {"kind": "redirect", "url": page, "expires_at": row["expires_at"]}
        elif row["status"] == "pending" and row["method"] == "code":
            action = {"kind": "show_code", "code": row["code"], "url": page, "expires_at": row["expires_at"]}
        return {
            "reference": row["reference"],
            "attempt_id": row["attempt_id"],
            "status": row["status"],
            "amount_minor": row["captured_minor"] or row["amount_minor"],
            "currency": row["currency"],
            "next_action": action,
            "refusal": row["refusal"],
        }

    def _tell(self, row: sqlite3.Row) -> None:
        message = {
            "event_id": f"evt_{uuid.uuid4().hex}",
            "type": "payment.updated",
            "reference": row["reference"],
            "attempt_id": row["attempt_id"],
            "status": row["status"],
            "amount_minor": row["captured_minor"] or row["amount_minor"],
            "currency": row["currency"],
            "refusal": row["refusal"],
            "at": clock.stamp(),
        }
        self.hooks.enqueue(row["reference"], row["callback_url"], message)

    def _tell_refund(self, row: sqlite3.Row, refund_id: str, amount_minor: int, status: str) -> None:
        message = {
            "event_id": f"evt_{uuid.uuid4().hex}",
            "type": "refund.updated",
            "reference": row["reference"],
            "attempt_id": row["attempt_id"],
            "refund_id": refund_id,
            "status": status,
            "amount_minor": amount_minor,
            "currency": row["currency"],
            "refusal": "",
            "at": clock.stamp(),
        }
        self.hooks.enqueue(row["reference"], row["callback_url"], message)

    def _by_attempt(self, attempt_id: str) -> sqlite3.Row | None:
        return self.store.one("SELECT * FROM payment WHERE attempt_id = ?", attempt_id)


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value or len(value) > 200:
        raise Refused(422, f"{name} must be a text of 1 to 200 characters.")
    return value
