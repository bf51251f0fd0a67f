"""What customs are told of a shipment: gathered from order, money and catalogue as they are now, checked, stored per parcel."""

from __future__ import annotations

import datetime as dt

import msgspec

from entrepot.domains.declarations import queries as declaration_queries
from entrepot.domains.declarations import services as declarations
from entrepot.domains.declarations.engine import dataset, modes, papers, values
from entrepot.domains.declarations.types import (
    DatasetGoods,
    DeclaredConsignment,
    GoodsData,
    OpenShare,
)
from entrepot.domains.fulfilment.types import ShipmentView
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.logistics.ports import CARRIERS
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets.errors import NoRate, StaleRate
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.types import OrderView
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.payments import queries as payments
from entrepot.flows.fulfil.gate import refuse_gaps, refuse_open_records, refuse_other_incoterm
from entrepot.flows.fulfil.parcel_facts import goods_data, parties_of
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.money import convert
from entrepot.kernel.quote import QuotedConsignment

SDR = "XDR"


def store_papers(*, shipment: ShipmentView, order: OrderView, at: dt.datetime) -> tuple[DatasetGoods, ...]:
    """Store the customs dataset of each parcel of a shipment (a new version only if something changed); return their goods.

    Values follow from the money captured, promised and given back until now, goods' data from the catalogue as confirmed
    until now; which papers each parcel needs is decided with it. Call it in a transaction.
    Raises CustomsDataMissing (ReceiverIdMissing, RecordIncomplete, IncotermChanged): a border is crossed, and a required field
    is missing, vague or only assumed, a declaration would be refused, or the service ships under other terms than were sold.
    """
    consignment = next(c for c in order.quote.consignments if c.ref == shipment.consignment_ref)
    entity = organisation.entity(entity_id=order.quote.entity_id)
    warehouse = inventory.warehouses()[shipment.warehouse]
    kind = CARRIERS.get(shipment.carrier).kind
    data = goods_data(consignment, {line.sku for line in shipment.lines})
    parties = parties_of(entity, warehouse, order, consignment.importer_of_record, shipment.carrier, on=at.date())
    packages = [dict(package.contents) for package in shipment.packages] or [
        {line.line_ref: line.quantity for line in shipment.lines}
    ]
    parts = values.share_out(_declared(order, consignment), packages, _masses(packages, shipment, data))
    stored = []
    for index, (part, package) in enumerate(zip(parts, packages, strict=True)):
        goods = dataset.build(
            order_number=order.number,
            shipment_id=shipment.id,
            consignment=consignment,
            declared=part,
            goods=data,
            destination=parties.consignee,
            place=order.address.city or order.address.country_area,
            seller_ids=entity.tax_ids,
            marks=declaration_queries.scheme_marks(),
            territories=declaration_queries.territories(),
            gross_mass_g=shipment.packages[index].mass_g if shipment.packages else shipment.mass_g,
            titles={line.line_ref: line.title for line in shipment.lines if line.line_ref in package},
            package=(index + 1, len(packages)),
            carrier_kind=kind,
            export_mode=modes.export_mode(
                warehouse.country, warehouse.kind, order.quote.customer, declaration_queries.mode_rules(), on=at.date()
            ),
            language=order.locale,
        )
        if goods.crosses_border and not index:
            refuse_gaps(order.id, goods, data, parties, on=at.date())
            refuse_other_incoterm(goods, shipment.service, on=at.date())
        goods = _with_papers(goods, on=at.date())
        refuse_open_records(order.id, goods, parties, on=at.date())
        stored.append(goods)
    for goods in stored:
        declarations.store_dataset(
            actor=SYSTEM,
            order_id=order.id,
            consignment_ref=shipment.consignment_ref,
            entity_id=entity.id,
            goods=goods,
            parties=parties,
            at=at,
        )
    return tuple(stored)


def _declared(order: OrderView, consignment: QuotedConsignment) -> DeclaredConsignment:
    """What a consignment is declared at: the fold of the order's changes, and the money that came, went and is promised."""
    money = payments.money(order_id=order.id)
    left = [
        OpenShare(
            line.kind, line.ref, line.quantity, line.goods_minor, line.duty_minor + line.fee_minor + line.tax_minor
        )
        for line in orders.open_lines(order_id=order.id)
    ]
    declared = values.declared_values(
        order.quote,
        money.captured_minor,
        money.refunded_minor,
        to_collect_minor=money.promised_minor,
        left=left,
    )
    return next(part for part in declared if part.ref == consignment.ref)


def _masses(packages: list[dict[str, int]], shipment: ShipmentView, data: dict[str, GoodsData]) -> list[int]:
    skus = {line.line_ref: line.sku for line in shipment.lines}
    return [sum(data[skus[ref]].mass_g * units for ref, units in package.items()) for package in packages]


def _with_papers(goods: DatasetGoods, *, on: dt.date) -> DatasetGoods:
    """Decide which papers a parcel needs. Without a rate for special drawing rights the fuller form is taken."""
    values_in: dict[str, int] = {}
    rates: dict[str, str] = {}
    for currency in sorted(declaration_queries.limit_currencies() | {SDR}) if goods.crosses_border else ():
        try:
            rate = markets.fx_quote(source_currency=goods.currency, target=currency, on=on)
        except (NoRate, StaleRate):
            continue
        values_in[currency] = convert(goods.goods_minor, goods.currency, currency, rate.rate)
        rates[currency] = f"{rate.rate.normalize():f} ({rate.source}, {rate.date})"
    value, words = values_in.pop(SDR, None), rates.pop(SDR, "")
    needed = papers.needed(dataset.parcel_facts(goods, value), declaration_queries.paper_rules(), on=on)
    return msgspec.structs.replace(
        goods, papers=needed, value_sdr_cents=value, sdr_rate=words, values_in=values_in, value_rates=rates
    )
