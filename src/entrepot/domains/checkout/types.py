"""Frozen nouns of checkout; a quote is `kernel.quote.FrozenQuote`."""

from __future__ import annotations

from typing import Literal

import msgspec

from entrepot.kernel.actor import Actor

QuoteState = Literal["open", "placed"]

MAX_QUANTITY = 99
MAX_LINES = 50

# What a visitor of the shop may do, on things whose unguessable id he holds.
BUYER_PERMISSIONS = frozenset(
    {
        "checkout.create_cart",
        "checkout.set_line",
        "checkout.set_market",
        "checkout.freeze_quote",
        "checkout.place",
        "parties.record",
        "orders.cancel_own",
    }
)


def buyer(id: str) -> Actor:
    """Return the actor of a visitor; `id` is the cart's, the buyer's or the order's public id."""
    return Actor("buyer", id, BUYER_PERMISSIONS)


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


class QuoteDifference(msgspec.Struct, frozen=True):
    """A part of the price that changed between two quotes, in minor units of the new quote's currency.

    `kind` is goods, freight, duty, fee, tax or total, or line, gone or new for a line (changed, or in one of them only); `sku` and
    `title` are "" for parts of the whole order.
    """

    kind: str
    sku: str
    title: str
    before_minor: int
    after_minor: int
