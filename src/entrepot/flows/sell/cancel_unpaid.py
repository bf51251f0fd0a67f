"""Call off an order that nobody has paid: where its money came in meanwhile, it stays."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.errors import WrongState
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.infra import db
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_

PAID = N_("it is paid or ended, so it was not called off.")


def cancel_unpaid(*, actor: Actor, order_id: str, reason: str, at: dt.datetime) -> None:
    """Cancel an order if it still waits for its payment, in one transaction; raise WrongState when it does not.

    Raises NotFound, PermissionDenied as `cancel_order`.
    """
    actor.require("orders.cancel")
    with db.transaction():
        order = orders.brief(order_id=order_id, lock=True)
        if order.state != "placed":
            raise WrongState(number=order.number, state=order.state, reason=PAID)
        cancel_order(actor=actor, order_id=order_id, reason=reason, at=at)
