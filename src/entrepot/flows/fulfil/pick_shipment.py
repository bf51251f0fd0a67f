"""A person takes the goods of a shipment off the shelves."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.fulfilment import services as fulfilment
from entrepot.infra import db
from entrepot.kernel.actor import Actor


def pick_shipment(*, actor: Actor, shipment_id: str, at: dt.datetime) -> None:
    """Record that the goods lie in the pick box. Raises StepRefused, NotFound."""
    with db.transaction():
        fulfilment.pick(actor=actor, shipment_id=shipment_id, at=at)
