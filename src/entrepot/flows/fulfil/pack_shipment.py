"""A person puts the goods of a shipment into their box; the customs data of the parcel are settled with it."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.fulfilment import queries as fulfilment_queries
from entrepot.domains.fulfilment import services as fulfilment
from entrepot.domains.orders import queries as orders
from entrepot.flows.fulfil.customs_papers import store_papers
from entrepot.infra import db
from entrepot.kernel.actor import Actor


def pack_shipment(*, actor: Actor, shipment_id: str, at: dt.datetime, mass_g: int = 0) -> None:
    """Record that the goods are in their box, which weighs `mass_g` (0: as much as the goods), and store the dataset.

    The commercial invoice follows from the dataset's event. Raises StepRefused, NotFound, CustomsDataMissing; then
    nothing is changed and the goods stay picked.
    """
    with db.transaction():
        fulfilment.pack(actor=actor, shipment_id=shipment_id, at=at, mass_g=mass_g)
        shipment = fulfilment_queries.shipment(shipment_id=shipment_id)
        store_papers(shipment=shipment, order=orders.order(order_id=shipment.order_id), at=at)
