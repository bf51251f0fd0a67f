"""Tie the tax records out with the ledger: entry by entry, on the accounts of tax, to the cent."""

from __future__ import annotations

import datetime as dt

import msgspec

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine import accounts
from entrepot.domains.ledger import queries as ledger

TAX_ACCOUNTS = (accounts.TAX_PAYABLE, accounts.IMPORT_TAX_PAYABLE)
# What clears the account later (filing, carriers' bills) is no tax of a sale.
CLEARING = ("return_filed", "bill")
# The civil day of a law lies at most a day beside that of the entry; one that lies further off shows as apart.
NEAR = dt.timedelta(days=3)


class Sides(msgspec.Struct, frozen=True):
    """Both sides of an account in a currency: what records say is owed, and what entries of sales moved; credits above zero."""

    account: str
    currency: str
    recorded_minor: int
    posted_minor: int

    @property
    def difference_minor(self) -> int:
        """Posted less recorded; zero when they tie out."""
        return self.posted_minor - self.recorded_minor


class TieOut(msgspec.Struct, frozen=True):
    """A period's tie-out: sums by account and currency, and each entry whose sides differ as (key, account, currency, recorded, posted)."""

    sides: tuple[Sides, ...]
    apart: tuple[tuple[str, str, str, int, int], ...]
    entries: int

    @property
    def well(self) -> bool:
        """Whether no entry differs."""
        return not self.apart


def check_tax(*, entity_id: str, since: dt.date, until: dt.date) -> TieOut:
    """Return the tie-out of a period (both days inclusive): three statements, nothing is written.

    An entry belongs to the period of its records, whose day is that of their tax law; one without any to that of its own day.
    """
    first, last = since - NEAR, until + NEAR
    rows = finance.recorded_tax(entity_id=entity_id, since=first, until=last)
    days = {key: day for key, day, *_ in rows}
    recorded = {
        (key, account, currency): amount
        for key, day, account, currency, amount in rows
        if account and amount and since <= day <= until
    }
    own = _moved(entity_id, since, until)
    posted = {
        key: -amount
        for key, amount in _moved(entity_id, first, last).items()
        if (since <= days[key[0]] <= until if key[0] in days else key in own)
    }
    keys = sorted({*recorded, *posted})
    apart = tuple((*k, recorded.get(k, 0), posted.get(k, 0)) for k in keys if recorded.get(k, 0) != posted.get(k, 0))
    sums: dict[tuple[str, str], list[int]] = {}
    for key in keys:
        both = sums.setdefault((key[1], key[2]), [0, 0])
        both[0] += recorded.get(key, 0)
        both[1] += posted.get(key, 0)
    return TieOut(tuple(Sides(*name, *both) for name, both in sorted(sums.items())), apart, len({k[0] for k in keys}))


def _moved(entity_id: str, since: dt.date, until: dt.date) -> dict[tuple[str, str, str], int]:
    return ledger.movements(entity_id=entity_id, since=since, until=until, accounts=TAX_ACCOUNTS, without=CLEARING)
