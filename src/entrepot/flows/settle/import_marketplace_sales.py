"""Bring a marketplace's sales report in: its tax is recorded as collected by the marketplace, once a line, never as ours to pay."""

from __future__ import annotations

import msgspec

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance import services
from entrepot.domains.finance.engine.marketplace_files import parse, record_of
from entrepot.domains.finance.types import MarketplaceSale, SaleFault
from entrepot.infra import db
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_

CHANGED = N_("This line was brought in before and said something else. A correction is a refund, in a line of its own.")


class SalesReport(msgspec.Struct, frozen=True):
    """What a file does: lines new, known from before, refused. `sums` are (currency, lines, net, tax) of the new."""

    new: int
    known: int
    faults: tuple[SaleFault, ...]
    sums: tuple[tuple[str, int, int, int], ...]


def import_marketplace_sales(*, actor: Actor, entity_id: str, text: str, preview: bool = False) -> SalesReport:
    """Record the lines of a CSV file that are not recorded yet; the same file again does nothing.

    Raises InvalidInput: the file as a whole cannot be read (its rows' faults are in the report).
    """
    actor.require("finance.import_marketplace_sales")
    rows = list(parse(text))
    faults = [row for row in rows if isinstance(row, SaleFault)]
    drafts = [(row, record_of(row)) for row in rows if isinstance(row, MarketplaceSale)]
    stored = finance.records_by_entry(keys=[record.entry_key for _, record in drafts])
    fresh, known = [], 0
    for row, record in drafts:
        before = stored.get(record.entry_key)
        if before is None:
            fresh.append(record)
        elif before == record:
            known += 1
        else:
            faults.append(SaleFault(row.row, "line", row.line, CHANGED))
    if not preview:
        with db.transaction():
            for start in range(0, len(fresh), 1000):
                services.record_tax(actor=actor, entity_id=entity_id, records=fresh[start : start + 1000])
    sums: dict[str, list[int]] = {}
    for record in fresh:
        three = sums.setdefault(record.currency, [0, 0, 0])
        for place, amount in enumerate((1, record.net_minor, record.tax_minor)):
            three[place] += amount
    ordered = tuple(sorted(faults, key=lambda fault: fault.row))
    told = tuple((currency, *three) for currency, three in sorted(sums.items()))
    return SalesReport(len(fresh), known, ordered, told)  # type: ignore[arg-type]
