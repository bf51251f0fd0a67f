"""The sandbox's carrier over HTTP, as docs and tests use it: no parcel leaves.

POST {ENTREPOT_SANDBOX_URL}/shipments books (idempotent by shipment_id), …/shipments/<number>/cancel voids, GET …/<number>
tells, POST …/rates prices; webhooks are signed
`Sandbox-Signature: t=<unix>,v1=<hex hmac-sha256(secret, "<t>.<body>")>`.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
from django.conf import settings

from entrepot.domains.logistics.errors import CarrierRefused, CarrierUnavailable, ForgedMessage
from entrepot.domains.logistics.ports import CARRIERS
from entrepot.domains.logistics.types import (
    Booking,
    BookingRequest,
    RateAnswer,
    RateRequest,
    TrackingMessage,
    TrackingStep,
)
from entrepot.infra import http

NAME = "sandbox"
POST_NAME = "sandbox_post"
TITLES = {"courier": "Sandbox carrier", "postal": "Sandbox post"}
TOLERANCE_S = 300


class _Notice(msgspec.Struct):
    event_id: str
    tracking_number: str
    shipment_id: str
    code: str
    at: dt.datetime
    place: str = ""
    words: str = ""
    signed_by: str = ""


class SandboxCarrier:
    """Books at the sandbox; its codes are ours already. It plays a courier, and under a second name a postal operator."""

    numbers = ""

    def __init__(self, name: str = NAME, kind: str = "courier") -> None:
        self.name, self.kind = name, kind
        self.title = TITLES[kind]

    def rate(self, request: RateRequest) -> RateAnswer:
        """Ask what a parcel costs."""
        body = {"service": request.service, "mass_g": request.mass_g, "from": request.sender, "to": request.recipient}
        told = self._ask("POST", "/rates", body)
        return RateAnswer(amount_minor=int(told["amount_minor"]), currency=str(told["currency"]))

    def book(self, request: BookingRequest, *, callback_url: str) -> Booking:
        """Book a parcel; the same shipment id gets the same booking."""
        told = self._ask("POST", "/shipments", {**_body(request, callback_url), "kind": self.kind})
        try:
            label = base64.b64decode(told["label_pdf_base64"], validate=True)
            return Booking(tracking_number=str(told["tracking_number"]), label=label)
        except (ValueError, KeyError, TypeError, binascii.Error) as fault:
            # An answer nobody can read is no answer: the booking stands there, and the next try returns it.
            raise CarrierUnavailable(what=self.title) from fault

    def track(self, tracking_number: str) -> tuple[TrackingMessage, ...]:
        """Return all that the sandbox knows of a parcel; the same messages as its webhooks bring."""
        told = self._ask("GET", f"/shipments/{quote(tracking_number, safe='')}", None)
        signed = str((told["body"].get("to") or {}).get("name", ""))[:80]
        return tuple(
            TrackingMessage(
                carrier=self.name,
                event_id=str(step["event_id"]),
                tracking_number=tracking_number,
                shipment_id=str(told["shipment_id"]),
                step=TrackingStep(code=step["code"], at=_moment(step["at"]), place=step["place"], words=step["words"]),
                signed_by=signed if step["code"] == "delivered" else "",
            )
            for step in told["steps"]
        )

    def cancel(self, shipment_id: str, tracking_number: str) -> None:
        """Void a label; one that the sandbox does not know is void already."""
        self._ask("POST", f"/shipments/{quote(tracking_number, safe='')}/cancel", {}, missing_is_fine=True)

    def _ask(self, verb: str, path: str, body: Any, *, missing_is_fine: bool = False) -> dict[str, Any]:
        try:
            answer = http.client().request(verb, f"{settings.ENTREPOT_SANDBOX_URL}{path}", json=body)
        except httpx.HTTPError as fault:
            raise CarrierUnavailable(what=self.title) from fault
        if answer.status_code >= 500 or answer.status_code == 429:
            raise CarrierUnavailable(what=self.title)
        if missing_is_fine and answer.status_code == 404:
            return {}
        if not answer.is_success:
            raise CarrierRefused(carrier=self.title, words=_words(answer))
        try:
            told = answer.json()
        except ValueError as fault:
            raise CarrierUnavailable(what=self.title) from fault
        if not isinstance(told, dict):
            raise CarrierUnavailable(what=self.title)
        return told

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: dt.datetime) -> TrackingMessage:
        """Return a signed message in our words."""
        lowered = {key.lower(): value for key, value in headers.items()}
        _refuse_forged(lowered.get("sandbox-signature", ""), body, at)
        try:
            told = msgspec.json.decode(body, type=_Notice)
        except msgspec.MsgspecError as fault:
            raise ForgedMessage(carrier="Sandbox carrier") from fault
        when = told.at if told.at.tzinfo else told.at.replace(tzinfo=dt.UTC)
        return TrackingMessage(
            carrier=self.name,
            event_id=told.event_id,
            tracking_number=told.tracking_number,
            shipment_id=told.shipment_id,
            step=TrackingStep(code=told.code, at=when, place=told.place, words=told.words),
            signed_by=told.signed_by,
        )


def _refuse_forged(signature: str, body: bytes, at: dt.datetime) -> None:
    parts = dict(part.split("=", 1) for part in signature.split(",") if "=" in part)
    stamp, given = parts.get("t", ""), parts.get("v1", "")
    signed = stamp.encode("utf-8", "replace") + b"." + body
    right = hmac.new(settings.ENTREPOT_SANDBOX_SECRET.encode(), signed, hashlib.sha256).hexdigest()
    fresh = stamp.isascii() and stamp.isdigit() and abs(at.timestamp() - int(stamp)) <= TOLERANCE_S
    if not hmac.compare_digest(given.encode("utf-8", "replace"), right.encode()) or not fresh:
        raise ForgedMessage(carrier="Sandbox carrier")


def _body(request: BookingRequest, callback_url: str) -> dict[str, Any]:
    items = [msgspec.structs.asdict(item) for item in request.items]
    return {
        "shipment_id": request.shipment_id,
        "service": request.service,
        "from": request.sender,
        "to": {**request.recipient, "lines": list(request.recipient_lines)},
        "mass_g": request.mass_g,
        "customs": {
            "currency": request.currency,
            "incoterm": request.incoterm,
            "scheme": request.scheme,
            "scheme_number": request.scheme_number,
            "invoice_number": request.invoice_number,
            "freight_minor": request.freight_minor,
            "exporter_ids": request.exporter_ids,
            "export_mode": request.export_mode,
            "items": items,
        },
        "collect": msgspec.structs.asdict(request.collect) if request.collect else {},
        "callback_url": callback_url,
    }


def _words(answer: httpx.Response) -> str:
    try:
        told = answer.json()
    except ValueError:
        return answer.text[:200]
    words = (told.get("error") or told.get("detail") or told.get("message")) if isinstance(told, dict) else None
    return str(words or told)[:200]


def _moment(told: str) -> dt.datetime:
    when = dt.datetime.fromisoformat(told)
    return when if when.tzinfo else when.replace(tzinfo=dt.UTC)


CARRIERS.register(NAME, SandboxCarrier())
CARRIERS.register(POST_NAME, SandboxCarrier(POST_NAME, "postal"))
