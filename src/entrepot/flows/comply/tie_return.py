"""Tie a return out with the ledger: the tax it holds beside what the entries of its records posted as payable."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine import accounts, returns
from entrepot.domains.finance.types import ReturnContent, ReturnView, StoredRecord
from entrepot.domains.ledger import queries as ledger
from entrepot.flows.comply.prepare_return import records_in, sum_of


class Tied(msgspec.Struct, frozen=True):
    """A return's tax in one currency of sale on both sides. `return_minor` leaves out what is too old to be stated."""

    currency: str
    return_minor: int
    ledger_minor: int

    @property
    def difference_minor(self) -> int:
        """Ledger less return; zero when they tie out."""
        return self.ledger_minor - self.return_minor


def tie_return(view: ReturnView) -> tuple[Tied, ...]:
    """Return both sides of a stored return by currency: of a filed one what it holds, of a draft what it would hold now."""
    return tie(view.content, records_of(view))


def records_of(view: ReturnView) -> tuple[StoredRecord, ...]:
    """Return the records of a stored return: those it was filed with, of a draft those it would hold now."""
    if view.filed_on is not None:
        return finance.filed_records(return_id=view.id)
    c = view.content
    form = finance.return_form(key=c.form)
    return records_in(entity_id=view.entity_id, form=form, jurisdiction=c.jurisdiction, period=c.period)


def tie(content: ReturnContent, records: Iterable[StoredRecord]) -> tuple[Tied, ...]:
    """Return both sides of a computed return. An entry that belongs to several returns counts for this one's share.

    The share is what the ledger posted, less what records of other returns say of the same entry; so a cent that no record
    explains shows here.
    """
    form = finance.return_form(key=content.form)
    mine: dict[tuple[str, str], int] = {}
    for row in records:
        r = row.record
        if r.account == accounts.TAX_PAYABLE and returns.takes_tax(form, sum_of(r)):
            mine[r.entry_key, r.currency] = mine.get((r.entry_key, r.currency), 0) + r.tax_minor
    keys = sorted({key for key, _ in mine})
    posted = ledger.entry_sums(keys=keys, account=accounts.TAX_PAYABLE)
    recorded = finance.recorded_on(keys=keys, account=accounts.TAX_PAYABLE)
    sides: dict[str, int] = {}
    for (key, currency), amount in mine.items():
        others = recorded.get((key, currency), 0) - amount
        sides[currency] = sides.get(currency, 0) - posted.get((key, currency), 0) - others
    stated = {total.currency: total.tax_minor for total in content.totals}
    return tuple(Tied(c, stated.get(c, 0), sides.get(c, 0)) for c in sorted({*stated, *sides}))
