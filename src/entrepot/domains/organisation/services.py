"""Writes of organisation."""

import re
from typing import Any

from entrepot.domains.organisation.models import FeatureSwitch, LegalEntity, Store, StoreText
from entrepot.domains.organisation.types import STORE_TEXTS, SWITCHES
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, InvalidInput, NotFound

MOST_SIGNS = 20_000
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


@service("organisation.set_up")
def set_up_entity(*, actor: Actor, code: str, **fields: Any) -> str:
    """Create or update a legal entity by its code and return its public id."""
    row, _ = LegalEntity.objects.update_or_create(code=code, defaults=fields)
    return str(row.public_id)


@service("organisation.set_up")
def set_up_store(*, actor: Actor, code: str, entity_code: str, **fields: Any) -> str:
    """Create or update a store by its code and return its public id."""
    entity = LegalEntity.objects.filter(code=entity_code).first()
    if entity is None:
        raise NotFound(kind="legal entity", key=entity_code)
    row, _ = Store.objects.update_or_create(code=code, defaults={"entity": entity, **fields})
    return str(row.public_id)


@service("organisation.set_up")
def set_contact(*, actor: Actor, store_code: str, contact_email: str, contact_phone: str = "") -> None:
    """Say where buyers reach a store; raise InvalidInput for an address that is none."""
    if contact_email and not _EMAIL.fullmatch(contact_email):
        raise InvalidInput(field="contact_email", value=contact_email, rule=N_("An e-mail address is name@place."))
    changed = Store.objects.filter(code=store_code).update(contact_email=contact_email, contact_phone=contact_phone)
    if not changed:
        raise NotFound(kind="store", key=store_code)


@service("organisation.set_up")
def set_store_text(*, actor: Actor, store_code: str, kind: str, language: str, text: str = "") -> None:
    """Store what a store tells its buyers, of one kind in one language; an empty text takes it away.

    Raises:
        InvalidInput: an unknown kind, or a text above 20,000 signs.
    """
    if kind not in STORE_TEXTS:
        raise InvalidInput(field="kind", value=kind, rule=N_("It is returns, terms or privacy."))
    if len(text) > MOST_SIGNS:
        raise InvalidInput(field="text", value=f"{len(text)}", rule=N_("A text has 20,000 signs at most."))
    store = Store.objects.filter(code=store_code).first()
    if store is None:
        raise NotFound(kind="store", key=store_code)
    if not text.strip():
        StoreText.objects.filter(store=store, kind=kind, language=language).delete()
        return
    StoreText.objects.update_or_create(store=store, kind=kind, language=language, defaults={"text": text.strip()})


@service("organisation.switch")
def set_switch(*, actor: Actor, name: str, on: bool) -> None:
    """Turn a feature on or off everywhere; raise NotFound for a switch that nothing reads."""
    if name not in SWITCHES:
        raise NotFound(kind="switch", key=name)
    FeatureSwitch.objects.update_or_create(name=name, store=None, defaults={"on": on})


@service("organisation.draw_number")
def draw_number(*, actor: Actor, entity_id: str, kind: str, year: int) -> int:
    """Draw the next gapless number of (entity, kind, year).

    Call it as the last statement but the insert of the document itself: the row stays locked until the commit, so that a
    rollback gives the number back and no gap can arise.
    """
    rows = db.fetch(
        "INSERT INTO organisation_numberseries (entity_id, kind, year, next_number)"
        " SELECT id, %s, %s, 2 FROM organisation_legalentity WHERE public_id = %s"
        " ON CONFLICT (entity_id, kind, year) DO UPDATE"
        " SET next_number = organisation_numberseries.next_number + 1 RETURNING next_number - 1",
        [kind, year, entity_id],
    )
    if not rows:
        raise NotFound(kind="legal entity", key=entity_id)
    return rows[0][0]
