"""Builders of invoiced orders, and of tax documents for the rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

from entrepot.domains.finance.engine import invoice
from entrepot.domains.finance.engine.tax_parts import Route
from entrepot.domains.finance.types import TaxParty
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.types import OrderView
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.fulfil.ship_shipment import ship_shipment
from entrepot.kernel.actor import SYSTEM
from tests import builders
from tests.fakes.carrier import carrying

DAY = dt.date(2026, 11, 25)


def shipped(
    lines: dict[str, int] | None = None, *, order: OrderView | None = None, market: str = "DE", **how: Any
) -> OrderView:
    """Return an order all of whose consignments have left, with everything delivered that follows."""
    key = order.id if order else builders.a_confirmed_order(lines, market=market, **how).order_id
    with carrying("sandbox"):
        for shipment in fulfilment.shipments(order_id=key):
            pick_shipment(actor=SYSTEM, shipment_id=shipment.id, at=builders.AT)
            pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=builders.AT)
            ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=builders.AT)
        builders.deliver_all()
    return orders.order(order_id=key)


def head(**other: Any) -> invoice.Head:
    """Return the head of an invoice from a German seller to a German buyer; other fields as given."""
    seller = TaxParty(
        "Seller Ltd.", "DE", ("1 Road", "10115 Berlin"), identifier="S-1", vat_id="DE123456789", city="Berlin"
    )
    buyer = TaxParty("Jonas Weber", "DE", ("2 Road", "22767 Hamburg"), city="Hamburg")
    fields: dict[str, Any] = {
        "number": "INV-2026-000001", "issued_on": DAY, "code": "380", "language": "en", "order_number": "E-1",
        "seller": seller, "buyer": buyer, "deliver_to": "DE", "supplied_on": DAY, "routes": {"C1": Route()}, "union": True,
        "terms": "At once.",
    }  # fmt: skip
    return invoice.Head(**{**fields, **other})
