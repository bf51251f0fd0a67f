"""Reads of parties."""

from entrepot.domains.parties.models import Buyer
from entrepot.domains.parties.types import BuyerView
from entrepot.infra import crypto
from entrepot.kernel.errors import NotFound

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
