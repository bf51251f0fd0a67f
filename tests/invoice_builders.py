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
from entrepot.flows.price.landed_cost import LandedCost
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.quote import FrozenQuote, Promise, QuotedConsignment, QuotedLine
from entrepot.kernel.trade import Consignment
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
        "Seller Ltd.",
        "DE",
        ("1 Road", "10115 Berlin"),
        identifier="S-1",
        vat_id="DE123456789",
        tax_id="9144",
        city="Berlin",
    )
    buyer = TaxParty("Jonas Weber", "DE", ("2 Road", "22767 Hamburg"), city="Hamburg")
    fields: dict[str, Any] = {
        "number": "INV-2026-000001", "issued_on": DAY, "code": "380", "language": "en", "order_number": "E-1",
        "seller": seller, "buyer": buyer, "deliver_to": "DE", "supplied_on": DAY, "routes": {"C1": Route()}, "union": True,
        "terms": "At once.",
    }  # fmt: skip
    return invoice.Head(**{**fields, **other})


def quote_of(parcels: list[tuple[Consignment, LandedCost]], on: dt.date) -> FrozenQuote:
    """Return the quote of some consignments to one place, as `flows.price.assemble` would put it together."""
    consignments = tuple(_consignment(parcel, cost) for parcel, cost in parcels)
    moment = dt.datetime.combine(on, dt.time(), dt.UTC)
    first = parcels[0][0]
    sums = {
        name: sum(getattr(c, name) for c in consignments)
        for name in ("goods_minor", "freight_minor", "duty_minor", "fee_minor", "tax_minor", "total_minor")
    }
    return FrozenQuote(
        id="q", store_id="s", entity_id="e", market="M", country=first.destination_country, region=first.destination_region,
        postcode="", currency=first.currency, tax_display="included", tax_point=on, created_at=moment, expires_at=moment,
        expires_because="", consignments=consignments, fx=(), rules=(), customer=first.customer, **sums,
    )  # fmt: skip


def _consignment(parcel: Consignment, cost: LandedCost) -> QuotedConsignment:
    lines = []
    schemes = cost.line_schemes or (cost.tax_scheme,) * len(parcel.lines)
    for x, scheme in zip(parcel.lines, schemes, strict=True):
        goods, duty, fee, tax = cost.lines[x.ref]
        lines.append(
            QuotedLine(
                ref=x.ref, sku=x.sku, title=f"Thing {x.ref}", option="", picture="", quantity=x.quantity, goods_minor=goods,
                duty_minor=duty, fee_minor=fee, tax_minor=tax, gross_minor=goods + duty + fee + tax, hs_code=x.hs_code,
                origin=x.origin, mass_g=1, customs_description="", assumed=(), tax_category=x.tax_category,
                tax_scheme=scheme,
            )
        )  # fmt: skip
    day = dt.date(2026, 12, 1)
    return QuotedConsignment(
        ref=parcel.ref, warehouse=parcel.ref, warehouse_country=parcel.dispatch_country, warehouse_city="", service="", carrier="",
        service_name="", incoterm="DDP", importer_of_record="", scheme=cost.scheme, lines=tuple(lines), goods_minor=cost.goods_minor,
        freight_minor=cost.freight_minor, duty_minor=cost.duty_minor, fee_minor=cost.fee_minor, tax_minor=cost.tax_minor,
        freight_gross_minor=cost.freight_minor + cost.freight_tax_minor, total_minor=cost.total_minor, charges=tuple(cost.charges),
        promise=Promise(day, day, dt.datetime(2026, 12, 1, tzinfo=dt.UTC)), tax_scheme=cost.tax_scheme,
    )  # fmt: skip
