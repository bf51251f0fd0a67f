"""What customs are told of a parcel, and what stops it from being labelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from entrepot.domains.declarations.types import (
    DatasetGoods,
    DatasetLine,
    DeclaredConsignment,
    GoodsData,
    Party,
    Problem,
    SchemeMark,
)
from entrepot.kernel.errors import N_, InvalidInput
from entrepot.kernel.quote import QuotedConsignment
from entrepot.kernel.trade import hs_code

FIELDS = {
    "hs_code": N_("HS code"),
    "origin": N_("country of origin"),
    "mass_g": N_("net mass"),
    "customs_description": N_("customs description"),
}
"""The fields every border asks for, with their names for people."""

PROBLEMS = {"missing": N_("missing"), "assumed": N_("only assumed")}

WHERE_TO_MEND = N_("Console → Customs data")


def problems(goods: Iterable[GoodsData]) -> tuple[Problem, ...]:
    """Return every required field that is missing, malformed or only assumed, by SKU then field."""
    found = []
    for item in sorted(goods, key=lambda g: g.sku):
        for field in FIELDS:
            if not getattr(item, field) or (field == "hs_code" and not _is_hs(item.hs_code)):
                found.append(Problem(sku=item.sku, field=field, problem="missing"))
            elif field in item.assumed:
                found.append(Problem(sku=item.sku, field=field, problem="assumed"))
    return tuple(found)


def _is_hs(value: str) -> bool:
    try:
        return bool(hs_code(value))
    except InvalidInput:
        return False


def crosses_border(origin_country: str, destination_country: str, territories: Mapping[str, str]) -> bool:
    """Say whether goods change customs territory; `territories` is country → territory, a missing one is its own."""
    return territories.get(origin_country, origin_country) != territories.get(destination_country, destination_country)


def build(
    *,
    order_number: str,
    shipment_id: str,
    consignment: QuotedConsignment,
    declared: DeclaredConsignment,
    goods: Mapping[str, GoodsData],
    destination: Party,
    place: str,
    seller_ids: Mapping[str, str],
    marks: Mapping[str, SchemeMark],
    territories: Mapping[str, str],
    gross_mass_g: int,
) -> DatasetGoods:
    """Return the dataset of one consignment in one parcel, with the goods' data as they are confirmed now.

    `goods` is by SKU; the seller's number appears only for a scheme that has a mark; `gross_mass_g` 0 means: as much as the goods.
    """
    lines = tuple(
        _line(line.ref, line.sku, line.quantity, line.goods_minor, goods[line.sku]) for line in declared.lines
    )
    mark = marks.get(consignment.scheme)
    return DatasetGoods(
        order_number=order_number,
        shipment_id=shipment_id,
        dispatch_country=consignment.warehouse_country,
        destination_country=destination.country,
        currency=declared.currency,
        incoterm=declared.incoterm,
        place=place,
        scheme=consignment.scheme,
        scheme_name=mark.name if mark else "",
        scheme_number=seller_ids.get(mark.tax_id, "") if mark else "",
        importer_of_record=consignment.importer_of_record,
        crosses_border=crosses_border(consignment.warehouse_country, destination.country, territories),
        lines=lines,
        goods_minor=declared.goods_minor,
        freight_minor=declared.freight_minor,
        total_minor=declared.total_minor,
        gross_mass_g=max(gross_mass_g, sum(line.net_mass_g for line in lines)),
    )


def _line(ref: str, sku: str, quantity: int, goods_minor: int, goods: GoodsData) -> DatasetLine:
    return DatasetLine(
        ref=ref,
        sku=sku,
        description=goods.customs_description,
        hs_code=goods.hs_code,
        origin=goods.origin,
        quantity=quantity,
        goods_minor=goods_minor,
        net_mass_g=goods.mass_g * quantity,
    )
