"""Reads of parties."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from entrepot.domains.parties.models import Buyer
from entrepot.domains.parties.types import BuyerView
from entrepot.infra import crypto
from entrepot.kernel.errors import NotFound

_REFDATA = Path(__file__).parent / "refdata"
EMAIL_CONTEXT = "parties.buyer.email"


def email_index(email: str) -> str:
    """Return the blind index of an e-mail address; equal addresses (case and blanks aside) have equal ones."""
    return crypto.blind_index(email, EMAIL_CONTEXT)


def buyer(*, buyer_id: str) -> BuyerView:
    """Return a buyer by public id; raise NotFound."""
    row = Buyer.objects.filter(public_id=buyer_id).first()
    if row is None:
        raise NotFound(kind="buyer", key=buyer_id)
    return BuyerView(id=str(row.public_id), email=row.email, name=row.name, phone=row.phone, locale=row.locale)


@cache
def _address_rules() -> dict[str, Any]:
    return yaml.safe_load((_REFDATA / "addresses.yaml").read_text(encoding="utf-8"))


def house_number_examples() -> dict[str, str]:
    """Return country → an example of a street with its number, for the countries where a number must be given."""
    return _address_rules()["house_number"]


def digits_only() -> frozenset[str]:
    """Return the countries whose postal codes are digits and nothing else."""
    return frozenset(_address_rules()["digits_only"])
