"""A person puts the goods of a shipment into their boxes; the customs data of the parcels are settled with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.fulfilment import queries as fulfilment_queries
from entrepot.domains.fulfilment import services as fulfilment
from entrepot.domains.fulfilment.engine import boxes
from entrepot.domains.fulfilment.errors import TooHeavyToShip
from entrepot.domains.fulfilment.types import PackageView, ShipmentView
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.types import OrderView
from entrepot.flows.fulfil.customs_papers import store_papers
from entrepot.infra import db
from entrepot.kernel.actor import Actor
from entrepot.kernel.money import split


def pack_shipment(
    *,
    actor: Actor,
    shipment_id: str,
    at: dt.datetime,
    mass_g: int = 0,
    packages: Sequence[PackageView] = (),
    accept_split: bool = False,
) -> None:
    """Record that the goods are in their boxes, and store the dataset of each parcel.

    `packages` are the boxes as measured; without them the goods lie in one box of `mass_g` (0: as much as the goods). Where
    that is too heavy for the service, the proposed split is packed if a person has accepted it. Packing list and commercial
    invoice follow from the dataset's event. Raises StepRefused, NotFound, TooHeavyToShip, TooHeavyArticle, WrongContents,
    CustomsDataMissing; then nothing is changed and the goods stay picked.
    """
    with db.transaction():
        shipment = fulfilment_queries.shipment(shipment_id=shipment_id)
        order = orders.order(order_id=shipment.order_id)
        if shipment.state == "picked" and not packages:
            packages = proposed_boxes(shipment=shipment, order=order, mass_g=mass_g, on=at.date())
            if packages and not accept_split:
                raise _too_heavy(shipment, order, mass_g, packages, at.date())
        fulfilment.pack(actor=actor, shipment_id=shipment_id, at=at, mass_g=mass_g, packages=packages)
        store_papers(shipment=fulfilment_queries.shipment(shipment_id=shipment_id), order=order, at=at)


def proposed_boxes(*, shipment: ShipmentView, order: OrderView, mass_g: int, on: dt.date) -> tuple[PackageView, ...]:
    """Return the boxes into which a shipment should be split, () when one box will do.

    `mass_g` is the weighed mass of all, 0: as much as the goods. The packing's mass goes over the boxes by their goods' mass.
    """
    limit, divisor = _limit(shipment, order, on)
    if not limit:
        return ()
    units = _units(shipment)
    net = sum(unit.mass_g * unit.quantity for unit in units)
    gross = max(mass_g, net)
    volume = sum(unit.volume_mm3 * unit.quantity for unit in units)
    if boxes.counted_g(gross, volume, divisor) <= limit:
        return ()
    fitting = boxes.proposal(units, max_g=limit * net // gross, divisor=divisor)
    shares = split(gross, [box.mass_g for box in fitting])
    return tuple(msgspec.structs.replace(box, mass_g=share) for box, share in zip(fitting, shares, strict=True))


def _units(shipment: ShipmentView) -> list[boxes.Unit]:
    facts = catalogue.variant_facts(skus=[line.sku for line in shipment.lines])
    return [
        boxes.Unit(
            line_ref=line.line_ref,
            sku=line.sku,
            quantity=line.quantity,
            mass_g=fact.mass_g,
            volume_mm3=fact.length_mm * fact.width_mm * fact.height_mm,
        )
        for line in shipment.lines
        if (fact := facts.get(line.sku))
    ]


def _limit(shipment: ShipmentView, order: OrderView, on: dt.date) -> tuple[int, int]:
    """The most a parcel may count as (0: no limit known) and the volumetric divisor, by the service's rate card."""
    origin = inventory.warehouses()[shipment.warehouse].country
    for rate in logistics.lane_rates(destination=order.address.country_code, on=on):
        if rate.service == shipment.service and rate.origin_country == origin:
            return rate.max_mass_g, rate.volumetric_divisor
    return 0, 0


def _too_heavy(
    shipment: ShipmentView, order: OrderView, mass_g: int, packages: Sequence[PackageView], on: dt.date
) -> TooHeavyToShip:
    limit, divisor = _limit(shipment, order, on)
    units = _units(shipment)
    volume = sum(unit.volume_mm3 * unit.quantity for unit in units)
    counted = boxes.counted_g(max(mass_g, sum(package.mass_g for package in packages)), volume, divisor)
    return TooHeavyToShip(
        key=f"{shipment.order_number}/{shipment.consignment_ref}",
        mass_kg=f"{counted / 1000:.1f}",
        max_kg=f"{limit / 1000:g}",
        count=len(packages),
        shipment_id=shipment.id,
        mass_g=mass_g,
    )
