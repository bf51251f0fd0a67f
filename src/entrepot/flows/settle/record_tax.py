"""Write tax records beside the entries of a sale: in the same transaction, once, equal to the cent by their making."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance import services
from entrepot.domains.finance.engine import tax_records
from entrepot.domains.finance.types import TaxRecord
from entrepot.domains.orders.types import ChangedLines, OrderView
from entrepot.kernel.actor import SYSTEM


def record_sale(order: OrderView, *, entry_key: str, on: dt.date) -> tuple[TaxRecord, ...]:
    """Write the records of a confirmed order and return them; written before, they stay as they are. One statement."""
    records = tax_records.of_sale(
        order_id=order.id, quote=order.quote, on=on, entry_key=entry_key, supply=finance.supply_kinds()
    )
    services.record_tax(actor=SYSTEM, entity_id=order.entity_id, records=records)
    return records


def record_change(
    order: OrderView,
    sale: tuple[TaxRecord, ...],
    *,
    change: ChangedLines,
    before: tuple[ChangedLines, ...],
    entry_key: str,
    on: dt.date,
) -> None:
    """Write what a change took from the records of an order's sale."""
    records = tax_records.of_change(sale, quote=order.quote, change=change, before=before, on=on, entry_key=entry_key)
    services.record_tax(actor=SYSTEM, entity_id=order.entity_id, records=records)


def record_cancellation(order: OrderView, sale: tuple[TaxRecord, ...], *, entry_key: str, on: dt.date) -> None:
    """Write the records that undo those of an order's sale."""
    records = tax_records.of_reversal(sale, on=on, entry_key=entry_key)
    services.record_tax(actor=SYSTEM, entity_id=order.entity_id, records=records)
