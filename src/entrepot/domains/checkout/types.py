"""Frozen nouns of checkout; a quote is `kernel.quote.FrozenQuote`."""

from __future__ import annotations

import msgspec


class CartLine(msgspec.Struct, frozen=True):
    """So many of a SKU."""

    sku: str
    quantity: int


class CartView(msgspec.Struct, frozen=True):
    """A cart."""

    id: str
    market: str
    locale: str
    lines: tuple[CartLine, ...]
    version: int

    @property
    def count(self) -> int:
        """Units in the cart."""
        return sum(line.quantity for line in self.lines)
