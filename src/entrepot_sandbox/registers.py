"""Registers of tax numbers, VIES- and HMRC-shaped.

The last digits decide, so that a test needs no list: …99 was never given, …98 is not answered at the moment, all others are
valid. `POST /control {"registers": "silent"}` lets both fall silent, `"revoked": ["DE136695976"]` ends single numbers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Any

from entrepot_sandbox.store import Store

UNKNOWN, SILENT = "99", "98"


class Registers:
    """What the authorities would say."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def vies(self, asked: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Answer POST /check-vat-number as the Commission does; returns the answer and its status."""
        country, number = str(asked.get("countryCode", "")).upper(), _plain(asked.get("vatNumber"))
        if not re.fullmatch(r"[A-Z]{2}", country) or not 2 <= len(number) <= 14:
            return _fault("INVALID_INPUT"), 400
        said = self._said(country + number)
        if said == SILENT:
            return _fault("MS_UNAVAILABLE"), 500
        valid = said == "valid"
        own = f"{asked.get('requesterMemberStateCode', '')}{_plain(asked.get('requesterNumber'))}"
        return {
            "countryCode": country,
            "vatNumber": number,
            "requestDate": _now(),
            "valid": valid,
            "requestIdentifier": "WAPI" + _receipt(own + country + number, 12) if own and valid else "",
            "name": f"SANDBOX COMPANY {number[-4:]}" if valid else "---",
            "address": f"1 Sandbox Street\n{country} 00000 Testville" if valid else "---",
        }, 200

    def hmrc(self, number: str, own: str) -> tuple[dict[str, Any], int]:
        """Answer GET …/lookup/{number}[/{own}] as HMRC does; returns the answer and its status."""
        if not re.fullmatch(r"\d{9}(\d{3})?", number):
            return {"code": "INVALID_REQUEST", "message": "Invalid targetVrn"}, 400
        said = self._said("GB" + number)
        if said == SILENT:
            return {"code": "SERVER_ERROR", "message": "The service is unavailable"}, 503
        if said != "valid":
            return {"code": "NOT_FOUND", "message": "targetVrn does not match a registered company"}, 404
        address = {"line1": "1 Sandbox Street", "postcode": "SW1A 2AA", "countryCode": "GB"}
        told: dict[str, Any] = {
            "target": {"name": f"SANDBOX COMPANY {number[-4:]}", "vatNumber": number, "address": address},
            "processingDate": _now(),
        }
        if own:
            mark = _receipt(own + number, 9)
            told |= {"requester": own, "consultationNumber": f"{mark[:3]}-{mark[3:6]}-{mark[6:]}"}
        return told, 200

    def _said(self, number: str) -> str:
        if self.store.control("registers", "") == "silent" or number.endswith(SILENT):
            return SILENT
        return "unknown" if number.endswith(UNKNOWN) or number in self.store.control("revoked", []) else "valid"


def _plain(value: Any) -> str:
    return re.sub(r"[^0-9A-Z+*]", "", str(value or "").upper())


def _fault(code: str) -> dict[str, Any]:
    return {"actionSucceed": False, "errorWrappers": [{"error": code}]}


def _receipt(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length].upper()


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
