"""Writes of checkout."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.checkout.engine.quantities import quantity as checked
from entrepot.domains.checkout.errors import CartFull, NotForSale, QuoteAlreadyPlaced, QuoteExpired, UnknownSku
from entrepot.domains.checkout.models import Cart, Quote
from entrepot.domains.checkout.queries import as_id
from entrepot.domains.checkout.types import MAX_LINES, CartLine, CartView
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound
from entrepot.kernel.quote import FrozenQuote

_decode = msgspec.json.Decoder(FrozenQuote).decode


_PUT_IN = """
WITH c AS (
    UPDATE checkout_cart SET version = version + 1, updated_at = now() WHERE public_id = %(cart)s
    RETURNING id, market, locale, version
), written AS (
    INSERT INTO checkout_cartitem (cart_id, sku, quantity) SELECT id, %(sku)s, %(number)s FROM c
    ON CONFLICT (cart_id, sku) DO UPDATE SET quantity = excluded.quantity
)
SELECT c.market, c.locale, c.version, i.sku, i.quantity FROM c LEFT JOIN checkout_cartitem i ON i.cart_id = c.id ORDER BY i.id
"""
_TAKE_OUT = """
WITH c AS (
    UPDATE checkout_cart SET version = version + 1, updated_at = now() WHERE public_id = %(cart)s
    RETURNING id, market, locale, version
), gone AS (
    DELETE FROM checkout_cartitem i USING c WHERE i.cart_id = c.id AND i.sku = %(sku)s
)
SELECT c.market, c.locale, c.version, i.sku, i.quantity FROM c LEFT JOIN checkout_cartitem i ON i.cart_id = c.id ORDER BY i.id
"""


@service("checkout.create_cart")
def create_cart(*, actor: Actor, market: str, locale: str, store_id: str) -> str:
    """Create an empty cart in a market and return its public id."""
    row = Cart(store_id=store_id, market=market, locale=locale)
    db.insert(row)
    return str(row.public_id)


@service("checkout.set_line")
def set_line(*, actor: Actor, cart_id: str, sku: str, quantity: Any) -> CartView:
    """Set how many of a SKU are in the cart (0 takes it out) and return the cart as it then is.

    Raises:
        QuantityRule: not a whole number from 0 to 99.
        UnknownSku, NotForSale: there is no such article, or it is not published in the cart's market.
        CartFull: more than 50 different articles.
        NotFound: there is no such cart.
    """
    number = checked(quantity, sku=sku)
    key = as_id("cart", cart_id)
    rows = (
        db.fetch(_PUT_IN, {"cart": key, "sku": _storable(sku), "number": number})
        if number
        else db.fetch(_TAKE_OUT, {"cart": key, "sku": sku})
    )
    if not rows:
        raise NotFound(kind="cart", key=cart_id)
    # What is refused now is undone with the caller's transaction.
    cart = _changed(cart_id, rows, sku, number)
    if len(cart.lines) > MAX_LINES:
        raise CartFull(most=MAX_LINES, field="sku", value=sku, rule="")
    if number:
        _refuse_unsellable(sku, cart.market)
    return cart


def _changed(cart_id: str, rows: list[tuple[Any, ...]], sku: str, number: int) -> CartView:
    """The cart after a change, from its rows before it (a statement does not see what it writes itself)."""
    market, locale, version = rows[0][:3]
    held = {row[3]: row[4] for row in rows if row[3] is not None}
    held[sku] = number  # a line that is changed keeps its place, a new one comes last
    lines = tuple(CartLine(name, count) for name, count in held.items() if count)
    return CartView(id=str(cart_id), market=market, locale=locale, lines=lines, version=version)


@service("checkout.set_market")
def set_market(*, actor: Actor, cart_id: str, market: str, locale: str) -> None:
    """Move a cart to another market and language; its lines stay (a quote says which are not sold there)."""
    touched = db.execute(
        "UPDATE checkout_cart SET market = %s, locale = %s, version = version + 1, updated_at = now()"
        " WHERE public_id = %s",
        [market, locale, as_id("cart", cart_id)],
    )
    if not touched:
        raise NotFound(kind="cart", key=cart_id)


@service("checkout.freeze_quote")
def freeze_quote(*, actor: Actor, quote: FrozenQuote, cart_id: str | None = None) -> str:
    """Store a quote whole, for ever, and return its public id (the one it carries)."""
    db.execute(
        "INSERT INTO checkout_quote (public_id, cart_id, store_id, market, currency, total_minor, body, created_at,"
        " expires_at, placed_hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '')",
        [
            quote.id, cart_id or None, quote.store_id, quote.market, quote.currency, quote.total_minor,
            msgspec.json.encode(quote).decode(), quote.created_at, quote.expires_at,
        ],
    )  # fmt: skip
    return quote.id


@service("checkout.place")
def mark_quote_placed(
    *, actor: Actor, quote_id: str, at: dt.datetime, said_hash: str = ""
) -> tuple[FrozenQuote, str] | None:
    """Mark an open quote as placed and return it, with the public id of its cart ("" when it has none).

    A concurrent call for the same quote waits for the first. None when it was placed with the same `said_hash` before:
    the same click once more.

    Raises:
        QuoteExpired: `at` is not before its expiry; nothing was changed.
        QuoteAlreadyPlaced: it is an order already, placed with other words.
        NotFound: there is no such quote.
    """
    key = as_id("quote", quote_id)
    rows = db.fetch(
        "UPDATE checkout_quote SET placed_at = %s, placed_hash = %s WHERE public_id = %s AND placed_at IS NULL AND expires_at > %s"
        " RETURNING body, cart_id",
        [at, said_hash, key, at],
    )
    if rows:
        return _decode(rows[0][0]), str(rows[0][1] or "")
    columns = ("placed_at", "placed_hash", "expires_at", "body")
    found = Quote.objects.filter(public_id=key).values_list(*columns).first()
    if found is None:
        raise NotFound(kind="quote", key=quote_id)
    placed_at, placed_hash, expires_at, body = found
    if placed_at is not None and said_hash and placed_hash == said_hash:
        return None
    if placed_at is not None:
        raise QuoteAlreadyPlaced(quote_id=quote_id)
    raise QuoteExpired(
        quote_id=quote_id, expired_at=expires_at.isoformat(timespec="minutes"), because=_decode(body).expires_because
    )


@service("checkout.place")
def empty_cart(*, actor: Actor, cart_id: str) -> None:
    """Take everything out of a cart whose goods were ordered."""
    db.execute(
        "WITH c AS (UPDATE checkout_cart SET version = version + 1, updated_at = now()"
        " WHERE public_id = %s RETURNING id) DELETE FROM checkout_cartitem i USING c WHERE i.cart_id = c.id",
        [as_id("cart", cart_id)],
    )


@service("checkout.forget")
def forget_quotes(*, actor: Actor, before: dt.datetime) -> int:
    """Delete quotes made before a moment that never became an order; return how many."""
    return db.execute("DELETE FROM checkout_quote WHERE placed_at IS NULL AND created_at < %s", [before])


@service("checkout.forget")
def forget_carts(*, actor: Actor, older_than: dt.timedelta) -> int:
    """Delete carts that nobody touched for so long, by the database's clock, which wrote it down; return how many.

    A cart of which an order was made stays, for its quote names it.
    """
    rows = db.fetch(
        "WITH old AS (SELECT id FROM checkout_cart c WHERE c.updated_at < now() - %s::interval"
        " AND NOT EXISTS (SELECT FROM checkout_quote q WHERE q.cart_id = c.public_id) FOR UPDATE OF c SKIP LOCKED),"
        " gone AS (DELETE FROM checkout_cartitem i USING old WHERE i.cart_id = old.id)"
        " DELETE FROM checkout_cart c USING old WHERE c.id = old.id RETURNING c.id",
        [older_than],
    )
    return len(rows)


def _storable(sku: str) -> str:
    """Return a SKU that a column can hold; raise UnknownSku for what can be none."""
    if not sku or len(sku) > 100 or "\x00" in sku:
        shown = sku[:60].replace("\x00", "")
        raise UnknownSku(sku=shown, field="sku", value=shown, rule="")
    return sku


def _refuse_unsellable(sku: str, market: str) -> None:
    if catalogue.is_published(skus=[sku], market=market):
        return
    if not catalogue.variant_facts(skus=[sku]):
        raise UnknownSku(sku=sku, field="sku", value=sku, rule="")
    raise NotForSale(sku=sku, market=market, field="sku", value=sku, rule="")
