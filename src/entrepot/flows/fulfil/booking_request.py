"""What a carrier is asked to carry: one request per parcel, from its customs dataset."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.declarations import queries as declarations
from entrepot.domains.declarations.types import DatasetGoods
from entrepot.domains.fulfilment.types import ShipmentView
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.logistics import queries as logistics_queries
from entrepot.domains.logistics import services as logistics
from entrepot.domains.logistics.ports import CARRIERS
from entrepot.domains.logistics.types import BookingRequest, Collect, CustomsItem
from entrepot.domains.orders.types import OrderView
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.parties.engine.address import postal_lines
from entrepot.domains.parties.types import AddressData
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments.engine.collections import shares
from entrepot.kernel.actor import SYSTEM


def booking_requests(
    *, shipment: ShipmentView, order: OrderView, goods: tuple[DatasetGoods, ...], at: dt.datetime
) -> tuple[BookingRequest, ...]:
    """Return the requests of a shipment's parcels, each with its item number where its carrier lets us number. In a transaction.

    Raises NoNumbers when the carrier's range is used up.
    """
    return tuple(_request(shipment, order, one, at) for one in goods)


def _request(shipment: ShipmentView, order: OrderView, goods: DatasetGoods, at: dt.datetime) -> BookingRequest:
    warehouse = inventory.warehouses()[shipment.warehouse]
    key = _key(shipment.id, goods.package)
    number = ""
    if CARRIERS.get(shipment.carrier).numbers:
        number = logistics.draw_item_number(
            actor=SYSTEM,
            carrier=shipment.carrier,
            origin_country=warehouse.country,
            mass_g=goods.gross_mass_g,
            key=key,
        )
    consignment = next(c for c in order.quote.consignments if c.ref == shipment.consignment_ref)
    seller = organisation.entity(entity_id=order.quote.entity_id)
    return BookingRequest(
        shipment_id=key,
        service=shipment.service,
        sender={"name": warehouse.name, "city": warehouse.city, "country_code": warehouse.country, **warehouse.address},
        recipient=_recipient(order.address),
        mass_g=goods.gross_mass_g,
        currency=goods.currency,
        incoterm=goods.incoterm,
        scheme=goods.scheme,
        items=tuple(
            CustomsItem(
                sku=line.sku,
                description=line.description,
                hs_code=line.hs_code,
                origin=line.origin,
                quantity=line.quantity,
                value_minor=line.goods_minor,
                mass_g=line.net_mass_g,
            )
            for line in goods.lines
        ),
        freight_minor=goods.freight_minor,
        invoice_number=_invoice(shipment, goods.package),
        scheme_number=goods.scheme_number,
        number=number,
        order_number=order.number,
        service_name=consignment.service_name,
        package=goods.package,
        packages=goods.packages,
        exporter_ids=seller.tax_ids if goods.crosses_border else {},
        export_mode=goods.export_mode,
        recipient_lines=postal_lines(order.address),
        crosses_border=goods.crosses_border,
        at=at,
        collect=_collect(shipment, order) if goods.package == 1 else None,
    )


def _collect(shipment: ShipmentView, order: OrderView) -> Collect | None:
    """What the carrier collects at the door of this shipment, with its first box; None when nothing was promised there."""
    promise = payments.promise(order_id=order.id)
    if promise is None:
        return None
    refs = [consignment.ref for consignment in order.quote.consignments]
    amounts = shares(promise.amount_minor, [consignment.total_minor for consignment in order.quote.consignments])
    amount = amounts[refs.index(shipment.consignment_ref)]
    return Collect(promise.reference, shipment.id, amount, promise.currency)


def _key(shipment_id: str, package: int) -> str:
    """What makes the booking idempotent: another key for each further box, and for each label after a voided one."""
    parcels = logistics_queries.parcels(shipment_ids=[shipment_id], voided=True)
    void = sum(parcel.state == "voided" and parcel.package == package for parcel in parcels)
    return shipment_id + (f"-{package}" if package > 1 else "") + (f"-v{void}" if void else "")


def _invoice(shipment: ShipmentView, package: int) -> str:
    held = declarations.invoices(order_id=shipment.order_id)
    own = [i.number for i in held if i.consignment_ref == shipment.consignment_ref and i.package == package]
    return own[-1] if own else ""


def _recipient(address: AddressData) -> dict[str, str]:
    return {field: value for field in address.__struct_fields__ if (value := getattr(address, field))}
