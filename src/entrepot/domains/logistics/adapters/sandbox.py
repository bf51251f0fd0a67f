"""The sandbox's carrier over HTTP, as docs and tests use it: no parcel leaves.

POST {ENTREPOT_SANDBOX_URL}/shipments books (idempotent by shipment_id); webhooks are signed
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

import httpx
import msgspec
from django.conf import settings

from entrepot.domains.logistics.errors import CarrierRefused, CarrierUnavailable, ForgedMessage
from entrepot.domains.logistics.ports import CARRIERS
from entrepot.domains.logistics.types import Booking, BookingRequest, TrackingMessage, TrackingStep
from entrepot.infra import http

NAME = "sandbox"
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
    """Books at the sandbox; its codes are ours already."""

    name = NAME

    def book(self, request: BookingRequest, *, callback_url: str) -> Booking:
        """Book a parcel; the same shipment id gets the same booking."""
        url = f"{settings.ENTREPOT_SANDBOX_URL}/shipments"
        try:
            answer = http.client().post(url, json=_body(request, callback_url))
        except httpx.HTTPError as fault:
            raise CarrierUnavailable(what="Sandbox carrier") from fault
        if answer.status_code >= 500 or answer.status_code == 429:
            raise CarrierUnavailable(what="Sandbox carrier")
        if not answer.is_success:
            raise CarrierRefused(carrier="Sandbox carrier", words=_words(answer))
        try:
            told = answer.json()
            label = base64.b64decode(told["label_pdf_base64"], validate=True)
            return Booking(tracking_number=str(told["tracking_number"]), label=label)
        except (ValueError, KeyError, TypeError, binascii.Error) as fault:
            # An answer nobody can read is no answer: the booking stands there, and the next try returns it.
            raise CarrierUnavailable(what="Sandbox carrier") from fault

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
            carrier=NAME,
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
        "to": request.recipient,
        "mass_g": request.mass_g,
        "customs": {
            "currency": request.currency,
            "incoterm": request.incoterm,
            "scheme": request.scheme,
            "scheme_number": request.scheme_number,
            "invoice_number": request.invoice_number,
            "freight_minor": request.freight_minor,
            "items": items,
        },
        "callback_url": callback_url,
    }


def _words(answer: httpx.Response) -> str:
    try:
        told = answer.json()
    except ValueError:
        return answer.text[:200]
    words = (told.get("error") or told.get("detail") or told.get("message")) if isinstance(told, dict) else None
    return str(words or told)[:200]


CARRIERS.register(NAME, SandboxCarrier())
