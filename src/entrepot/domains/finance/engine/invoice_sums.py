"""What invoices must come to in the books. Pure.

Of an order the books hold, on the accounts of what was sold and what is owed for it, just what the buyer was charged: invoice
less credit notes. And on sales tax payable just the tax that these documents state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import msgspec

from entrepot.domains.finance.engine import accounts
from entrepot.domains.orders.types import ChangeKind

# What a buyer is charged stands on these by entries of these kinds; carriers' bills have a kind of their own.
SOLD = (
    accounts.DEFERRED_REVENUE,
    accounts.GOODS_REVENUE,
    accounts.FREIGHT_REVENUE,
    accounts.TAX_PAYABLE,
    accounts.IMPORT_TAX_PAYABLE,
    accounts.DUTY_PAYABLE,
    accounts.CUSTOMS_FEES_PAYABLE,
    accounts.NOT_RECOVERED,
    accounts.CARRIER_BILLS_TO_COME,
)
KINDS = ("sale", "dispatch", "reversal", *get_args(ChangeKind))


class OrderSum(msgspec.Struct, frozen=True):
    """Documents and books of one order, in minor units of its currency."""

    order_id: str
    currency: str
    invoiced_minor: int
    booked_minor: int
    invoiced_tax_minor: int
    booked_tax_minor: int

    @property
    def agrees(self) -> bool:
        """Whether documents and books say the same."""
        return (self.invoiced_minor, self.invoiced_tax_minor) == (self.booked_minor, self.booked_tax_minor)


def order_sum(
    order_id: str, currency: str, gross: int, tax: int, booked: Mapping[tuple[str, str, str], int]
) -> OrderSum:
    """Return an order's documents beside its books.

    Args:
        gross, tax: of the invoice less its credit notes.
        booked: (document, currency, account) → debits less credits, as `ledger.queries.document_sums` returns it.
    """
    document = f"order:{order_id}"
    return OrderSum(
        order_id,
        currency,
        gross,
        -sum(booked.get((document, currency, account), 0) for account in SOLD),
        tax,
        -booked.get((document, currency, accounts.TAX_PAYABLE), 0),
    )
