"""HMRC's "check a UK VAT number", version 2: numbers of Great Britain.

GET {ENTREPOT_HMRC_URL}/organisations/vat/check-vat-number/lookup/{number}[/{own number}] with `Accept: application/vnd.hmrc.2.0+json`
→ 200 {"target": {"name", "vatNumber", "address": {…}}, "consultationNumber", "processingDate"}; 404 NOT_FOUND: no such number.
Application-restricted: a token is drawn by POST /oauth/token (client credentials) and kept until a minute before it ends.
"""

from __future__ import annotations

import time
from typing import Any

import httpx
from django.conf import settings

from entrepot.domains.tax.errors import RegisterSilent
from entrepot.domains.tax.ports import TAX_ID_REGISTERS
from entrepot.domains.tax.types import RegisterAnswer, TaxNumber
from entrepot.infra import http

_LIMIT_S = 6.0
_LOOKUP = "/organisations/vat/check-vat-number/lookup"
_PARTS = ("line1", "line2", "line3", "line4", "line5", "postcode", "countryCode")


class Hmrc:
    """Asks His Majesty's Revenue and Customs."""

    name = "hmrc"
    title = "HMRC"

    def __init__(self) -> None:
        self._token, self._ends = "", 0.0

    @property
    def test(self) -> bool:
        """Whether the sandbox answers."""
        return bool(settings.ENTREPOT_HMRC_URL.startswith(settings.ENTREPOT_SANDBOX_URL))

    def ask(self, number: TaxNumber, *, asked_by: str = "") -> RegisterAnswer:
        """Ask for one number; with the seller's own number HMRC gives a consultation number."""
        path = f"{_LOOKUP}/{number.number.removeprefix('GB')}"
        if asked_by:
            path += f"/{asked_by.removeprefix('GB')}"
        try:
            answer = self._get(path)
            if answer.status_code == 401:
                self._token = ""  # it was withdrawn before its time: once more with a fresh one
                answer = self._get(path)
            told = answer.json()
        except (httpx.HTTPError, ValueError) as fault:
            raise self._silent() from fault
        if answer.status_code == 404 and isinstance(told, dict) and told.get("code") == "NOT_FOUND":
            return RegisterAnswer(valid=False)
        if answer.status_code != 200 or not isinstance(told, dict) or not isinstance(told.get("target"), dict):
            raise self._silent()
        return _answer(told)

    def _get(self, path: str) -> httpx.Response:
        headers = {"Accept": "application/vnd.hmrc.2.0+json", "Authorization": f"Bearer {self._bearer()}"}
        return http.client().get(f"{settings.ENTREPOT_HMRC_URL}{path}", headers=headers, timeout=_LIMIT_S)

    def _bearer(self) -> str:
        if not self._token or time.monotonic() >= self._ends:
            answer = http.client().post(
                f"{settings.ENTREPOT_HMRC_URL}/oauth/token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": settings.ENTREPOT_HMRC_CLIENT_ID,
                    "client_secret": settings.ENTREPOT_HMRC_CLIENT_SECRET,
                },
                timeout=_LIMIT_S,
            )
            told = answer.json()
            if answer.status_code != 200 or not isinstance(told, dict) or not told.get("access_token"):
                raise self._silent()
            self._token = str(told["access_token"])
            self._ends = time.monotonic() + max(0.0, float(told.get("expires_in") or 0) - 60)
        return self._token

    def _silent(self) -> RegisterSilent:
        return RegisterSilent(what=self.title, field="tax_number")


def _answer(told: dict[str, Any]) -> RegisterAnswer:
    target = told["target"]
    address = target.get("address") if isinstance(target.get("address"), dict) else {}
    return RegisterAnswer(
        valid=True,
        consultation=str(told.get("consultationNumber") or "")[:60],
        name=str(target.get("name") or "")[:300],
        address=", ".join(str(address[part]) for part in _PARTS if address.get(part))[:300],
    )


TAX_ID_REGISTERS.register(Hmrc.name, Hmrc())
