"""A frozen document as UBL 2.1: Invoice or CreditNote with the norm's core (EN 16931-1, syntax binding CEN/TS 16931-3-2).

Amounts are written with the currency's decimals and never as floats. The result is bytes with an XML declaration; the same
document gives the same bytes.
"""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree as ET

from entrepot.domains.finance.types import (
    CREDIT_NOTE_CODE,
    InvoiceCharge,
    InvoiceLine,
    TaxGroup,
    TaxInvoice,
    TaxParty,
)
from entrepot.kernel.money import exponent

CUSTOMIZATION = "urn:cen.eu:en16931:2017"
_ROOT = "urn:oasis:names:specification:ubl:schema:xsd:"
_CBC, _CAC = f"{_ROOT}CommonBasicComponents-2", f"{_ROOT}CommonAggregateComponents-2"
NAMESPACES = {"cbc": _CBC, "cac": _CAC}
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML 1.0 has no way to write
for _prefix, _uri in NAMESPACES.items():
    ET.register_namespace(_prefix, _uri)


class _Writer:
    """Adds elements in the order of the schema; an empty text adds nothing."""

    def __init__(self, currency: str) -> None:
        self.currency = currency

    def group(self, parent: ET.Element, name: str) -> ET.Element:
        return ET.SubElement(parent, f"{{{_CAC}}}{name}")

    def text(self, parent: ET.Element, name: str, value: object, **attributes: str) -> None:
        told = _UNWRITABLE.sub("", str(value)).strip()
        if told:
            ET.SubElement(parent, f"{{{_CBC}}}{name.removeprefix('cbc:')}", attributes).text = told

    def amount(self, parent: ET.Element, name: str, minor: int, currency: str = "") -> None:
        code = currency or self.currency
        self.text(parent, name, digits(minor, code), currencyID=code)

    def category(self, parent: ET.Element, name: str, code: str, rate_ppm: int, group: TaxGroup | None = None) -> None:
        inner = self.group(parent, name)
        self.text(inner, "cbc:ID", code)
        if code != "O":
            self.text(inner, "Percent", percent(rate_ppm))
        if group is not None:
            self.text(inner, "TaxExemptionReasonCode", group.reason_code)
            self.text(inner, "TaxExemptionReason", group.reason)
        self.text(self.group(inner, "TaxScheme"), "cbc:ID", "VAT")


def digits(minor: int, currency: str) -> str:
    """Return an amount as the XML writes it: 12.30."""
    places = exponent(currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"


def percent(rate_ppm: int) -> str:
    """Return a rate as a percentage without needless noughts: 19, 8.1."""
    return f"{Decimal(rate_ppm) / 10_000:f}".rstrip("0").rstrip(".") if rate_ppm % 10_000 else str(rate_ppm // 10_000)


def document(one: TaxInvoice) -> bytes:
    """Return the UBL file of an invoice or credit note; ask `rules.broken` first, and only of profile en16931."""
    credit = one.code == CREDIT_NOTE_CODE
    kind = "CreditNote" if credit else "Invoice"
    space = f"{_ROOT}{kind}-2"
    ET.register_namespace("", space)
    root, w = ET.Element(f"{{{space}}}{kind}"), _Writer(one.currency)
    w.text(root, "CustomizationID", CUSTOMIZATION)
    w.text(root, "cbc:ID", one.number)
    w.text(root, "IssueDate", one.issued_on.isoformat())
    w.text(root, f"{kind}TypeCode", one.code)
    for note in one.notes:
        w.text(root, "Note", note)
    w.text(root, "DocumentCurrencyCode", one.currency)
    if one.home_tax is not None:
        w.text(root, "TaxCurrencyCode", one.home_tax.currency)
    w.text(w.group(root, "OrderReference"), "cbc:ID", one.order_number)
    if one.preceding:
        reference = w.group(w.group(root, "BillingReference"), "InvoiceDocumentReference")
        w.text(reference, "cbc:ID", one.preceding)
        w.text(reference, "IssueDate", one.preceding_on.isoformat() if one.preceding_on else "")
    _party(w, w.group(w.group(root, "AccountingSupplierParty"), "Party"), one.seller, seller=True)
    _party(w, w.group(w.group(root, "AccountingCustomerParty"), "Party"), one.buyer, seller=False)
    _delivery(w, root, one)
    if one.terms:
        w.text(w.group(root, "PaymentTerms"), "Note", one.terms)
    for charge in one.charges:
        _charge(w, root, charge)
    _taxes(w, root, one)
    _totals(w, root, one)
    for line in one.lines:
        _line(w, root, line, "CreditNote" if credit else "Invoice")
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="utf-8")


def _party(w: _Writer, party: ET.Element, who: TaxParty, *, seller: bool) -> None:
    w.text(party, "EndpointID", who.email, schemeID="EM")
    if who.identifier:
        w.text(w.group(party, "PartyIdentification"), "cbc:ID", who.identifier)
    if who.other_name:
        w.text(w.group(party, "PartyName"), "Name", who.other_name)
    address = w.group(party, "PostalAddress")
    w.text(address, "StreetName", who.street)
    w.text(address, "CityName", who.city)
    w.text(address, "PostalZone", who.postcode)
    w.text(address, "CountrySubentity", who.region)
    w.text(w.group(address, "Country"), "IdentificationCode", who.country)
    for number, scheme in ((who.vat_id, "VAT"), (who.tax_id if seller else "", "TAX")):
        if number:
            tax = w.group(party, "PartyTaxScheme")
            w.text(tax, "CompanyID", number)
            w.text(w.group(tax, "TaxScheme"), "cbc:ID", scheme)
    legal = w.group(party, "PartyLegalEntity")
    w.text(legal, "RegistrationName", who.name)
    w.text(legal, "CompanyID", who.legal_id)


def _delivery(w: _Writer, root: ET.Element, one: TaxInvoice) -> None:
    delivery = w.group(root, "Delivery")
    w.text(delivery, "ActualDeliveryDate", one.supplied_on.isoformat())
    address = w.group(w.group(delivery, "DeliveryLocation"), "Address")
    w.text(w.group(address, "Country"), "IdentificationCode", one.deliver_to)


def _charge(w: _Writer, root: ET.Element, charge: InvoiceCharge) -> None:
    told = w.group(root, "AllowanceCharge")
    w.text(told, "ChargeIndicator", "false" if charge.allowance else "true")
    w.text(told, "AllowanceChargeReasonCode", charge.code)
    w.text(told, "AllowanceChargeReason", charge.name)
    w.amount(told, "Amount", charge.amount_minor)
    w.category(told, "TaxCategory", charge.category, charge.rate_ppm)


def _taxes(w: _Writer, root: ET.Element, one: TaxInvoice) -> None:
    total = w.group(root, "TaxTotal")
    w.amount(total, "TaxAmount", one.totals.tax_minor)
    for group in one.groups:
        part = w.group(total, "TaxSubtotal")
        w.amount(part, "TaxableAmount", group.taxable_minor)
        w.amount(part, "TaxAmount", group.tax_minor)
        w.category(part, "TaxCategory", group.category, group.rate_ppm, group)
    if one.home_tax is not None:
        w.amount(w.group(root, "TaxTotal"), "TaxAmount", one.home_tax.tax_minor, one.home_tax.currency)


def _totals(w: _Writer, root: ET.Element, one: TaxInvoice) -> None:
    sums, t = w.group(root, "LegalMonetaryTotal"), one.totals
    w.amount(sums, "LineExtensionAmount", t.lines_minor)
    w.amount(sums, "TaxExclusiveAmount", t.net_minor)
    w.amount(sums, "TaxInclusiveAmount", t.gross_minor)
    for name, minor in (
        ("AllowanceTotalAmount", t.allowances_minor),
        ("ChargeTotalAmount", t.charges_minor),
        ("PrepaidAmount", t.paid_minor),
        ("PayableRoundingAmount", t.rounding_minor),
    ):
        if minor:
            w.amount(sums, name, minor)
    w.amount(sums, "PayableAmount", t.due_minor)


def _line(w: _Writer, root: ET.Element, line: InvoiceLine, kind: str) -> None:
    told = w.group(root, f"{kind}Line")
    w.text(told, "cbc:ID", line.id)
    w.text(told, "CreditedQuantity" if kind == "CreditNote" else "InvoicedQuantity", line.quantity, unitCode=line.unit)
    w.amount(told, "LineExtensionAmount", line.net_minor)
    item = w.group(told, "Item")
    w.text(item, "Name", line.name)
    if line.sku:
        w.text(w.group(item, "SellersItemIdentification"), "cbc:ID", line.sku)
    if line.origin:
        w.text(w.group(item, "OriginCountry"), "IdentificationCode", line.origin)
    if line.hs_code:
        w.text(w.group(item, "CommodityClassification"), "ItemClassificationCode", line.hs_code, listID="HS")
    w.category(item, "ClassifiedTaxCategory", line.category, line.rate_ppm)
    price = w.group(told, "Price")
    w.amount(price, "PriceAmount", line.price_minor)
    w.text(price, "BaseQuantity", line.price_quantity, unitCode=line.unit)
