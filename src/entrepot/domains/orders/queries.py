"""Reads of orders."""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from django.db.models import BigIntegerField, Count, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from entrepot.domains.orders.engine.fold import total_minor
from entrepot.domains.orders.engine.names import asked_parts
from entrepot.domains.orders.models import Order, OrderLine
from entrepot.domains.orders.types import (
    ChangedLines,
    DaySales,
    LineShares,
    OrderBrief,
    OrderChangeView,
    OrderRow,
    OrderView,
    PlacedQuote,
    Supplied,
    TimelineStep,
)
from entrepot.domains.parties.queries import email_index
from entrepot.domains.parties.types import AddressData
from entrepot.infra import crypto, db
from entrepot.infra.recall import recall
from entrepot.kernel.errors import NotFound
from entrepot.kernel.quote import FrozenQuote

_quote = msgspec.json.Decoder(FrozenQuote).decode
_address = msgspec.json.Decoder(AddressData).decode
_changes = msgspec.json.Decoder(tuple[OrderChangeView, ...]).decode
_timeline = msgspec.json.Decoder(tuple[TimelineStep, ...]).decode

_WHOLE = """
SELECT o.public_id::text, o.number, o.state, o.market, o.locale, o.currency, o.email, o.address_data, o.quote,
  o.placed_total_minor, o.placed_at, o.confirmed_at, o.buyer_id::text, o.buyer_name, o.hold_until,
  (SELECT jsonb_agg(jsonb_build_object('id', c.public_id, 'kind', c.kind, 'amount_minor', c.amount_minor,
     'reason', c.reason, 'at', c.at) ORDER BY c.id) FROM orders_orderchange c WHERE c.order_id = o.id)::text,
  (SELECT jsonb_agg(jsonb_build_object('kind', t.kind, 'at', t.at, 'params', t.params, 'for_buyer', t.for_buyer,
     'actor_kind', t.actor_kind) ORDER BY t.id) FROM orders_timelineentry t WHERE t.order_id = o.id)::text
FROM orders_order o WHERE
"""
_BRIEF = """
SELECT o.public_id::text, o.number, o.state, o.currency, o.placed_total_minor, o.placed_total_minor
    + (SELECT coalesce(sum(c.amount_minor), 0)::bigint FROM orders_orderchange c WHERE c.order_id = o.id),
  o.store_id::text, o.entity_id::text, o.locale, o.hold_until, o.market FROM orders_order o WHERE o.public_id = %s
"""
_CHANGED = (
    "(SELECT coalesce(sum(c.amount_minor), 0)::bigint FROM orders_orderchange c WHERE c.order_id = orders_order.id)"
)


def order(*, order_id: str = "", number: str = "", lock: bool = False) -> OrderView:
    """Return an order by public id or number, with changes and timeline, in one statement; raise NotFound.

    With `lock` (and an id) its state stays as returned until the caller's transaction ends.
    """
    if order_id:
        key = _as_id(order_id)
        return recall("orders", key, lambda: _whole("public_id", key, order_id, lock=lock), anew=lock)
    return _whole("number", number, number)


def _whole(column: str, key: Any, shown: str, *, lock: bool = False) -> OrderView:
    rows = db.fetch(f"{_WHOLE}o.{column} = %s{' FOR SHARE OF o' if lock else ''}", [key])
    if not rows:
        raise NotFound(kind="order", key=shown[:60])
    return _view(*rows[0])


def _view(
    public_id: str, number: str, state: Any, market: str, locale: str, currency: str, email: str, address: str,
    quote: str, placed_total_minor: int, placed_at: dt.datetime, confirmed_at: dt.datetime | None, buyer_id: str,
    buyer_name: str, hold_until: dt.datetime, changes_text: str | None, timeline: str | None,
) -> OrderView:  # fmt: skip
    changes = _changes(changes_text or "[]")
    return OrderView(
        id=public_id,
        number=number,
        state=state,
        market=market,
        locale=locale,
        currency=currency,
        email=_opened("email", email, public_id),
        address=_address(_opened("address_data", address, public_id)),
        quote=_quote(quote),
        placed_total_minor=placed_total_minor,
        total_minor=total_minor(placed_total_minor, changes),
        placed_at=placed_at,
        confirmed_at=confirmed_at,
        changes=changes,
        timeline=_timeline(timeline or "[]"),
        buyer_id=buyer_id,
        buyer_name=_opened("buyer_name", buyer_name, public_id),
        hold_until=hold_until,
    )


def _opened(column: str, envelope: str, public_id: str) -> str:
    return crypto.decrypt(envelope, f"orders_order.{column}.{public_id}") if envelope else ""


def brief(*, order_id: str, lock: bool = False) -> OrderBrief:
    """Return what a step needs to know of an order, without its quote and personal data; raise NotFound.

    With `lock` nobody else changes the order until the caller's transaction ends.
    """
    rows = db.fetch(f"{_BRIEF}{' FOR UPDATE OF o' if lock else ''}", [_as_id(order_id)])
    if not rows:
        raise NotFound(kind="order", key=order_id[:60])
    return OrderBrief(*rows[0])


def orders(
    *,
    state: str = "",
    market: str = "",
    text: str = "",
    store_id: str = "",
    ids: Sequence[str] | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    sort: str = "",
    limit: int = 50,
    before: str = "",
) -> list[OrderRow]:
    """Return orders, newest first.

    Args:
        text: a number (or its beginning), an e-mail address, or words of the buyer's name.
        store_id: narrows to one shop; `ids` to these orders; `since` and `until` to when they were placed (half-open).
        sort: "" newest first, "oldest", or "due" (whose hold ends first).
        before: the public id of the last row of the page before (ids sort by time). Raises NotFound when it is none.
    """
    rows: QuerySet[Any] = Order.objects.annotate(changed=_own(_CHANGED, BigIntegerField()))
    exact = {"state": state, "market": market, "store_id": store_id, "placed_at__gte": since, "placed_at__lt": until}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if ids is not None:
        rows = rows.filter(public_id__in=[_as_id(i) for i in ids])
    if text:
        rows = rows.filter(_text_filter(text.strip()))
    rows = _ordered(rows, sort, before)
    return [_row(row) for row in rows.defer("quote", "address_data", "email")[:limit]]


def _ordered(rows: QuerySet[Any], sort: str, before: str) -> QuerySet[Any]:
    last = _as_id(before) if before else None
    if sort == "oldest":
        return (rows.filter(public_id__gt=last) if last else rows).order_by("public_id")
    if sort != "due":
        return (rows.filter(public_id__lt=last) if last else rows).order_by("-public_id")
    if last:
        held = Order.objects.filter(public_id=last).values("hold_until")
        later = Q(hold_until__gt=Subquery(held)) | Q(hold_until=Subquery(held), public_id__gt=last)
        rows = rows.filter(later)
    return rows.order_by("hold_until", "public_id")


_OPEN_LINES = """
SELECT b.kind, b.ref, b.consignment_ref, b.warehouse, b.sku, b.quantity + coalesce(sum(l.quantity), 0)::int,
  b.goods_minor + coalesce(sum(l.goods_minor), 0)::bigint, b.duty_minor + coalesce(sum(l.duty_minor), 0)::bigint,
  b.fee_minor + coalesce(sum(l.fee_minor), 0)::bigint, b.tax_minor + coalesce(sum(l.tax_minor), 0)::bigint,
  b.gross_minor + coalesce(sum(l.amount_minor), 0)::bigint
FROM orders_orderline b JOIN orders_order o ON o.id = b.order_id LEFT JOIN orders_orderchangeline l ON l.line_id = b.id
WHERE o.public_id = %s GROUP BY b.id ORDER BY b.id
"""
_CHANGES = """
SELECT c.public_id::text, o.public_id::text, c.kind, c.reason, c.amount_minor, c.at, b.kind, b.ref, b.consignment_ref,
  b.warehouse, b.sku, l.quantity, l.goods_minor, l.duty_minor, l.fee_minor, l.tax_minor, l.amount_minor, l.stage
FROM orders_orderchange c JOIN orders_order o ON o.id = c.order_id
JOIN orders_orderchangeline l ON l.change_id = c.id JOIN orders_orderline b ON b.id = l.line_id
WHERE o.public_id = %s ORDER BY c.id, l.id
"""


def open_lines(*, order_id: str) -> tuple[LineShares, ...]:
    """Return what is left of each line of an order: placed less all its changes, in the order of the quote."""
    return tuple(LineShares(*row) for row in db.fetch(_OPEN_LINES, [_as_id(order_id)]))


def changed_lines(*, order_id: str) -> tuple[ChangedLines, ...]:
    """Return the changes of an order with their lines, oldest first. One statement."""
    found: dict[str, ChangedLines] = {}
    for row in db.fetch(_CHANGES, [_as_id(order_id)]):
        change = found.get(row[0]) or ChangedLines(*row[:6], lines=())
        found[row[0]] = msgspec.structs.replace(change, lines=(*change.lines, LineShares(*row[6:])))
    return tuple(found.values())


def placed_quotes(
    *, since: dt.datetime, until: dt.datetime, market: str = "", after: str = "", limit: int = 500
) -> list[PlacedQuote]:
    """Return orders placed between two moments (half-open) with what was quoted, oldest first.

    Args:
        market: "" for all. after: the public id of the last one of the page before.
    """
    rows = _placed_between(since, until, market)
    if after:
        rows = rows.filter(public_id__gt=_as_id(after))
    found = rows.order_by("public_id").values_list("public_id", "number", "market", "placed_at", "quote")[:limit]
    return [PlacedQuote(str(key), number, code, at, _quote(body)) for key, number, code, at, body in found]


def count_placed(*, since: dt.datetime, until: dt.datetime, market: str = "") -> int:
    """Return how many orders were placed between two moments (half-open), in a market or in all."""
    return _placed_between(since, until, market).count()


def _placed_between(since: dt.datetime, until: dt.datetime, market: str) -> QuerySet[Any]:
    rows = Order.objects.filter(placed_at__gte=since, placed_at__lt=until)
    return rows.filter(market=market) if market else rows


def order_for_quote(quote_id: str) -> str | None:
    """Return the public id of the order made from a quote, None when there is none."""
    found = Order.objects.filter(quote_id=_as_id(quote_id)).values_list("public_id", flat=True).first()
    return str(found) if found else None


def placed_lines(*, order_id: str) -> tuple[tuple[str, str, int], ...]:
    """Return (warehouse, sku, quantity) of an order's goods, as placed."""
    rows = OrderLine.objects.filter(order__public_id=_as_id(order_id), kind="goods").order_by("id")
    return tuple(rows.values_list("warehouse", "sku", "quantity"))


_OPEN_HOLDS = """
SELECT count(*) FILTER (WHERE email_index = %(email)s OR cart_id = %(cart)s::uuid),
       count(*) FILTER (WHERE network_index = %(network)s AND network_index <> '')
FROM orders_order WHERE state = 'placed'
 AND (email_index = %(email)s OR cart_id = %(cart)s::uuid OR (network_index = %(network)s AND network_index <> ''))
"""


def open_holds(*, email: str, cart_id: str = "", network: str = "") -> tuple[int, int]:
    """Return how many unpaid orders hold stock for an e-mail address or a cart, and how many for a network address."""
    params = {
        "email": email_index(email),
        "cart": _as_id(cart_id) if cart_id else None,
        "network": network_index(network),
    }
    return db.fetch(_OPEN_HOLDS, params)[0]  # type: ignore[return-value]


def network_index(network: str) -> str:
    """Return the keyed hash of a network address by which open orders are counted, "" for none."""
    return crypto.blind_index(network, "orders.network") if network else ""


def due_orders(*, at: dt.datetime, limit: int = 100, after: str = "") -> tuple[str, ...]:
    """Return the public ids of placed orders whose hold has ended, the oldest first; `after` is the last id already seen."""
    rows = Order.objects.filter(state="placed", hold_until__lte=at).order_by("public_id")
    if after:
        rows = rows.filter(public_id__gt=_as_id(after))
    return tuple(str(i) for i in rows.values_list("public_id", flat=True)[:limit])


def unpaid_orders(
    *, placed_before: dt.datetime, placed_after: dt.datetime, held_after: dt.datetime, limit: int = 100
) -> tuple[str, ...]:
    """Return the public ids of orders placed between two moments, not paid and still held at a third, oldest first."""
    rows = Order.objects.filter(state="placed", hold_until__gt=held_after).order_by("public_id")
    rows = rows.filter(placed_at__lte=placed_before, placed_at__gt=placed_after)
    return tuple(str(i) for i in rows.values_list("public_id", flat=True)[:limit])


def counts() -> dict[str, int]:
    """Return how many orders stand in each state."""
    return dict(Order.objects.values_list("state").annotate(number=Count("id")).order_by())


_SALES = """
WITH o AS (SELECT id, (placed_at AT TIME ZONE %(zone)s)::date AS day, market, currency FROM orders_order
           WHERE placed_at >= %(since)s AND placed_at < %(until)s AND confirmed_at IS NOT NULL),
l AS (SELECT o.*, b.kind, b.goods_minor + coalesce(c.goods, 0) AS goods, b.duty_minor + coalesce(c.duty, 0) AS duty,
        b.fee_minor + coalesce(c.fee, 0) AS fee, b.tax_minor + coalesce(c.tax, 0) AS tax,
        b.gross_minor + coalesce(c.amount, 0) AS gross
      FROM o JOIN orders_orderline b ON b.order_id = o.id
      LEFT JOIN LATERAL (SELECT sum(goods_minor) AS goods, sum(duty_minor) AS duty, sum(fee_minor) AS fee,
        sum(tax_minor) AS tax, sum(amount_minor) AS amount FROM orders_orderchangeline WHERE line_id = b.id) c ON true)
SELECT day, market, currency, count(DISTINCT id), coalesce(sum(goods) FILTER (WHERE kind = 'goods'), 0)::bigint,
  coalesce(sum(goods) FILTER (WHERE kind = 'freight'), 0)::bigint, sum(duty)::bigint, sum(fee)::bigint,
  sum(tax)::bigint, sum(gross)::bigint
FROM l GROUP BY day, market, currency ORDER BY day, market, currency
"""
_SUPPLIED = """
WITH o AS MATERIALIZED (
  SELECT o.id, (o.placed_at AT TIME ZONE %(zone)s)::date AS day, o.currency, q.country, q.region, q.customer
  FROM orders_order o, LATERAL jsonb_to_record(o.quote::jsonb) AS q(country text, region text, customer text)
  WHERE o.placed_at >= %(since)s AND o.placed_at < %(until)s AND o.confirmed_at IS NOT NULL AND o.entity_id = %(entity)s),
l AS (SELECT o.*, b.warehouse, b.goods_minor + coalesce((SELECT sum(c.goods_minor) FROM orders_orderchangeline c
        WHERE c.line_id = b.id), 0) AS minor FROM o JOIN orders_orderline b ON b.order_id = o.id),
s AS (SELECT id, day, warehouse, country, region, customer, currency, sum(minor) AS minor,
        row_number() OVER (PARTITION BY id ORDER BY sum(minor) DESC, warehouse) AS place
      FROM l GROUP BY 1, 2, 3, 4, 5, 6, 7)
SELECT day, warehouse, country, region, coalesce(customer, 'consumer'), currency, sum(minor)::bigint,
  count(*) FILTER (WHERE place = 1 AND minor > 0)
FROM s GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
"""
_UNITS = """
SELECT b.sku, sum(b.quantity + coalesce(c.quantity, 0))::bigint FROM orders_order o
JOIN orders_orderline b ON b.order_id = o.id AND b.kind = 'goods'
LEFT JOIN LATERAL (SELECT sum(quantity) AS quantity FROM orders_orderchangeline WHERE line_id = b.id) c ON true
WHERE o.placed_at >= %s AND o.placed_at < %s AND o.confirmed_at IS NOT NULL GROUP BY b.sku
"""
_WORTH = """
SELECT o.currency, sum(o.placed_total_minor + coalesce(c.amount, 0))::bigint FROM orders_order o
LEFT JOIN LATERAL (SELECT sum(amount_minor) AS amount FROM orders_orderchange WHERE order_id = o.id) c ON true
WHERE o.public_id = ANY(%s::uuid[]) OR o.state = %s GROUP BY o.currency
"""


def sales(*, since: dt.datetime, until: dt.datetime, zone: str) -> tuple[DaySales, ...]:
    """Return what was ordered between two moments and paid, by day (in a time zone), market and currency; one statement.

    What was called off or refunded since is taken off; its order still counts.
    """
    rows = db.fetch(_SALES, {"since": since, "until": until, "zone": zone})
    return tuple(DaySales(*row) for row in rows)


def supplied(*, entity_id: str, since: dt.datetime, until: dt.datetime, zone: str) -> tuple[Supplied, ...]:
    """Return what an entity sold between two moments and was paid, by day (in a time zone), warehouse and place; one statement.

    An order counts once, at the warehouse that most of it leaves from, and not at all when nothing of it is left. It opens every quote of the time (about 2 ms each hundred): for nightly work, not for a page that is asked often.
    """
    rows = db.fetch(_SUPPLIED, {"entity": entity_id, "since": since, "until": until, "zone": zone})
    return tuple(Supplied(*row) for row in rows)


def units_sold(*, since: dt.datetime, until: dt.datetime) -> dict[str, int]:
    """Return how many units of each SKU were ordered between two moments and paid, less what was taken back."""
    return dict(db.fetch(_UNITS, [since, until]))


def worth(*, order_ids: Sequence[str] = (), state: str = "") -> dict[str, int]:
    """Return the totals of some orders, or of all in a state, in minor units by currency; one statement."""
    return dict(db.fetch(_WORTH, [list(order_ids), state]))


def is_of(*, order_id: str, email: str) -> bool:
    """Say whether an order was placed with an e-mail; one statement."""
    return Order.objects.filter(public_id=order_id, email_index=email_index(email)).exists()


def access_token(*, order_id: str) -> str:
    """Return the token that lets whoever holds it open the order's page: `/<locale>/order/<id>?t=<token>`."""
    return crypto.blind_index(str(order_id), "orders.access")[:40]


def may_open(*, order_id: str, token: str) -> bool:
    """Say whether a token opens the page of an order; takes the same time whatever the token."""
    return hmac.compare_digest(access_token(order_id=order_id).encode(), token.encode("utf-8", "replace"))


def _own(sql: str, field: Any) -> RawSQL:
    return RawSQL(sql, [], output_field=field)  # noqa: S611 only the constants of this module


def _text_filter(text: str) -> Q:
    if "@" in text:
        return Q(email_index=email_index(text))
    numbered = Q(number__istartswith=text if text[:2].upper() == "E-" else f"E-{text}")
    words, together = asked_parts(text)
    if not words or any(sign.isdigit() for sign in together):
        return numbered
    named = Q(name_index__contains=name_hashes(words)) | Q(name_index__contains=name_hashes((together,)))
    return numbered | named


def name_hashes(parts: Sequence[str]) -> list[str]:
    """Return the keyed hashes under which parts of a buyer's name are found."""
    return [crypto.blind_index(part, "orders.buyer_name")[:24] for part in parts]


def _row(row: Any) -> OrderRow:
    return OrderRow(
        id=str(row.public_id),
        number=row.number,
        state=row.state,
        market=row.market,
        currency=row.currency,
        total_minor=row.placed_total_minor + row.changed,
        consignments=row.consignments,
        buyer_name=row.buyer_name,
        placed_at=row.placed_at,
    )


def _as_id(value: str) -> uuid.UUID:
    try:
        return uuid.UUID(str(value))
    except ValueError as fault:
        raise NotFound(kind="order", key=str(value)[:60]) from fault
