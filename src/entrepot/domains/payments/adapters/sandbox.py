"""The sandbox's payment provider over HTTP, as docs and tests use it: no money moves.

POST {ENTREPOT_SANDBOX_URL}/payments begins a payment (idempotent by attempt_id), GET /payments?attempt_id=… asks for it,
POST /payments/<reference>/refunds sends money back (idempotent by refund_id). Webhooks are signed
`Sandbox-Signature: t=<unix>,v1=<hex hmac-sha256(secret, "<t>.<body>")>`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec
from django.conf import settings

from entrepot.domains.payments.errors import ForgedMessage, ProviderRefuses, ProviderSilent
from entrepot.domains.payments.ports import PROVIDERS
from entrepot.domains.payments.types import Collection, NextAction, ProviderNotice, ProviderState, StartRequest
from entrepot.infra import http

NAME = "sandbox"
TOLERANCE_S = 300

_Status = Literal["pending", "action_needed", "accepted", "captured", "failed", "cancelled"]
_Cash = Literal["collected", "refused", "remitted"]


class _Action(msgspec.Struct):
    kind: Literal["none", "redirect", "show_code"] = "none"
    url: str = ""
    code: str = ""
    expires_at: dt.datetime | None = None


class _Payment(msgspec.Struct):
    reference: str
    status: _Status
    amount_minor: int
    currency: str
    attempt_id: str = ""
    next_action: _Action = msgspec.field(default_factory=_Action)
    refusal: str = ""


class _Message(msgspec.Struct):
    event_id: str
    type: Literal["payment.updated", "refund.updated", "cash.updated"]
    reference: str
    attempt_id: str
    status: str
    amount_minor: int
    currency: str
    refusal: str = ""
    refund_id: str = ""
    part: str = ""


class SandboxProvider:
    """Collects nothing from anyone; its codes are ours already."""

    name = NAME
    test = True

    def start(self, request: StartRequest) -> ProviderState:
        """Begin a payment."""
        body = {
            "attempt_id": request.attempt_id,
            "amount_minor": request.amount_minor,
            "currency": request.currency,
            "method": request.method,
            "return_url": request.return_url,
            "description": request.description,
            "expires_at": request.expires_at.isoformat(),
            "callback_url": f"{settings.ENTREPOT_BASE_URL}/webhooks/payments/{NAME}",
        }
        return _state(_call("POST", "/payments", json=body))

    def ask(self, attempt_id: str, reference: str) -> ProviderState | None:
        """Ask for a payment by our own id, which works even when no answer ever came."""
        answer = _call("GET", f"/payments?{urlencode({'attempt_id': attempt_id})}", missing_is_none=True)
        return None if answer is None else _state(answer)

    def refund(self, reference: str, refund_id: str, amount_minor: int, currency: str) -> Literal["done", "pending"]:
        """Send money back."""
        body = {"refund_id": refund_id, "amount_minor": amount_minor}
        answer = _call("POST", f"/payments/{reference}/refunds", json=body)
        status = _json(answer).get("status") if answer is not None else ""
        if answer is not None and status == "failed":
            raise ProviderRefuses(provider=NAME, status=answer.status, what=NAME)
        return "done" if status == "done" else "pending"

    def verify(self, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> None:
        """Refuse what the sandbox did not sign within the last 5 minutes."""
        given = {name.lower(): value for name, value in headers.items()}.get("sandbox-signature", "")
        if not given:
            raise ForgedMessage(provider=NAME, reason="it bears no signature")
        parts = dict(part.split("=", 1) for part in given.split(",") if "=" in part)
        stamp, mac = parts.get("t", ""), parts.get("v1", "")
        signed = stamp.encode("utf-8", "replace") + b"." + body
        right = hmac.new(settings.ENTREPOT_SANDBOX_SECRET.encode(), signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(mac.encode("utf-8", "replace"), right.encode()):
            raise ForgedMessage(provider=NAME, reason="its signature is not right")
        if not (stamp.isascii() and stamp.isdigit() and abs(now.timestamp() - int(stamp)) <= TOLERANCE_S):
            raise ForgedMessage(provider=NAME, reason="its signature is older than five minutes")

    def parse(self, body: bytes) -> ProviderNotice:
        """Return a message in our words."""
        try:
            told = msgspec.json.decode(body, type=_Message)
        except msgspec.MsgspecError as fault:
            raise ValueError(str(fault)) from fault
        if told.type == "refund.updated":
            return ProviderNotice(
                event_id=told.event_id,
                reference=told.reference,
                attempt_id=told.attempt_id,
                refund_id=told.refund_id,
                refund_status=msgspec.convert(told.status, Literal["pending", "done", "failed"]),
            )
        if told.type == "cash.updated":
            status = msgspec.convert(told.status, _Cash)
            cash = Collection(told.part, status, told.amount_minor, told.currency)
            return ProviderNotice(told.event_id, told.reference, told.attempt_id, collection=cash)
        state = ProviderState(
            reference=told.reference,
            status=msgspec.convert(told.status, _Status),
            amount_minor=told.amount_minor,
            currency=told.currency,
            refusal=told.refusal,
            event_id=told.event_id,
            attempt_id=told.attempt_id,
        )
        return ProviderNotice(event_id=told.event_id, reference=told.reference, attempt_id=told.attempt_id, state=state)


def _call(verb: str, path: str, *, missing_is_none: bool = False, json: Any = None) -> http.Answer | None:
    try:
        answer = http.exchange(verb, f"{settings.ENTREPOT_SANDBOX_URL}{path}", json=json)
    except http.Silent as fault:
        raise ProviderSilent(provider=NAME, what=NAME) from fault
    if answer.status == 404 and missing_is_none:
        return None
    if answer.status >= 500 or answer.status == 429:
        raise ProviderSilent(provider=NAME, what=NAME)
    if not 200 <= answer.status < 300:
        raise ProviderRefuses(provider=NAME, status=answer.status, what=NAME)
    return answer


def _json(answer: http.Answer) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError as fault:
        # An answer nobody can read is no answer: asking again by the same id brings the same payment.
        raise ProviderSilent(provider=NAME, what=NAME) from fault
    return told if isinstance(told, dict) else {}


def _state(answer: http.Answer | None) -> ProviderState:
    try:
        told = msgspec.convert(_json(answer) if answer is not None else {}, _Payment, strict=False)
    except msgspec.ValidationError as fault:
        raise ProviderSilent(provider=NAME, what=NAME) from fault
    action = told.next_action
    return ProviderState(
        reference=told.reference,
        status=told.status,
        amount_minor=told.amount_minor,
        currency=told.currency,
        next_action=NextAction(action.kind, action.url, action.code, action.expires_at),
        refusal=told.refusal,
        attempt_id=told.attempt_id,
    )


PROVIDERS.register(NAME, SandboxProvider())
