"""Try to pay a placed order once more, after a refusal or with another method."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.orders import queries as order_queries
from entrepot.domains.orders.errors import WrongState
from entrepot.domains.payments import queries as payment_queries
from entrepot.domains.payments import services as payments
from entrepot.domains.payments.types import AttemptView
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import N_

ENDED = N_("the time to pay has ended; order again to get a new price.")
PAID = N_("it is not waiting for a payment.")


def retry_payment(*, actor: Actor, order_id: str, method: str, at: dt.datetime, return_url: str = "") -> AttemptView:
    """Open another attempt for a placed order within its hold, for the same total (less the store credit set aside for it); the caller then starts it.

    The hold is not lengthened, and the attempt ends with it at the latest: money that comes later is late money, which `confirm_order` knows how to treat.

    Raises:
        WrongState: it is paid, cancelled or expired, or its hold has ended.
        MethodNotOffered: the method is not for this order, or cannot stand beside the store credit that pays a part of it.
    """
    actor.require("checkout.place")
    with db.transaction():
        order = order_queries.brief(order_id=order_id)
        if order.state != "placed" or order.hold_until <= at:
            reason = ENDED if order.state in ("placed", "expired") else PAID
            raise WrongState(number=order.number, state=order.state, reason=reason)
        held = payment_queries.credit_held(order_id=order.id)
        return payments.open_attempt(
            actor=SYSTEM,
            order_id=order.id,
            store_id=order.store_id,
            entity_id=order.entity_id,
            method=method,
            amount_minor=order.placed_total_minor - held,
            with_credit=held > 0,
            currency=order.currency,
            at=at,
            return_url=return_url.replace("{order}", order.id),
            market=order.market,
            pay_by=order.hold_until,
        )
