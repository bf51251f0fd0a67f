"""Let unpaid orders go when their hold has ended: the stock is free again, the buyer is told.

An order that is being paid is left alone: its open attempt ends no later than the hold, when `pay.expire_attempts` has
asked the provider a last time (a silent one is waited for an hour); its captured money confirms it as soon as the event is
delivered. So each order ends.
"""

from __future__ import annotations

import datetime as dt

import structlog

from entrepot.domains.inventory import services as inventory
from entrepot.domains.orders import queries as order_queries
from entrepot.domains.orders import services as orders
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments import services as payments_services
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM

log = structlog.get_logger(__name__)

BATCH = 200


def expire_orders(at: dt.datetime) -> int:
    """Expire placed orders whose hold ended by `at` and that nobody is paying; return how many.

    Each in a transaction of its own: one that fails is logged and tried again next time, the others go on.
    """
    expired, after = 0, ""
    while due := order_queries.due_orders(at=at, limit=BATCH, after=after):
        after = due[-1]
        paying = payments.paying(order_ids=due, at=at)
        expired += sum(_expire(order_id, at) for order_id in due if order_id not in paying)
    return expired


def _expire(order_id: str, at: dt.datetime) -> bool:
    try:
        with db.transaction():
            expired = orders.expire_order(actor=SYSTEM, order_id=order_id, at=at)
            if expired:
                inventory.release_stock(actor=SYSTEM, order_id=order_id)
                payments_services.return_credit(actor=SYSTEM, order_id=order_id, at=at)
    except Exception:
        log.exception("order_not_expired", order=order_id)
        return False
    return expired
