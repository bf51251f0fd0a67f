"""What a buyer keeps in the account: addresses for the checkout, and what he agrees to."""

from __future__ import annotations

import datetime as dt

import msgspec

from entrepot.domains.parties.engine.address import check
from entrepot.domains.parties.engine.consents import CONSENTS
from entrepot.domains.parties.errors import AddressBookFull, AddressFault
from entrepot.domains.parties.models import Consent, SavedAddress
from entrepot.domains.parties.types import AddressData
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound

MOST = 20


def _own(actor: Actor, account_id: str) -> None:
    """Raise NotFound unless the actor is the owner of the account (or the system)."""
    if actor.kind != "system" and actor.id != account_id:
        raise NotFound(kind="account", key=account_id)


@service("parties.manage_own")
def save_address(
    *, actor: Actor, account_id: str, address: AddressData, at: dt.datetime, address_id: str = "", default: bool = False
) -> str:
    """Keep an address, or change a kept one by its id; return its public id. The first one is the default.

    Raises:
        AddressFault: it breaks a rule of its country.
        AddressBookFull: twenty are kept.
        NotFound: no such address in this account.
    """
    _own(actor, account_id)
    faults = check(address)
    if faults:
        field, rule = faults[0]
        raise AddressFault(field=field, value=getattr(address, field, ""), rule=rule, faults=faults)
    db.advisory_lock(f"parties.address_book:{account_id}")
    kept = SavedAddress.objects.filter(account_id=account_id)
    body = msgspec.json.encode(address).decode()
    if address_id:
        row = _kept(account_id, address_id)
        row.data, row.country = body, address.country_code
        row.save(update_fields=["data", "country"])
    else:
        number = kept.count()
        if number >= MOST:
            raise AddressBookFull(most=MOST)
        row = SavedAddress(account_id=account_id, data=body, country=address.country_code, created_at=at)
        row.save(force_insert=True)
        default = default or number == 0
    if default:
        _make_default(account_id, str(row.public_id))
    return str(row.public_id)


@service("parties.manage_own")
def set_default_address(*, actor: Actor, account_id: str, address_id: str) -> None:
    """Make an address the first choice of the checkout. Raises NotFound."""
    _own(actor, account_id)
    _kept(account_id, address_id)
    _make_default(account_id, address_id)


@service("parties.manage_own")
def remove_address(*, actor: Actor, account_id: str, address_id: str) -> bool:
    """Take an address out; the oldest of the others becomes the default if it was. False when there was none."""
    _own(actor, account_id)
    gone, _ = SavedAddress.objects.filter(account_id=account_id, public_id=address_id).delete()
    rest = SavedAddress.objects.filter(account_id=account_id).order_by("id")
    if gone and rest.exists() and not rest.filter(is_default=True).exists():
        _make_default(account_id, str(rest.values_list("public_id", flat=True)[0]))
    return bool(gone)


@service("parties.manage_own")
def set_consent(*, actor: Actor, account_id: str, kind: str, given: bool, at: dt.datetime) -> None:
    """Keep a yes or no to one use of the data; the same answer again changes nothing. Raises NotFound."""
    _own(actor, account_id)
    if kind not in CONSENTS:
        raise NotFound(kind="consent", key=kind[:30])
    last = Consent.objects.filter(account_id=account_id, kind=kind).order_by("-at", "-id").first()
    if (last.given if last else False) != given:
        Consent.objects.create(account_id=account_id, kind=kind, given=given, at=at)


def _kept(account_id: str, address_id: str) -> SavedAddress:
    row = SavedAddress.objects.filter(account_id=account_id, public_id=address_id).first()
    if row is None:
        raise NotFound(kind="address", key=address_id)
    return row


def _make_default(account_id: str, address_id: str) -> None:
    rows = SavedAddress.objects.filter(account_id=account_id)
    rows.filter(is_default=True).exclude(public_id=address_id).update(is_default=False)
    rows.filter(public_id=address_id).update(is_default=True)
