"""Reads of parties."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from entrepot.domains.parties.models import Buyer
from entrepot.domains.parties.types import AddressRules, BuyerView
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
def _address_rules() -> dict[str, AddressRules]:
    loaded = yaml.safe_load((_REFDATA / "addresses.yaml").read_text(encoding="utf-8"))["countries"]
    return {country: msgspec.convert(_flat(told), AddressRules, strict=True) for country, told in loaded.items()}


def _flat(told: dict[str, Any]) -> dict[str, Any]:
    flat = dict(told)
    for name in ("tax_id", "short_code"):
        flat.update({f"{name}_{key}": value for key, value in flat.pop(name, {}).items()})
    return flat


def address_rules(*, country: str) -> AddressRules:
    """Return what a country asks of an address besides its postal form; of one we say nothing about, nothing."""
    return _address_rules().get(country, AddressRules())
