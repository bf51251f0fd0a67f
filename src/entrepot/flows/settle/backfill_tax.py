"""Write the tax records of sales that were posted before there were any: from stored quotes and changes, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from entrepot.domains.finance import queries as finance
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.ledger.types import EntryView
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.types import OrderView
from entrepot.flows.settle.record_tax import record_cancellation, record_change, record_sale, tax_day
from entrepot.infra import db
from entrepot.kernel.errors import NotFound

_FROM = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
PAGE = 200


def backfill_tax(*, until: dt.datetime, progress: Callable[[int], None] = lambda done: None) -> tuple[int, int]:
    """Record the tax of every posted order placed before a moment that has no records; return (orders seen, orders written).

    Harmless when repeated: what is recorded is passed over. Each order is a transaction of its own.
    """
    seen = written = 0
    after = ""
    while page := orders.placed_quotes(since=_FROM, until=until, after=after, limit=PAGE):
        for placed in page:
            seen += 1
            with db.transaction():
                written += _order(placed.id)
        after = page[-1].id
        progress(seen)
    return seen, written


def _order(order_id: str) -> bool:
    entries = ledger.entries(document=f"order:{order_id}", limit=500)
    sale = next((e for e in entries if e.kind == "sale"), None)
    if sale is None:
        return False
    known = {r.entry_key for r in finance.tax_records_of_document(document=f"order:{order_id}")}
    order = orders.order(order_id=order_id)
    key = f"sale:{order_id}"
    fresh = key not in known
    records = record_sale(order, entry_key=key, at=order.confirmed_at or order.placed_at)
    changes = orders.changed_lines(order_id=order_id)
    for place, change in enumerate(changes):
        posted = _posted(entries, f"change:{change.id}")
        if posted is not None and f"change:{change.id}" not in known:
            on = _day(order, posted, change.at)
            record_change(order, records, change=change, before=changes[:place], entry_key=f"change:{change.id}", on=on)
            fresh = True
    undone = next((e for e in entries if e.reverses == sale.id), None)
    if undone is not None and f"reversal:{sale.id}" not in known:
        on = _day(order, undone.date, changes[-1].at) if changes else undone.date
        record_cancellation(order, records, entry_key=f"reversal:{sale.id}", on=on)
        fresh = True
    return fresh


def _day(order: OrderView, posted: dt.date, at: dt.datetime) -> dt.date:
    """The civil day of a change under its tax law; the entry's own where that was posted on quite another day."""
    on = tax_day(order, at)
    return on if abs(on - posted) <= dt.timedelta(days=1) else posted


def _posted(entries: tuple[EntryView, ...], key: str) -> dt.date | None:
    """The day an entry of the order was posted, None when it was not."""
    try:
        wanted = ledger.entry_id(key=key)
    except NotFound:
        return None
    return next((e.date for e in entries if e.id == wanted), None)
