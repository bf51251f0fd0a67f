"""Make orders from before buyers' names were indexed findable by them, a portion at a time."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.orders import services as orders
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM


def index_names(at: dt.datetime) -> int:
    """Index the names of a portion of orders that have none yet, and return how many; nothing is done once all have."""
    with db.transaction():
        return orders.index_names(actor=SYSTEM)
