"""Call an order off before it leaves: a change of the order, free stock, cancelled shipments, money on its way back."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.fulfilment import queries as fulfilment_queries
from entrepot.domains.fulfilment import services as fulfilment
from entrepot.domains.fulfilment.errors import StepRefused
from entrepot.domains.inventory import services as inventory
from entrepot.domains.orders import queries as order_queries
from entrepot.domains.orders import services as orders
from entrepot.domains.orders.errors import AlreadyOnItsWay
from entrepot.domains.payments import services as payments
from entrepot.infra import db
from entrepot.infra.crash import crash_point
from entrepot.kernel.actor import SYSTEM, Actor


def cancel_order(*, actor: Actor, order_id: str, reason: str, at: dt.datetime) -> int:
    """Cancel an order and return what goes back to the buyer in minor units (0 when nothing was paid).

    Staff need orders.cancel and may cancel until the last parcel's label is booked; a buyer may call off his own order
    (the door has checked that it is his) until the warehouse begins to pick. All or nothing; the provider is told of the
    refund outside this transaction.

    Raises:
        WrongState: it has left, arrived, expired or was cancelled.
        AlreadyOnItsWay: a parcel is picked (buyer), or has left or is being booked (staff).
    """
    with db.transaction():
        own = actor.kind == "buyer"
        cancel = orders.cancel_own_order if own else orders.cancel_order
        # Nothing was charged of what is to come at the door: it is called off, and the books follow the cancellation.
        promised = sum(a.amount_minor for a in payments.withdraw_promise(actor=SYSTEM, order_id=order_id, at=at))
        refund = cancel(actor=actor, order_id=order_id, reason=reason, at=at, promised_minor=promised)
        if refund or promised:
            _stop_shipments(order_id, own, at)
        if refund:
            payments.request_refunds(
                actor=SYSTEM,
                order_id=order_id,
                amount_minor=refund,
                reason="order_cancelled",
                key=f"cancel:{order_id}",
            )
        payments.return_credit(actor=SYSTEM, order_id=order_id, at=at)
        inventory.release_stock(actor=SYSTEM, order_id=order_id)
        crash_point("sell.cancelling")
    return refund


def _stop_shipments(order_id: str, own: bool, at: dt.datetime) -> None:
    number = order_queries.brief(order_id=order_id).number
    if own and any(s.state != "to_pick" for s in fulfilment_queries.shipments(order_id=order_id)):
        raise AlreadyOnItsWay(number=number)
    try:
        fulfilment.cancel_shipments(actor=SYSTEM, order_id=order_id, at=at)
    except StepRefused as refused:
        raise AlreadyOnItsWay(number=number) from refused
