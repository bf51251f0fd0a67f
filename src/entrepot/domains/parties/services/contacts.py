"""Writes of parties."""

import msgspec

from entrepot.domains.parties.engine.address import check
from entrepot.domains.parties.engine.contact import contact_faults
from entrepot.domains.parties.errors import AddressFault, ContactFault
from entrepot.domains.parties.models import Address, Buyer
from entrepot.domains.parties.queries import email_index
from entrepot.domains.parties.types import AddressData
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor


@service("parties.record")
def record_buyer(*, actor: Actor, email: str, name: str, locale: str, phone: str = "") -> str:
    """Record a buyer by e-mail and return the public id; a known e-mail keeps its first row.

    The row stays locked until the transaction ends, so that two orders of one buyer go one after the other.
    What an order needs (name, address) is kept with the order: a guest may not rewrite a known buyer's data.

    Raises:
        ContactFault: e-mail, name or phone cannot be used.
    """
    fresh, sealed = _fresh_buyer(email, name, locale, phone)
    rows = db.fetch(
        "INSERT INTO parties_buyer (public_id, email, name, phone, email_index, locale)"
        " VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (email_index) DO UPDATE SET seen_at = now() RETURNING public_id",
        [fresh.public_id, *sealed, email_index(email), locale],
    )
    return str(rows[0][0])


@service("parties.record")
def record_contact(
    *, actor: Actor, email: str, name: str, locale: str, address: AddressData, phone: str = ""
) -> tuple[str, str]:
    """Record a buyer as `record_buyer` does, with an address, and return both public ids; one statement.

    Raises ContactFault, AddressFault.
    """
    _refuse_address(address)
    buyer, sealed = _fresh_buyer(email, name, locale, phone)
    place = Address(country=address.country_code, data=msgspec.json.encode(address).decode())
    rows = db.fetch(
        "WITH b AS (INSERT INTO parties_buyer (public_id, email, name, phone, email_index, locale)"
        " VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (email_index) DO UPDATE SET seen_at = now() RETURNING public_id)"
        " INSERT INTO parties_address (public_id, buyer_id, country, data) SELECT %s, b.public_id, %s, %s FROM b"
        " RETURNING buyer_id, public_id",
        [
            buyer.public_id, *sealed, email_index(email), locale,
            place.public_id, place.country, Address._meta.get_field("data").pre_save(place, True),
        ],
    )  # fmt: skip
    return str(rows[0][0]), str(rows[0][1])


_SEALED = ("email", "name", "phone")


def _fresh_buyer(email: str, name: str, locale: str, phone: str) -> tuple[Buyer, list[str]]:
    """Return an unsaved buyer with its sealed e-mail, name and phone; raise ContactFault."""
    for field, value, rule in contact_faults(email=email, name=name, phone=phone):
        raise ContactFault(field=field, value=value, rule=rule)
    fresh = Buyer(email=email.strip(), name=name.strip(), phone=phone.strip(), locale=locale)
    sealed = {field.name: field.pre_save(fresh, True) for field in Buyer._meta.concrete_fields if field.name in _SEALED}
    return fresh, [sealed[name] for name in _SEALED]


def _refuse_address(address: AddressData) -> None:
    faults = check(address)
    if faults:
        field, rule = faults[0]
        raise AddressFault(field=field, value=getattr(address, field, ""), rule=rule, faults=faults)
