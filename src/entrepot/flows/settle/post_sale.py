"""Post a sale: tax point, dispatch, cancellation. Derived entries, each once by its key, with their tax records."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.finance.engine import entries
from entrepot.domains.finance.types import TaxRecord
from entrepot.domains.fulfilment.events import ShipmentDispatched
from entrepot.domains.ledger import queries as ledger_queries
from entrepot.domains.ledger import services as ledger
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.events import OrderCancelled, OrderChanged, OrderConfirmed
from entrepot.domains.orders.types import OrderView
from entrepot.domains.payments import queries as payments
from entrepot.flows.settle.record_tax import record_cancellation, record_change, record_sale, tax_day
from entrepot.infra import events
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import NotFound


def post_sale(event: OrderConfirmed) -> None:
    """Post a confirmed order: what was deposited becomes deferred revenue, tax, duty and fees, per consignment."""
    _sale(orders.order(order_id=event.order_id))


def post_dispatch(event: ShipmentDispatched) -> None:
    """Post a consignment that has left as revenue; once per consignment, however many parcels it makes.

    The sale is posted first if its own event is still on its way: there is nothing deferred to be earned before.
    """
    order = orders.order(order_id=event.order_id)
    _sale(order)
    changes = orders.changed_lines(order_id=order.id) if order.changes else ()
    draft = entries.dispatch(
        order_id=order.id, quote=order.quote, consignment_ref=event.consignment_ref, on=_today(), changes=changes
    )
    ledger.post_entry(actor=SYSTEM, draft=draft)


def post_cancellation(event: OrderCancelled) -> None:
    """Reverse the sale of a cancelled order, so that its money is a deposit again until the refund is sent.

    Nothing is posted for an order that was never paid. The sale is posted first if its own event is still on its way
    (subscribers do not wait for each other); its key keeps it from being posted twice.
    """
    if event.refund_minor or event.confirmed:
        order = orders.order(order_id=event.order_id)
        entry_id, recorded = _sale(order)
        if len(order.changes) > 1:  # something was taken out before: what is left is taken by its shares
            _change(order, event.change_id, recorded)
        else:
            ledger.reverse_entry(actor=SYSTEM, entry_id=entry_id, on=_today(), reason="order cancelled")
            on = tax_day(order, events.moment())
            record_cancellation(order, recorded, entry_key=f"reversal:{entry_id}", on=on)
    for attempt in payments.attempts(order_id=event.order_id):
        if attempt.state == "cancelled":
            _call_off(attempt.id)


def post_change(event: OrderChanged) -> None:
    """Post what was taken from an order, share by share; its money is a deposit again until it has gone back.

    The sale is posted first, if its own event is still on its way.
    """
    order = orders.order(order_id=event.order_id)
    _entry, recorded = _sale(order)
    _change(order, event.change_id, recorded)


def _change(order: OrderView, change_id: str, recorded: tuple[TaxRecord, ...]) -> None:
    changes = orders.changed_lines(order_id=order.id)
    place, change = next((n, c) for n, c in enumerate(changes) if c.id == change_id)
    draft = entries.change(
        order_id=order.id,
        quote=order.quote,
        change=change,
        on=_today(),
        cash_to_come=change.kind == "refused",
        before=changes[:place],
    )
    ledger.post_entry(actor=SYSTEM, draft=draft)
    on = tax_day(order, events.moment())
    record_change(order, recorded, change=change, before=changes[:place], entry_key=draft.key, on=on)


def _call_off(attempt_id: str) -> None:
    """Reverse the entry of a promise at the door, if this attempt was one."""
    try:
        entry_id = ledger_queries.entry_id(key=entries.promise_key(attempt_id))
    except NotFound:
        return
    ledger.reverse_entry(actor=SYSTEM, entry_id=entry_id, on=_today(), reason="order cancelled")


def _sale(order: OrderView) -> tuple[str, tuple[TaxRecord, ...]]:
    moment = order.confirmed_at or order.placed_at
    draft = entries.sale(order_id=order.id, quote=order.quote, on=moment.date())
    entry_id = ledger.post_entry(actor=SYSTEM, draft=draft)
    return entry_id, record_sale(order, entry_key=draft.key, at=moment)


def _today() -> dt.date:
    return events.moment().date()
