"""VIES of the European Commission, by its REST interface: numbers of the member states and of Northern Ireland (XI).

POST {ENTREPOT_VIES_URL}/check-vat-number {"countryCode": "DE", "vatNumber": "136695976", "requesterMemberStateCode", "requesterNumber"}
→ {"valid": true, "requestIdentifier", "name", "address"}, or {"actionSucceed": false, "errorWrappers": [{"error":
"MS_UNAVAILABLE"}]}. Only `valid` as a yes or no is an answer; everything else is silence.
"""

from __future__ import annotations

import logging
from typing import Any

import httpx
from django.conf import settings

from entrepot.domains.tax.errors import RegisterSilent
from entrepot.domains.tax.ports import TAX_ID_REGISTERS
from entrepot.domains.tax.types import RegisterAnswer, TaxNumber
from entrepot.infra import http

_LIMIT_S = 6.0
_NOT_TOLD = "---"  # what VIES says where a state keeps names to itself
_log = logging.getLogger(__name__)


class Vies:
    """Asks the Commission, which asks the state that gave the number."""

    name = "vies"
    title = "VIES"

    @property
    def test(self) -> bool:
        """Whether the sandbox answers."""
        return bool(settings.ENTREPOT_VIES_URL.startswith(settings.ENTREPOT_SANDBOX_URL))

    def ask(self, number: TaxNumber, *, asked_by: str = "") -> RegisterAnswer:
        """Ask for one number; with the seller's own (DE…) VIES gives a consultation number."""
        body = {"countryCode": number.number[:2], "vatNumber": number.number[2:]}
        if asked_by:
            body |= {"requesterMemberStateCode": asked_by[:2], "requesterNumber": asked_by[2:]}
        told = self._told(body)
        valid = told.get("valid")
        if not isinstance(valid, bool) or told.get("actionSucceed") is False:
            faults = [
                str(one.get("error", ""))[:40] for one in told.get("errorWrappers") or () if isinstance(one, dict)
            ]
            _log.warning("vies did not answer: %s", ", ".join(faults) or "no yes or no")
            raise RegisterSilent(what=self.title, field="tax_number")
        return RegisterAnswer(
            valid=valid,
            consultation=str(told.get("requestIdentifier") or "")[:60],
            name=_words(told.get("name")),
            address=_words(told.get("address")),
        )

    def _told(self, body: dict[str, str]) -> dict[str, Any]:
        try:
            answer = http.client().post(f"{settings.ENTREPOT_VIES_URL}/check-vat-number", json=body, timeout=_LIMIT_S)
            told = answer.json()
        except (httpx.HTTPError, ValueError) as fault:
            raise RegisterSilent(what=self.title, field="tax_number") from fault
        if not isinstance(told, dict):
            raise RegisterSilent(what=self.title, field="tax_number")
        return told


def _words(value: Any) -> str:
    text = " ".join(str(value or "").split())[:300]
    return "" if text == _NOT_TOLD else text


TAX_ID_REGISTERS.register(Vies.name, Vies())
