"""The shares of a sale that a document is made of: all of a quote, or what a change took, as amounts above zero. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from entrepot.domains.orders.types import LineShares
from entrepot.kernel.quote import FrozenQuote


def as_placed(quote: FrozenQuote) -> tuple[LineShares, ...]:
    """Return a quote's lines and freights as the shares an order is made of, in its order."""
    found = []
    for c in quote.consignments:
        for x in c.lines:
            amounts = (x.goods_minor, x.duty_minor, x.fee_minor, x.tax_minor, x.gross_minor)
            found.append(LineShares("goods", x.ref, c.ref, c.warehouse, x.sku, x.quantity, *amounts))
        tax = c.freight_gross_minor - c.freight_minor
        amounts = (c.freight_minor, 0, 0, tax, c.freight_gross_minor)
        found.append(LineShares("freight", c.ref, c.ref, c.warehouse, "", 1, *amounts))
    return tuple(found)


def taken(shares: Iterable[LineShares]) -> tuple[LineShares, ...]:
    """Return the shares that a change takes, as amounts above zero."""
    return tuple(
        msgspec.structs.replace(
            s,
            quantity=-s.quantity,
            **{n: -getattr(s, n) for n in ("goods_minor", "duty_minor", "fee_minor", "tax_minor", "gross_minor")},
        )
        for s in shares
    )
