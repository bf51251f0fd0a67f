"""A payment provider in memory. A test says what it answers; signatures are `Fake-Signature: <unix>:<secret>`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Literal

from entrepot.domains.payments.errors import ForgedMessage, ProviderRefuses, ProviderSilent
from entrepot.domains.payments.types import Collection, NextAction, ProviderNotice, ProviderState, StartRequest

SECRET = "fake"


class FakeProvider:
    """Answers what it is told to: `silent` (no answer at all), `refuses`, or `status` of the next payments."""

    test = True

    def __init__(self, name: str = "fake") -> None:
        self.name = name
        self.payments: dict[str, ProviderState] = {}
        self.refunds: dict[str, int] = {}
        self.calls: list[tuple[str, str]] = []
        self.return_urls: list[str] = []
        self.silent = self.refuses = self.loses_answer = False
        self.refund_answer: Literal["done", "pending"] = "done"

    def start(self, request: StartRequest) -> ProviderState:
        """Begin a payment, once per attempt."""
        self._call("start", request.attempt_id)
        self.return_urls.append(request.return_url)
        actions = {
            "code": NextAction("show_code", code="1234", expires_at=request.expires_at),
            "cash_on_delivery": NextAction("none"),
        }
        action = actions.get(request.method, NextAction("redirect", url="https://pay.example/1"))
        status = {"code": "pending", "cash_on_delivery": "accepted"}.get(request.method, "action_needed")
        known = self.payments.setdefault(
            request.attempt_id,
            ProviderState(
                reference=f"fake-{request.attempt_id}",
                status=status,  # type: ignore[arg-type]
                amount_minor=request.amount_minor,
                currency=request.currency,
                next_action=action,
                attempt_id=request.attempt_id,
            ),
        )
        if self.loses_answer:
            raise ProviderSilent(provider=self.name, what=self.name)
        return known

    def ask(self, attempt_id: str, reference: str) -> ProviderState | None:
        """Tell of a payment."""
        self._call("ask", attempt_id)
        return self.payments.get(attempt_id)

    def refund(self, reference: str, refund_id: str, amount_minor: int, currency: str) -> Literal["done", "pending"]:
        """Send money back, once per refund."""
        self._call("refund", refund_id)
        self.refunds[refund_id] = amount_minor
        return self.refund_answer

    def verify(self, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> None:
        """Refuse what does not carry the secret and a fresh time."""
        stamp, _, secret = {k.lower(): v for k, v in headers.items()}.get("fake-signature", "").partition(":")
        if secret != SECRET or not stamp.isdigit() or abs(now.timestamp() - int(stamp)) > 300:
            raise ForgedMessage(provider=self.name, reason="its signature is not right")

    def parse(self, body: bytes) -> ProviderNotice:
        """Return a message in our words."""
        try:
            told = json.loads(body)
            reference, attempt_id = told["reference"], told["attempt_id"]
            if "refund_id" in told:
                return ProviderNotice(
                    told["event_id"],
                    reference,
                    attempt_id,
                    refund_id=told["refund_id"],
                    refund_status=told["status"],
                )
            if "part" in told:
                cash = Collection(told["part"], told["status"], told["amount_minor"], told["currency"])
                return ProviderNotice(told["event_id"], reference, attempt_id, collection=cash)
            state = ProviderState(
                reference, told["status"], told["amount_minor"], told["currency"], refusal=told.get("refusal", "")
            )
            return ProviderNotice(told["event_id"], reference, attempt_id, state)
        except (KeyError, TypeError) as fault:
            raise ValueError(str(fault)) from fault

    # ---- for tests and their contract

    def message(self, attempt_id: str, status: str, event_id: str = "e1", **more: Any) -> bytes:
        """Return the body of a message about a payment, as this provider would send it."""
        known = self.payments.get(attempt_id)
        told = {
            "event_id": event_id,
            "reference": known.reference if known else f"fake-{attempt_id}",
            "attempt_id": attempt_id,
            "status": status,
            "amount_minor": known.amount_minor if known else 1,
            "currency": known.currency if known else "EUR",
        }
        return json.dumps({**told, **more}).encode()

    def signed(self, body: bytes, now: dt.datetime) -> dict[str, str]:
        """Return the headers of a message that is signed at a moment."""
        return {"Fake-Signature": f"{int(now.timestamp())}:{SECRET}"}

    def captures(self, attempt_id: str, **more: Any) -> None:
        """Let a payment be captured, as asking will tell."""
        known = self.payments[attempt_id]
        self.payments[attempt_id] = ProviderState(
            known.reference,
            "captured",
            more.get("amount_minor", known.amount_minor),
            more.get("currency", known.currency),
            attempt_id=attempt_id,
        )

    def _call(self, verb: str, key: str) -> None:
        self.calls.append((verb, key))
        if self.silent:
            raise ProviderSilent(provider=self.name, what=self.name)
        if self.refuses:
            raise ProviderRefuses(provider=self.name, status=422, what=self.name)
