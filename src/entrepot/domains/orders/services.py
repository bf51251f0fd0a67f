"""Writes of orders. Each step is one conditional update: whoever comes second is told the state he found."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from entrepot.domains.orders import queries
from entrepot.domains.orders.engine import states
from entrepot.domains.orders.engine.fold import base_lines
from entrepot.domains.orders.engine.names import name_parts
from entrepot.domains.orders.engine.refunds import Key, by_amount, by_units, negated, staged, total
from entrepot.domains.orders.errors import WrongState
from entrepot.domains.orders.events import (
    LateMoneyReturned,
    OrderCancelled,
    OrderChanged,
    OrderConfirmed,
    OrderDelivered,
    OrderExpired,
    OrderPlaced,
    OrderRefused,
    OrderShipped,
)
from entrepot.domains.orders.models import Order
from entrepot.domains.orders.queries import name_hashes, network_index
from entrepot.domains.orders.types import ChangedLines, ChangeKind, LineShares, OpenedOrder
from entrepot.domains.parties.queries import email_index
from entrepot.domains.parties.types import AddressData
from entrepot.infra import db
from entrepot.infra.events import publish
from entrepot.infra.ids import new_id
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound
from entrepot.kernel.event import Event
from entrepot.kernel.quote import FrozenQuote

_LINES_AND_FIRST_STEP = """
WITH lines AS (
    INSERT INTO orders_orderline (order_id, kind, ref, consignment_ref, warehouse, sku, quantity,
                                  goods_minor, duty_minor, fee_minor, tax_minor, gross_minor)
    SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[],
                             %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
)
INSERT INTO orders_timelineentry (order_id, kind, params, for_buyer, actor_kind, actor_id, at)
VALUES (%s, 'placed', '{}', true, %s, %s, %s)
"""


@service("checkout.place")
def open_order(
    *,
    actor: Actor,
    quote: FrozenQuote,
    cart_id: str,
    buyer_id: str,
    address_id: str,
    email: str,
    name: str,
    address: AddressData,
    locale: str,
    hold_until: dt.datetime,
    at: dt.datetime,
    network: str = "",
) -> OpenedOrder:
    """Open an order in state placed, with its lines; publish OrderPlaced. The database refuses a second one per quote.

    `network` is the network address it came from, "" when that is not to be counted (see `queries.open_holds`).
    """
    row = Order(
        quote_id=quote.id,
        cart_id=cart_id or None,
        store_id=quote.store_id,
        entity_id=quote.entity_id,
        buyer_id=buyer_id,
        address_id=address_id,
        market=quote.market,
        locale=locale,
        currency=quote.currency,
        placed_total_minor=quote.total_minor,
        consignments=len(quote.consignments),
        email=email.strip(),
        email_index=email_index(email),
        network_index=network_index(network),
        buyer_name=name.strip(),
        name_index=name_hashes(name_parts(name)),
        address_data=msgspec.json.encode(address).decode(),
        quote=msgspec.json.encode(quote).decode(),
        hold_until=hold_until,
        placed_at=at,
    )
    db.insert(row)
    columns = zip(*(msgspec.structs.astuple(draft) for draft in base_lines(quote)), strict=True)
    db.execute(_LINES_AND_FIRST_STEP, [row.pk, *map(list, columns), row.pk, actor.kind, actor.id[:60], at])
    order_id = str(row.public_id)
    hold_s = int((hold_until - at).total_seconds())
    publish(OrderPlaced(order_id, hold_s), aggregate=f"order:{order_id}")
    return OpenedOrder(id=order_id, number=row.number)


@service("orders.index_names")
def index_names(*, actor: Actor, limit: int = 500) -> int:
    """Make orders from before names were indexed findable by them, and return how many were done; 0: none is left."""
    rows = list(Order.objects.filter(name_index=None).only("id", "buyer_name").order_by("id")[:limit])
    for row in rows:
        row.name_index = name_hashes(name_parts(row.buyer_name))
    Order.objects.bulk_update(rows, ["name_index"])
    return len(rows)


@service("orders.confirm")
def confirm_order(
    *,
    actor: Actor,
    order_id: str,
    amount_minor: int,
    currency: str,
    at: dt.datetime,
    late: bool = False,
    unpaid: bool = False,
) -> bool:
    """Confirm an order whose placed total was paid to the minor unit; publish OrderConfirmed.

    Return False, with nothing changed, when its state, amount or currency do not allow it (the caller looks which).
    `late` confirms an expired order; the caller has held its stock again. `unpaid`: the money comes at the door.
    """
    step = "confirm_late" if late else "confirm"
    kind = "confirmed_late" if late else "confirmed"
    confirmed = db.execute(
        "WITH o AS (UPDATE orders_order SET state = %s, confirmed_at = %s, network_index = '' WHERE public_id = %s AND state = ANY(%s)"
        " AND placed_total_minor = %s AND currency = %s RETURNING id)"
        " INSERT INTO orders_timelineentry (order_id, kind, params, for_buyer, actor_kind, actor_id, at)"
        " SELECT id, %s, '{}', true, %s, %s, %s FROM o",
        [
            states.target(step), at, order_id, list(states.sources(step)), amount_minor, currency,
            kind, actor.kind, actor.id[:60], at,
        ],
    )  # fmt: skip
    if confirmed:
        publish(OrderConfirmed(order_id, late, unpaid), aggregate=f"order:{order_id}")
    return bool(confirmed)


@service("orders.expire")
def expire_order(*, actor: Actor, order_id: str, at: dt.datetime) -> bool:
    """Expire a placed order whose hold has ended; publish OrderExpired. False when it is not such a one (any more)."""
    rows = db.fetch(
        "UPDATE orders_order SET state = 'expired', network_index = '' WHERE public_id = %s AND state = ANY(%s) AND hold_until <= %s"
        " RETURNING number",
        [order_id, list(states.sources("expire")), at],
    )
    if rows:
        _tell(order_id, actor, "expired", {}, True, at, OrderExpired(order_id))
    return bool(rows)


@service("orders.cancel")
def cancel_order(*, actor: Actor, order_id: str, reason: str, at: dt.datetime, promised_minor: int = 0) -> int:
    """Call an order off: an append-only change with what is left of each line negated; publish OrderCancelled.

    Returns what was paid and must go back (0 when the order was not paid); `promised_minor` of it were to come at the door.
    Raises:
        WrongState: it has left, arrived, expired or was cancelled already.
    """
    return _cancel(actor, order_id, reason, at, promised_minor)


@service("orders.cancel_own")
def cancel_own_order(*, actor: Actor, order_id: str, reason: str, at: dt.datetime, promised_minor: int = 0) -> int:
    """Call one's own order off, like `cancel_order`; the door has made sure that it is the buyer's own."""
    return _cancel(actor, order_id, reason, at, promised_minor)


@service("orders.ship")
def mark_shipped(*, actor: Actor, order_id: str, at: dt.datetime) -> bool:
    """Mark a confirmed order as shipped; publish OrderShipped. False when it is marked already, or has arrived.

    Raises WrongState for an order that is not paid, or was cancelled.
    """
    return _step(
        "ship", order_id, actor, "shipped", at, OrderShipped(order_id), harmless=("shipped", "delivered", "refused")
    )


@service("orders.deliver")
def mark_delivered(*, actor: Actor, order_id: str, at: dt.datetime) -> bool:
    """Mark a shipped order as delivered; publish OrderDelivered. False when it is marked already.

    Raises WrongState for an order that has not left.
    """
    return _step("deliver", order_id, actor, "delivered", at, OrderDelivered(order_id), harmless=("delivered",))


@service("orders.deliver")
def mark_refused(*, actor: Actor, order_id: str, at: dt.datetime) -> bool:
    """Mark a shipped order of which every parcel was refused at the door; publish OrderRefused. False when it is marked already.

    Raises WrongState for an order that has not left.
    """
    return _step("refuse", order_id, actor, "refused", at, OrderRefused(order_id), harmless=("refused",))


@service("orders.return_late_money")
def return_late_money(
    *, actor: Actor, order_id: str, amount_minor: int, reason: str, at: dt.datetime, params: dict[str, str]
) -> None:
    """Write down that captured money goes back in full, and publish LateMoneyReturned (mails and books follow it)."""
    _tell(
        order_id, actor, "money_returned", params, True, at, LateMoneyReturned(order_id, amount_minor, reason)
    )  # fmt: skip


@service("orders.add_timeline")
def add_timeline(
    *, actor: Actor, order_id: str, kind: str, params: dict[str, str], for_buyer: bool, at: dt.datetime | None = None
) -> None:
    """Add a step to an order's timeline. `kind` is a stable code, `params` fill its sentence; `at` None is now."""
    _write(order_id, actor, kind, params, for_buyer, at)


def _cancel(actor: Actor, order_id: str, reason: str, at: dt.datetime, promised_minor: int) -> int:
    rows = db.fetch(
        "WITH old AS (SELECT id, state FROM orders_order WHERE public_id = %s FOR UPDATE)"
        " UPDATE orders_order n SET state = %s, network_index = '' FROM old WHERE n.id = old.id AND old.state = ANY(%s)"
        " RETURNING n.id, old.state",
        [order_id, states.target("cancel"), list(states.sources("cancel"))],
    )
    if not rows:
        raise _refusal("cancel", order_id)
    key, state = rows[0]
    lines = [negated(line) for line in queries.open_lines(order_id=order_id) if line.quantity or line.gross_minor]
    change = _insert_change(key, order_id, "cancel", reason, lines, actor, at)
    confirmed = state != "placed"
    refund = max(0, -change.amount_minor - promised_minor) if confirmed else 0
    event = OrderCancelled(order_id, refund, change.id, confirmed)
    _tell(order_id, actor, "cancelled", {"reason": reason[:200]}, True, at, event)
    return refund


_CHANGE = """
WITH c AS (
    INSERT INTO orders_orderchange (public_id, order_id, kind, reason, amount_minor, actor_kind, actor_id, at)
    VALUES (%(id)s, %(order)s, %(kind)s, %(reason)s, %(amount)s, %(actor_kind)s, %(actor_id)s, %(at)s) RETURNING id
)
INSERT INTO orders_orderchangeline (change_id, line_id, quantity, amount_minor, goods_minor, duty_minor, fee_minor, tax_minor, stage)
SELECT c.id, b.id, t.quantity, t.gross, t.goods, t.duty, t.fee, t.tax, t.stage
FROM c CROSS JOIN unnest(%(kinds)s::text[], %(refs)s::text[], %(quantities)s::int[], %(gross)s::bigint[], %(goods)s::bigint[],
    %(duty)s::bigint[], %(fee)s::bigint[], %(tax)s::bigint[], %(stages)s::text[])
    AS t(kind, ref, quantity, gross, goods, duty, fee, tax, stage)
JOIN orders_orderline b ON b.order_id = %(order)s AND b.kind = t.kind AND b.ref = t.ref
"""


def _insert_change(
    key: int, order_id: str, kind: Any, reason: str, lines: Sequence[LineShares], actor: Actor, at: dt.datetime
) -> ChangedLines:
    change_id, amount = str(new_id()), total(lines)
    params = {
        "id": change_id,
        "order": key,
        "kind": kind,
        "reason": reason[:200],
        "amount": amount,
        "actor_kind": actor.kind,
        "actor_id": actor.id[:60],
        "at": at,
        "kinds": [line.kind for line in lines],
        "refs": [line.ref for line in lines],
        "quantities": [line.quantity for line in lines],
        "gross": [line.gross_minor for line in lines],
        "goods": [line.goods_minor for line in lines],
        "duty": [line.duty_minor for line in lines],
        "fee": [line.fee_minor for line in lines],
        "tax": [line.tax_minor for line in lines],
        "stages": [line.stage for line in lines],
    }
    db.execute(_CHANGE, params)
    return ChangedLines(change_id, order_id, kind, reason[:200], amount, at, tuple(lines))


@service("orders.refund")
def give_back(
    *,
    actor: Actor,
    order_id: str,
    kind: ChangeKind,
    reason: str,
    at: dt.datetime,
    units: Mapping[Key, int] | None = None,
    amount_minor: int = 0,
    line: Key | None = None,
    gone: Iterable[str] = (),
    for_buyer: bool = True,
) -> ChangedLines:
    """Take something from a confirmed order: units of lines, or else an amount; publish OrderChanged.

    An append-only change; what it takes of each share follows from `engine.refunds`. The order's row is locked, so that two
    of them follow each other. The caller requests the refund and posts the change in the same transaction.

    Args:
        kind: release (goods that have not left), return, goodwill or refused.
        units: (kind, ref) of a line → how many; a freight line has one.
        amount_minor, line: an amount, spread over the whole order or taken from one line.
        gone: the consignments that have left, so that the books know what was earned.
    Raises:
        WrongState: nothing of the order can be given back.
        NothingToRefund, RefundTooLarge: as `engine.refunds` says.
    """
    rows = db.fetch("SELECT id, number, state, currency FROM orders_order WHERE public_id = %s FOR UPDATE", [order_id])
    if not rows:
        raise NotFound(kind="order", key=order_id)
    key, number, state, currency = rows[0]
    if why := states.REFUND_REASONS[state]:
        raise WrongState(number=number, state=state, reason=why)
    left = queries.open_lines(order_id=order_id)
    if units:
        taken = by_units(left, units)
    else:
        taken = by_amount([one for one in left if line is None or (one.kind, one.ref) == line], amount_minor, currency)
    change = _insert_change(key, order_id, kind, reason, staged(taken, gone), actor, at)
    params = {"reason": reason[:200], "amount_minor": str(-change.amount_minor), "kind": kind}
    event = OrderChanged(order_id, change.id, kind, change.amount_minor)
    _tell(order_id, actor, "given_back", params, for_buyer, at, event)
    return change


def _step(
    name: str, order_id: str, actor: Actor, kind: str, at: dt.datetime, event: Event, *, harmless: tuple[str, ...]
) -> bool:
    rows = db.fetch(
        "UPDATE orders_order SET state = %s WHERE public_id = %s AND state = ANY(%s) RETURNING number",
        [states.target(name), order_id, list(states.sources(name))],
    )
    if rows:
        _tell(order_id, actor, kind, {}, True, at, event)
        return True
    refusal = _refusal(name, order_id)
    if refusal.params["state"] in harmless:
        return False
    raise refusal


def _refusal(step: str, order_id: str) -> WrongState:
    found = Order.objects.filter(public_id=order_id).values_list("number", "state").first()
    if found is None:
        raise NotFound(kind="order", key=order_id)
    return WrongState(number=found[0], state=found[1], reason=states.reason(step, found[1]))


def _tell(
    order_id: str, actor: Actor, kind: str, params: dict[str, str], for_buyer: bool, at: dt.datetime, event: Event
) -> None:
    _write(order_id, actor, kind, params, for_buyer, at)
    publish(event, aggregate=f"order:{order_id}")


def _write(
    order_id: str, actor: Actor, kind: str, params: dict[str, Any], for_buyer: bool, at: dt.datetime | None
) -> None:
    written = db.execute(
        "INSERT INTO orders_timelineentry (order_id, kind, params, for_buyer, actor_kind, actor_id, at)"
        " SELECT id, %s, %s::jsonb, %s, %s, %s, coalesce(%s::timestamptz, now()) FROM orders_order WHERE public_id = %s",
        [kind, json.dumps(params), for_buyer, actor.kind, actor.id[:60], at, order_id],
    )
    if not written:
        raise NotFound(kind="order", key=order_id)
