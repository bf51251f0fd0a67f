"""Frozen nouns of tax invoices and credit notes. Each field that the norm EN 16931 knows bears its number (BT-…).

Amounts are minor units of the document's currency; of a credit note they are above zero like those of an invoice.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

INVOICE_CODE, CREDIT_NOTE_CODE = "380", "381"


class TaxParty(msgspec.Struct, frozen=True):
    """Seller or buyer. `lines` are the address as the country writes it, for print; the rest is the same in parts.

    identifier BT-29/46, legal_id BT-30/47, vat_id BT-31/48, tax_id BT-32 (a seller's number that is no VAT number),
    email BT-34/49, street BT-35/50, city BT-37/52, postcode BT-38/53, region BT-39/54, country BT-40/55.
    """

    name: str
    country: str
    lines: tuple[str, ...] = ()
    other_name: str = ""
    identifier: str = ""
    legal_id: str = ""
    vat_id: str = ""
    tax_id: str = ""
    email: str = ""
    street: str = ""
    city: str = ""
    postcode: str = ""
    region: str = ""


class InvoiceLine(msgspec.Struct, frozen=True):
    """Goods (BG-25). net_minor BT-131 is the price of all units; price_minor BT-146 that of `price_quantity` BT-149 units.

    id BT-126, quantity BT-129, unit BT-130, name BT-153, sku BT-155, hs_code BT-158, origin BT-159, category BT-151,
    rate_ppm BT-152. `tax_minor` is the line's share of the tax. `kind` is goods, part (of a price, no unit of it),
    or what else stands as a line.
    """

    id: str
    kind: str
    name: str
    sku: str
    quantity: int
    net_minor: int
    price_minor: int
    price_quantity: int
    category: str
    rate_ppm: int
    tax_minor: int
    unit: str = "C62"
    hs_code: str = ""
    origin: str = ""
    ref: str = ""


class InvoiceCharge(msgspec.Struct, frozen=True):
    """Freight, duty, a fee or import tax laid out for the buyer (BG-21); with `allowance` something taken off (BG-20).

    amount_minor BT-99/92, name BT-104/97, code BT-105/98, category BT-102/95, rate_ppm BT-103/96.
    """

    kind: str
    name: str
    amount_minor: int
    category: str
    rate_ppm: int
    tax_minor: int = 0
    code: str = ""
    allowance: bool = False


class TaxGroup(msgspec.Struct, frozen=True):
    """The tax of one category and rate (BG-23). `parts` is how many amounts were rounded by themselves to make it.

    taxable_minor BT-116, tax_minor BT-117, category BT-118, rate_ppm BT-119, reason BT-120, reason_code BT-121.
    `name` is the tax's own name, in the document's language.
    """

    category: str
    rate_ppm: int
    taxable_minor: int
    tax_minor: int
    name: str = ""
    reason: str = ""
    reason_code: str = ""
    parts: int = 1


class InvoiceTotals(msgspec.Struct, frozen=True):
    """lines BT-106, allowances BT-107, charges BT-108, net BT-109, tax BT-110, gross BT-112, paid BT-113, rounding BT-114, due BT-115."""

    lines_minor: int
    allowances_minor: int
    charges_minor: int
    net_minor: int
    tax_minor: int
    gross_minor: int
    paid_minor: int
    rounding_minor: int
    due_minor: int


class HomeTax(msgspec.Struct, frozen=True):
    """The tax in the currency of the law (BT-6, BT-111), with the rate it was converted by: units per unit of the document's."""

    currency: str
    tax_minor: int
    rate: str
    source: str
    date: dt.date


class TaxInvoice(msgspec.Struct, frozen=True):
    """An invoice (code 380) or credit note (381), whole and frozen: what print and XML are made from.

    number BT-1, issued_on BT-2, code BT-3, currency BT-5, supplied_on BT-72, order_number BT-13, terms BT-20,
    notes BT-22, preceding BT-25 and its day BT-26, deliver_to BT-80.
    `profile` is en16931, or own where the norm cannot say what was charged (`why_own` says what): then there is no XML.
    `paid_by` are names of means of payment with their amounts.
    """

    number: str
    issued_on: dt.date
    code: Literal["380", "381"]
    currency: str
    language: str
    order_number: str
    seller: TaxParty
    buyer: TaxParty
    deliver_to: str
    supplied_on: dt.date
    lines: tuple[InvoiceLine, ...]
    charges: tuple[InvoiceCharge, ...]
    groups: tuple[TaxGroup, ...]
    totals: InvoiceTotals
    profile: Literal["en16931", "own"] = "en16931"
    why_own: str = ""
    notes: tuple[str, ...] = ()
    terms: str = ""
    preceding: str = ""
    preceding_on: dt.date | None = None
    home_tax: HomeTax | None = None
    paid_by: tuple[tuple[str, int], ...] = ()
    changes: tuple[str, ...] = ()


class InvoiceView(msgspec.Struct, frozen=True):
    """A row of the list of invoices and credit notes. `kind` is invoice or credit_note; amounts above zero."""

    id: str
    kind: Literal["invoice", "credit_note"]
    number: str
    order_id: str
    currency: str
    amount_minor: int
    tax_minor: int
    issued_at: dt.datetime
    document_id: str = ""
    change_id: str = ""


class BrokenRule(msgspec.Struct, frozen=True):
    """A rule that a document breaks: its id (BR-…), and what it says (a message id)."""

    id: str
    sentence: str


class NumberSeries(msgspec.Struct, frozen=True):
    """A series of numbers as issued; gapless when it begins with 1 and every number up to the last is there."""

    kind: str
    entity_id: str
    year: int
    count: int
    first: int
    last: int

    @property
    def gapless(self) -> bool:
        """Whether no number is missing; that none stands twice is the database's care."""
        return self.first == 1 and self.last == self.count
