"""An order is a base plus changes: what is left of it is their fold."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from entrepot.domains.orders.types import OrderChangeView
from entrepot.kernel.quote import FrozenQuote


class LineDraft(msgspec.Struct, frozen=True):
    """A line of an order to be stored; the freight of a consignment is a line of kind freight. Amounts in minor units."""

    kind: str
    ref: str
    consignment_ref: str
    warehouse: str
    sku: str
    quantity: int
    goods_minor: int
    duty_minor: int
    fee_minor: int
    tax_minor: int
    gross_minor: int


def base_lines(quote: FrozenQuote) -> tuple[LineDraft, ...]:
    """Return the lines of an order; their gross amounts sum exactly to the quote's total.

    A freight line carries the freight in `goods_minor` and its tax in `tax_minor`.
    """
    lines: list[LineDraft] = []
    for c in quote.consignments:
        lines += [
            LineDraft(
                "goods", line.ref, c.ref, c.warehouse, line.sku, line.quantity, line.goods_minor, line.duty_minor,
                line.fee_minor, line.tax_minor, line.gross_minor,
            )
            for line in c.lines
        ]  # fmt: skip
        freight_tax = c.freight_gross_minor - c.freight_minor
        lines.append(
            LineDraft(
                "freight", c.ref, c.ref, c.warehouse, "", 1, c.freight_minor, 0, 0, freight_tax, c.freight_gross_minor
            )
        )
    return tuple(lines)


def total_minor(placed_minor: int, changes: Iterable[OrderChangeView]) -> int:
    """Return what the buyer owes after all changes: the placed total plus their signed amounts."""
    return placed_minor + sum(change.amount_minor for change in changes)
