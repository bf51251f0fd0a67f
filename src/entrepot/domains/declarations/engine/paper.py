"""What a commercial invoice says, as texts in their places. English: the language customs of every market accept."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from babel import Locale

from entrepot.domains.declarations.types import DatasetGoods, DatasetLine, Parties, Party
from entrepot.kernel.money import Money, exponent

_COUNTRIES = Locale("en").territories
# EORI and the number of a scheme (IOSS) go to the declarant with the electronic data, and on no paper a buyer sees.
_TAX_ID_NAMES = {
    "vat": "VAT",
    "ein": "EIN",
    "uscc": "USCC",
    "cr": "CR",
    "cpf": "CPF",
    "pccc": "PCCC",
    "tax_id": "Tax ID",
}

WORDS = {
    "title": "Commercial invoice",
    "number": "Invoice number",
    "seller": "Seller and exporter",
    "consignee": "Consignee",
    "dispatch": "Dispatched from",
    "phone": "Phone",
    "page": "Page",
    "signature": "For the seller, place and date",
    "columns": ["No.", "Description of goods", "HS code", "Origin", "Quantity", "Unit value", "Net kg", "Value"],
}


def invoice_content(
    goods: DatasetGoods, parties: Parties, *, number: str, issued_on: dt.date, tracking_number: str = ""
) -> dict[str, Any]:
    """Return the content of the invoice for `templates/commercial_invoice.typ`.

    Goods and freight stand apart; their sum is the invoice total under the incoterm named. Duty, tax and fees that the
    buyer paid are no part of it. The seller's number under a scheme is named, not printed.
    """
    country = _country(goods.destination_country)
    place = f"{goods.incoterm} {goods.place}, {country}" if goods.place else f"{goods.incoterm} {country}"
    facts = [
        ("Date", issued_on.isoformat()),
        ("Order", goods.order_number),
        ("Delivery terms", f"{place} (Incoterms 2020)"),
        ("Currency", goods.currency),
        ("Customs scheme", _scheme(goods)),
        (
            "Importer of record",
            f"{_words(goods.importer_of_record)}{f' ({parties.importer})' if parties.importer else ''}",
        ),
        ("Reason for export", "Sale of goods"),
    ]
    if goods.export_mode:
        facts.append(("Export mode", f"{goods.export_mode} ({goods.export_mode_reason})"))
    if tracking_number:
        facts.append(("Tracking number", tracking_number))
    currency = goods.currency
    inside = goods.total_minor - goods.goods_minor
    sums = [
        ("Value of goods", _amount(goods.goods_minor, currency), False),
        (
            "Freight to the place named" if inside else "Freight (not in the total)",
            _amount(goods.freight_minor, currency),
            False,
        ),
        (f"Invoice total, {goods.incoterm}", f"{currency} {_amount(goods.total_minor, currency)}", True),
        ("Net mass", f"{_kg(sum(line.net_mass_g for line in goods.lines))} kg", False),
        ("Gross mass", f"{_kg(goods.gross_mass_g)} kg", False),
        ("Package", f"{goods.package} of {goods.packages}", False),
    ]
    return {
        "title": f"{WORDS['title']} {number}",
        "number": number,
        "words": WORDS,
        "seller": _party(parties.seller),
        "consignee": _party(parties.consignee),
        "dispatch": _party(parties.dispatch),
        "facts": facts,
        "lines": [_line(index, line, currency) for index, line in enumerate(goods.lines, 1)],
        "sums": sums,
        "notes": [
            "Values are the prices paid by the consignee, without the import duty, taxes and fees collected with them.",
            "We declare that the particulars of this invoice are true and complete.",
        ],
        "footer": f"{parties.seller.name} · {number} · {goods.order_number}",
    }


def unit_value(total_minor: int, quantity: int, currency: str) -> str:
    """Return the value of one unit in major units: exact where it is, else with up to four more places (the total governs)."""
    places = exponent(currency)
    value = Decimal(total_minor).scaleb(-places) / quantity
    if value == round(value, places):
        return f"{value:,.{places}f}"
    whole, _, part = f"{value:,.{places + 4}f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(places, '0')}".rstrip(".")


def _line(index: int, line: DatasetLine, currency: str) -> dict[str, str]:
    return {
        "no": str(index),
        "description": line.description,
        "sku": line.sku,
        "hs": ".".join([line.hs_code[:4], line.hs_code[4:6], *([line.hs_code[6:]] if line.hs_code[6:] else [])]),
        "origin": line.origin,
        "quantity": str(line.quantity),
        "unit": unit_value(line.goods_minor, line.quantity, currency),
        "mass": _kg(line.net_mass_g),
        "total": _amount(line.goods_minor, currency),
    }


def _party(party: Party) -> dict[str, Any]:
    known = {
        name: number for key, number in sorted(party.tax_ids.items()) if (name := _TAX_ID_NAMES.get(key)) and number
    }
    return {
        "name": party.name,
        "local_name": party.local_name,
        "lines": list(party.lines),
        "country": _country(party.country),
        "phone": party.phone,
        "tax_ids": list(known.items()),
    }


def _country(code: str) -> str:
    return str(_COUNTRIES.get(code, code))


def _scheme(goods: DatasetGoods) -> str:
    named = goods.scheme_name or _words(goods.scheme)
    return f"{named} (number with the electronic declaration)" if goods.scheme_number else named


def _words(value: str) -> str:
    return value.replace("_", " ").capitalize()


def _amount(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).decimal():,.{exponent(currency)}f}"


def _kg(mass_g: int) -> str:
    return f"{Decimal(mass_g) / 1000:,.3f}"
