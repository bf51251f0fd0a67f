"""Give something of a confirmed order back: units of lines or an amount, before or after it left. The console previews it first.

One transaction: a change of the order with its shares, goods that have not left out of shipments and stock, money on its way
back. The books follow by the change's own event (`settle.post_change`), the provider is told by the schedule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from entrepot.domains.fulfilment import queries as fulfilment_queries
from entrepot.domains.fulfilment import services as fulfilment
from entrepot.domains.inventory import services as inventory
from entrepot.domains.orders import queries as order_queries
from entrepot.domains.orders import services as orders
from entrepot.domains.orders.engine import refunds
from entrepot.domains.orders.engine.refunds import Key
from entrepot.domains.orders.errors import MoneyNotHere, WholeOrder
from entrepot.domains.orders.types import ChangedLines, LineShares
from entrepot.domains.payments import queries as payment_queries
from entrepot.domains.payments import services as payments
from entrepot.domains.payments.types import Tender
from entrepot.infra import db
from entrepot.infra.crash import crash_point
from entrepot.kernel.actor import SYSTEM, Actor

RefundKind = Literal["release", "return", "goodwill"]


def preview(
    *,
    order_id: str,
    kind: RefundKind,
    units: Mapping[Key, int],
    amount_minor: int = 0,
    line: Key | None = None,
    currency: str = "",
) -> tuple[LineShares, ...]:
    """Return what a refund would take from each line, share by share (all negative); nothing is written.

    `currency` is for the words of a refusal. Raises NothingToRefund, RefundTooLarge.
    """
    left = order_queries.open_lines(order_id=order_id)
    if units:
        return refunds.by_units(left, refunds.with_freight(left, units) if kind == "release" else units)
    return refunds.by_amount([one for one in left if line is None or refunds.key(one) == line], amount_minor, currency)


def refund_order(
    *,
    actor: Actor,
    order_id: str,
    kind: RefundKind,
    reason: str,
    at: dt.datetime,
    units: Mapping[Key, int] | None = None,
    amount_minor: int = 0,
    line: Key | None = None,
    tender: Tender = "original",
) -> ChangedLines:
    """Give units of lines, or an amount, of a confirmed order back to its buyer; all or nothing.

    Args:
        kind: release (goods that have not left: they leave their shipment and are free again), return (they are expected
            back), goodwill (nothing comes back).
        units: (kind, ref) of a line → how many; else `amount_minor`, of one `line` or spread over the order.
        tender: the way the money goes back: as it came, as store credit, or by bank transfer (a person pays it).
    Raises:
        PermissionDenied: the actor lacks orders.refund.
        WrongState, NothingToRefund, RefundTooLarge, WholeOrder, MoneyNotHere: nothing was changed.
        StepRefused: goods to be released have left, or their label is being booked.
        RefundExceedsCapture, TenderNotPossible: the money is not there, or cannot go back this way.
    """
    actor.require("orders.refund")
    with db.transaction():
        order = order_queries.brief(order_id=order_id, lock=True)
        if payment_queries.promise(order_id=order_id) is not None:
            raise MoneyNotHere(number=order.number)
        gone = fulfilment_queries.left_house(order_id=order_id)
        chosen = dict(units or {})
        if kind == "release":
            chosen = _released(order_id, order.number, chosen, gone, at)
        change = orders.give_back(
            actor=actor,
            order_id=order_id,
            kind=kind,
            reason=reason,
            at=at,
            units=chosen,
            amount_minor=amount_minor,
            line=line,
            gone=gone,
        )
        payments.request_refunds(
            actor=SYSTEM,
            order_id=order_id,
            amount_minor=-change.amount_minor,
            reason=kind,
            key=f"change:{change.id}",
            tender=tender,
        )
        if kind == "release":
            _finish(order_id, gone, at)
        crash_point("sell.refunding")
    return change


def _released(
    order_id: str, number: str, units: dict[Key, int], gone: frozenset[str], at: dt.datetime
) -> dict[Key, int]:
    """Take goods out of their shipments and free their stock; return the units with the delivery of what is now empty."""
    left = order_queries.open_lines(order_id=order_id)
    chosen = refunds.with_freight(left, units)
    refunds.by_units(left, chosen)  # refuses what is not there before anything is touched
    if not gone and all(chosen.get(refunds.key(one), 0) == one.quantity for one in left):
        raise WholeOrder(number=number)
    goods = {one.ref: chosen[refunds.key(one)] for one in left if one.kind == "goods" and chosen.get(refunds.key(one))}
    fulfilment.take_out(actor=SYSTEM, order_id=order_id, lines=goods, at=at)
    inventory.release_units(
        actor=SYSTEM,
        order_id=order_id,
        items=[(one.warehouse, one.sku, goods[one.ref]) for one in left if one.kind == "goods" and one.ref in goods],
    )
    return chosen


def _finish(order_id: str, gone: frozenset[str], at: dt.datetime) -> None:
    """What was taken out may have been the last that was waited for."""
    if not gone or fulfilment_queries.unshipped(order_id=order_id):
        return
    orders.mark_shipped(actor=SYSTEM, order_id=order_id, at=at)
    if not fulfilment_queries.undelivered(order_id=order_id):
        orders.mark_delivered(actor=SYSTEM, order_id=order_id, at=at)
