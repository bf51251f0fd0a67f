"""Write tax records beside the entries of a sale: in the same transaction, once, equal to the cent by their making.

A record bears the civil day of the law it is taxed under, which may be the day before or after that of its entry.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance import services
from entrepot.domains.finance.engine import tax_records
from entrepot.domains.finance.types import TaxRecord
from entrepot.domains.orders.types import ChangedLines, OrderView
from entrepot.domains.tax import queries as tax
from entrepot.kernel.actor import SYSTEM


def tax_day(order: OrderView, at: dt.datetime) -> dt.date:
    """Return the civil day of a moment where an order goes to, in the time zone of that place's tax law."""
    return at.astimezone(ZoneInfo(tax.time_zone(jurisdiction=order.quote.country))).date()


def record_sale(order: OrderView, *, entry_key: str, at: dt.datetime) -> tuple[TaxRecord, ...]:
    """Write the records of an order confirmed at a moment and return them; one statement.

    Written before, they stay as they are and are read, so that what is taken back follows what was recorded.
    """
    records = tax_records.of_sale(
        order_id=order.id, quote=order.quote, on=tax_day(order, at), entry_key=entry_key, supply=finance.supply_kinds()
    )
    if services.record_tax(actor=SYSTEM, entity_id=order.entity_id, records=records) == len(records):
        return records
    return finance.tax_records_of(entry_key=entry_key)


def record_change(
    order: OrderView,
    sale: tuple[TaxRecord, ...],
    *,
    change: ChangedLines,
    before: tuple[ChangedLines, ...],
    entry_key: str,
    on: dt.date,
) -> None:
    """Write what a change took from the records of an order's sale, on a civil day of its tax law."""
    records = tax_records.of_change(sale, quote=order.quote, change=change, before=before, on=on, entry_key=entry_key)
    services.record_tax(actor=SYSTEM, entity_id=order.entity_id, records=records)


def record_cancellation(order: OrderView, sale: tuple[TaxRecord, ...], *, entry_key: str, on: dt.date) -> None:
    """Write the records that undo those of an order's sale, on a civil day of its tax law."""
    records = tax_records.of_reversal(sale, on=on, entry_key=entry_key)
    services.record_tax(actor=SYSTEM, entity_id=order.entity_id, records=records)
