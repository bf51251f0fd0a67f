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
    for field, value, rule in contact_faults(email=email, name=name, phone=phone):
        raise ContactFault(field=field, value=value, rule=rule)
    fresh = Buyer(email=email.strip(), name=name.strip(), phone=phone.strip(), locale=locale)
    sealed = [Buyer._meta.get_field(column).pre_save(fresh, True) for column in ("email", "name", "phone")]
    rows = db.fetch(
        "INSERT INTO parties_buyer (public_id, email, name, phone, email_index, locale)"
        " VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (email_index) DO UPDATE SET seen_at = now() RETURNING public_id",
        [fresh.public_id, *sealed, email_index(email), locale],
    )
    return str(rows[0][0])


@service("parties.record")
def record_address(*, actor: Actor, buyer_id: str, address: AddressData) -> str:
    """Record an address of a buyer and return its public id.

    Raises:
        AddressFault: it breaks the rules of its country; names the first field, and all of them in `faults`.
    """
    faults = check(address)
    if faults:
        field, rule = faults[0]
        raise AddressFault(field=field, value=getattr(address, field, ""), rule=rule, faults=faults)
    row = Address.objects.create(
        buyer_id=buyer_id, country=address.country_code, data=msgspec.json.encode(address).decode()
    )
    return str(row.public_id)
