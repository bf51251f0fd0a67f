"""Confirm an order when its money is there: the one path, for cards and for methods that settle days later alike.

Money that comes for an order that has expired finds stock again or goes back in full; money that comes for a cancelled or
an already paid order, or that is not the placed total, goes back in full.
"""

from __future__ import annotations

import datetime as dt
import functools

from entrepot.domains.inventory import services as inventory
from entrepot.domains.inventory.errors import OutOfStock
from entrepot.domains.inventory.types import StockRequest
from entrepot.domains.orders import queries as order_queries
from entrepot.domains.orders import services as orders
from entrepot.domains.orders.types import OrderBrief
from entrepot.domains.payments import queries as payment_queries
from entrepot.domains.payments import services as payments
from entrepot.domains.payments.errors import RefundExceedsCapture
from entrepot.domains.payments.events import PaymentAccepted, PaymentCaptured, PaymentFailed, PaymentMismatched
from entrepot.flows.sell.tenders import take_credit, withdraw
from entrepot.infra import db, events
from entrepot.infra.crash import crash_point
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import DataFault


def confirm_order(event: PaymentCaptured | PaymentAccepted) -> None:
    """Confirm the order of a captured (or promised) payment, exactly once; runs in the transaction of the delivery.

    Amount and currency must be those placed, less the store credit set aside for the order. Otherwise, and for an order that cannot be confirmed any more, the whole
    amount goes back and the timeline says why.
    """
    at = moment()
    unpaid = isinstance(event, PaymentAccepted) and event.at_the_door
    confirmed = orders.confirm_order(
        actor=SYSTEM,
        order_id=event.order_id,
        amount_minor=event.amount_minor,
        currency=event.currency,
        at=at,
        unpaid=unpaid,
    )
    if confirmed:
        if isinstance(event, PaymentAccepted):
            take_credit(event.order_id, at)
        _allocate(event.order_id)
        crash_point("sell.confirmed")
        return
    order = order_queries.brief(order_id=event.order_id)
    if _with_credit(event, order, at):
        return
    if (event.amount_minor, event.currency) != (order.placed_total_minor, order.currency):
        give_back(event, order, "amount_differs", at)
    elif order.state != "expired":
        give_back(event, order, "paid_twice" if order.state != "cancelled" else "order_cancelled", at)
    elif _hold_again(order.id):
        orders.confirm_order(
            actor=SYSTEM,
            order_id=order.id,
            amount_minor=event.amount_minor,
            currency=event.currency,
            at=at,
            late=True,
            unpaid=unpaid,
        )
        _allocate(order.id)
    else:
        give_back(event, order, "sold_out_meanwhile", at)


def _with_credit(event: PaymentCaptured | PaymentAccepted, order: OrderBrief, at: dt.datetime) -> bool:
    """Confirm an order that a store credit pays in part, or in whole; False when that is not what is missing."""
    held = payment_queries.credit_held(order_id=order.id) if order.state == "placed" else 0
    whole = payment_queries.attempt(attempt_id=event.attempt_id).provider == payment_queries.HOUSE if held else False
    if not held or event.amount_minor + (0 if whole else held) != order.placed_total_minor:
        return False
    confirmed = orders.confirm_order(
        actor=SYSTEM, order_id=order.id, amount_minor=order.placed_total_minor, currency=event.currency, at=at
    )
    if confirmed:
        take_credit(order.id, at)
        _allocate(order.id)
    return confirmed


def give_back(event: PaymentCaptured | PaymentAccepted, order: OrderBrief, reason: str, at: dt.datetime) -> None:
    """Ask for a captured amount to go back in full, and write down why; once per attempt. A promise is called off.

    Where a cancellation has sent back this very payment already, another one of the order pays what is still owed.
    """
    if isinstance(event, PaymentAccepted):
        withdraw(order.id, event.attempt_id, at)
        return
    ask = functools.partial(
        payments.request_refund,
        actor=SYSTEM,
        order_id=order.id,
        amount_minor=event.amount_minor,
        reason=reason,
        key=f"give_back:{event.attempt_id}",
    )
    try:
        ask(attempt_id=event.attempt_id)
    except RefundExceedsCapture:
        ask()
    orders.return_late_money(
        actor=SYSTEM,
        order_id=order.id,
        amount_minor=event.amount_minor,
        reason=reason,
        at=at,
        params={"reason": reason, "amount_minor": str(event.amount_minor), "currency": event.currency},
    )


def note_failed_payment(event: PaymentFailed) -> None:
    """Write on the timeline that a payment was refused; the order stays placed, so that the buyer may try again."""
    orders.add_timeline(
        actor=SYSTEM,
        order_id=event.order_id,
        kind="payment_failed",
        params={"refusal": event.refusal},
        for_buyer=True,
        at=moment(),
    )


def note_mismatched_payment(event: PaymentMismatched) -> None:
    """Write on the timeline that another amount came in than was asked for; a person decides on it."""
    params = {
        "expected_minor": str(event.expected_minor),
        "expected_currency": event.expected_currency,
        "captured_minor": str(event.captured_minor),
        "captured_currency": event.captured_currency,
    }
    orders.add_timeline(
        actor=SYSTEM, order_id=event.order_id, kind="payment_mismatched", params=params, for_buyer=False, at=moment()
    )


def moment() -> dt.datetime:
    """Return the moment at which an event is handled, by the house's clock."""
    return events.moment()


def _allocate(order_id: str) -> None:
    if not inventory.allocate_stock(actor=SYSTEM, order_id=order_id):
        raise DataFault(what=f"order {order_id} is paid, but no stock is held for it")


def _hold_again(order_id: str) -> bool:
    requests = [StockRequest(*line) for line in order_queries.placed_lines(order_id=order_id)]
    try:
        with db.transaction():
            inventory.reserve_stock(actor=SYSTEM, order_id=order_id, requests=requests, expires_at=None)
    except OutOfStock:
        return False
    return True
