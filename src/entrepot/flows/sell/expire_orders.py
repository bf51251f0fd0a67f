"""Let unpaid orders go when their hold has ended: the stock is free again, the buyer is told."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.inventory import services as inventory
from entrepot.domains.orders import queries as order_queries
from entrepot.domains.orders import services as orders
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM

BATCH = 200


def expire_orders(at: dt.datetime) -> int:
    """Expire placed orders whose hold ended by `at`, each in a transaction of its own; return how many."""
    expired = 0
    for order_id in order_queries.due_orders(at=at, limit=BATCH):
        with db.transaction():
            if orders.expire_order(actor=SYSTEM, order_id=order_id, at=at):
                inventory.release_stock(actor=SYSTEM, order_id=order_id)
                expired += 1
    return expired
