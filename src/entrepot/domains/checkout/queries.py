"""Reads of checkout."""

from __future__ import annotations

import datetime as dt
import uuid

import msgspec
from django.db.models import QuerySet

from entrepot.domains.checkout.models import Quote
from entrepot.domains.checkout.types import CartLine, CartView, QuoteState
from entrepot.infra import db
from entrepot.kernel.errors import NotFound
from entrepot.kernel.quote import FrozenQuote

_decode = msgspec.json.Decoder(FrozenQuote).decode


_CART = (
    "SELECT c.market, c.locale, c.version, i.sku, i.quantity FROM checkout_cart c"
    " LEFT JOIN checkout_cartitem i ON i.cart_id = c.id WHERE c.public_id = %s ORDER BY i.id"
)


def cart(*, cart_id: str, lock: bool = False) -> CartView:
    """Return a cart with its lines in the order they were added; raise NotFound.

    With `lock` nobody else changes it until the caller's transaction ends.
    """
    rows = db.fetch(f"{_CART} FOR UPDATE OF c" if lock else _CART, [as_id("cart", cart_id)])
    if not rows:
        raise NotFound(kind="cart", key=cart_id)
    market, locale, version = rows[0][:3]
    lines = tuple(CartLine(sku, quantity) for *_, sku, quantity in rows if sku is not None)
    return CartView(id=str(cart_id), market=market, locale=locale, lines=lines, version=version)


def quote(*, quote_id: str) -> tuple[FrozenQuote, QuoteState]:
    """Return a frozen quote and whether it is open or placed (an open one may have expired: see `expires_at`)."""
    row = Quote.objects.filter(public_id=as_id("quote", quote_id))
    found = row.values_list("body", "placed_at").first()
    if found is None:
        raise NotFound(kind="quote", key=quote_id)
    return _decode(found[0]), "placed" if found[1] else "open"


def cart_of_quote(*, quote_id: str) -> str:
    """Return the public id of the cart a quote was made from, "" when it was made from none."""
    found = Quote.objects.filter(public_id=as_id("quote", quote_id)).values_list("cart_id", flat=True).first()
    return str(found) if found else ""


def quotes(*, limit: int = 50, before: str = "") -> list[tuple[FrozenQuote, QuoteState]]:
    """Return quotes, newest first, for the console. `before` is the id of the last one of the page before."""
    rows = Quote.objects.order_by("-public_id")
    if before:
        rows = rows.filter(public_id__lt=as_id("quote", before))
    return [(_decode(t), "placed" if p else "open") for t, p in rows.values_list("body", "placed_at")[:limit]]


def quotes_between(
    *, since: dt.datetime, until: dt.datetime, market: str = "", after: str = "", limit: int = 500
) -> list[FrozenQuote]:
    """Return quotes frozen between two moments (half-open), placed or not, oldest first.

    Args:
        market: "" for all. after: the id of the last one of the page before.
    """
    rows = _frozen_between(since, until, market)
    if after:
        rows = rows.filter(public_id__gt=as_id("quote", after))
    return [_decode(body) for body in rows.order_by("public_id").values_list("body", flat=True)[:limit]]


def count_between(*, since: dt.datetime, until: dt.datetime, market: str = "") -> int:
    """Return how many quotes were frozen between two moments (half-open), in a market or in all."""
    return _frozen_between(since, until, market).count()


def _frozen_between(since: dt.datetime, until: dt.datetime, market: str) -> QuerySet[Quote]:
    rows = Quote.objects.filter(created_at__gte=since, created_at__lt=until)
    return rows.filter(market=market) if market else rows


def as_id(kind: str, value: str) -> uuid.UUID:
    """Return a public id as a UUID; raise NotFound of that kind when it cannot be one."""
    try:
        return uuid.UUID(str(value))
    except ValueError as fault:
        raise NotFound(kind=kind, key=str(value)[:60]) from fault
