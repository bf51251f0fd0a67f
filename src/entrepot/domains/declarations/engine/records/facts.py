"""What of a parcel's dataset may fill a field of a declaration, by name, as text.

Amounts are decimals with the places of their currency, masses kilograms with three places. Sums are exact: the values of the
articles make the goods value, their gross masses the parcel's.
"""

from __future__ import annotations

from decimal import Decimal

from babel import Locale

from entrepot.domains.declarations.types import DatasetGoods, DatasetLine, Parties, Party, RecordExtras
from entrepot.kernel.money import Money, exponent, split

Facts = dict[str, str]
_COUNTRIES = Locale("en").territories

SECRET = frozenset({"scheme_number"})
"""Facts for the declarant alone: they stand in the electronic record, on no paper and no page."""

TAX_IDS = ("vat", "cpf", "pccc", "cr", "uscc", "ein", "tax_id")
"""Which of a party's numbers its customs know it by; the first it has."""

STREET = 70
"""Signs of a line of street in the declarations of the Union; what is longer goes on in a second line."""


def head(goods: DatasetGoods, parties: Parties, extras: RecordExtras) -> Facts:
    """Return the facts that stand once in a declaration."""
    importer = parties.seller if goods.importer_of_record == "seller" else parties.consignee
    return {
        "order_number": goods.order_number,
        "parcel": f"{goods.order_number}/{goods.package}" if goods.packages > 1 else goods.order_number,
        "shipment": goods.shipment_id,
        "packages": "1",
        "parcels": str(goods.packages),
        "dispatch_country": goods.dispatch_country,
        "destination_country": goods.destination_country,
        "currency": goods.currency,
        "goods_value": amount(goods.goods_minor, goods.currency),
        "freight": amount(goods.freight_minor, goods.currency),
        "insurance": amount(0, goods.currency),
        "total": amount(goods.total_minor, goods.currency),
        "incoterm": goods.incoterm,
        "place": goods.place or goods.destination_country,
        "scheme": goods.scheme,
        "scheme_number": goods.scheme_number,
        "importer_of_record": goods.importer_of_record,
        "export_mode": goods.export_mode,
        "mode": goods.mode or "courier",
        "carrier_kind": goods.carrier_kind,
        "net_mass": kg(sum(line.net_mass_g for line in goods.lines)),
        "gross_mass": kg(goods.gross_mass_g),
        "lines": str(len(goods.lines)),
        "contents": "; ".join(line.description for line in goods.lines),
        "tracking_number": extras.tracking_number,
        "invoice_number": extras.invoice_number,
        "payment_reference": extras.payment_reference,
        "payment_provider": extras.payment_provider,
        "paid": "" if extras.paid_minor is None else amount(extras.paid_minor, goods.currency),
        "paid_on": extras.paid_on,
        "warehouse_to": extras.warehouse_to,
        **_party("seller", parties.seller),
        **_party("consignee", parties.consignee),
        **_party("importer", importer),
        **_party("dispatch", parties.dispatch),
    }


def items(goods: DatasetGoods) -> tuple[Facts, ...]:
    """Return the facts of each article, in the order of the dataset."""
    gross = split(goods.gross_mass_g, [line.net_mass_g for line in goods.lines]) if goods.lines else ()
    return tuple(
        _item(number, line, goods, mass) for number, (line, mass) in enumerate(zip(goods.lines, gross, strict=True), 1)
    )


def _item(number: int, line: DatasetLine, goods: DatasetGoods, gross_g: int) -> Facts:
    places = exponent(goods.currency)
    unit = Decimal(line.goods_minor).scaleb(-places) / max(1, line.quantity)
    return {
        "item": str(number),
        "sku": line.sku,
        "title": line.title or line.description,
        "description": line.description,
        "hs_code": line.hs_code,
        "origin": line.origin,
        "quantity": str(line.quantity),
        "item_value": amount(line.goods_minor, goods.currency),
        "unit_value": f"{round(unit, places + 4):f}",
        "item_net_mass": kg(line.net_mass_g),
        "item_gross_mass": kg(gross_g),
        "item_currency": goods.currency,
        "item_destination": goods.destination_country,
    }


def _party(role: str, party: Party) -> Facts:
    street = " ".join(party.parts.get("street", "").split())
    told = {
        "name": party.name,
        "local_name": party.local_name or party.name,
        "street": street[:STREET].strip(),
        "street_more": street[STREET:].strip(),
        "city": party.parts.get("city", "") or party.parts.get("region", "") or _country(party),
        "region": party.parts.get("region", ""),
        "postcode": party.parts.get("postcode", ""),
        "country": party.country,
        "phone": party.phone,
        "person": "legal" if party.business else "natural",
        "eori": party.tax_ids.get("eori", ""),
        "uscc": party.tax_ids.get("uscc", ""),
        "customs_code": party.tax_ids.get("cn_customs", "") or party.tax_ids.get("uscc", ""),
        "ein": party.tax_ids.get("ein", ""),
        "tax_id": next((party.tax_ids[kind] for kind in TAX_IDS if party.tax_ids.get(kind)), ""),
    }
    return {f"{role}_{key}": value for key, value in told.items()}


def _country(party: Party) -> str:
    """What stands for the city where a country is one and addresses name none (Singapore)."""
    return str(_COUNTRIES.get(party.country, "")) if party.parts else ""


def amount(minor: int, currency: str) -> str:
    """Return an amount as a plain decimal: 12.50, without grouping."""
    return f"{Money(minor, currency).decimal():.{exponent(currency)}f}"


def kg(mass_g: int) -> str:
    """Return a mass in kilograms with three places."""
    return f"{Decimal(mass_g) / 1000:.3f}"
