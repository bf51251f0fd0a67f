"""How a rule is written down: an id of the norm, our own sentence, and a test over a frozen document."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from entrepot.domains.finance.types import InvoiceCharge, InvoiceLine, TaxInvoice

Test = Callable[[TaxInvoice], bool]


class Rule(msgspec.Struct, frozen=True):
    """`holds` says whether a document keeps it. `always`: also where the norm's XML is not offered."""

    id: str
    sentence: str
    holds: Test
    always: bool = True


def charged(one: TaxInvoice) -> list[InvoiceCharge]:
    """The document's charges without its allowances."""
    return [c for c in one.charges if not c.allowance]


def allowed(one: TaxInvoice) -> list[InvoiceCharge]:
    """The document's allowances."""
    return [c for c in one.charges if c.allowance]


def entries(one: TaxInvoice) -> list[InvoiceLine | InvoiceCharge]:
    """Lines, charges and allowances: all that bears a tax category."""
    return [*one.lines, *one.charges]


def signed(entry: InvoiceLine | InvoiceCharge) -> int:
    """What an entry adds to the taxable amount."""
    if isinstance(entry, InvoiceLine):
        return entry.net_minor
    return -entry.amount_minor if entry.allowance else entry.amount_minor
