"""Post a sale: tax point, dispatch, cancellation. Derived entries, each once by its key."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.finance.engine import entries
from entrepot.domains.fulfilment.events import ShipmentDispatched
from entrepot.domains.ledger import services as ledger
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.events import OrderCancelled, OrderConfirmed
from entrepot.domains.orders.types import OrderView
from entrepot.infra import events
from entrepot.kernel.actor import SYSTEM


def post_sale(event: OrderConfirmed) -> None:
    """Post a confirmed order: what was deposited becomes deferred revenue, tax, duty and fees, per consignment."""
    _sale(orders.order(order_id=event.order_id))


def post_dispatch(event: ShipmentDispatched) -> None:
    """Post a consignment that has left as revenue; once per consignment, however many parcels it makes."""
    order = orders.order(order_id=event.order_id)
    draft = entries.dispatch(order_id=order.id, quote=order.quote, consignment_ref=event.consignment_ref, on=_today())
    ledger.post_entry(actor=SYSTEM, draft=draft)


def post_cancellation(event: OrderCancelled) -> None:
    """Reverse the sale of a cancelled order, so that its money is a deposit again until the refund is sent.

    Nothing is posted for an order that was never paid. The sale is posted first if its own event is still on its way
    (subscribers do not wait for each other); its key keeps it from being posted twice.
    """
    if not event.refund_minor:
        return
    entry_id = _sale(orders.order(order_id=event.order_id))
    ledger.reverse_entry(actor=SYSTEM, entry_id=entry_id, on=_today(), reason="order cancelled")


def _sale(order: OrderView) -> str:
    moment = order.confirmed_at or order.placed_at
    return ledger.post_entry(actor=SYSTEM, draft=entries.sale(order_id=order.id, quote=order.quote, on=moment.date()))


def _today() -> dt.date:
    return events.moment().date()
