"""Writes of organisation."""

from typing import Any

from entrepot.domains.organisation.models import FeatureSwitch, LegalEntity, Store
from entrepot.domains.organisation.types import SWITCHES
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound


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
