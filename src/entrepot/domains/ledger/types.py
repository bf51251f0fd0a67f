"""Frozen nouns of the ledger."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

AccountKind = Literal["asset", "liability", "income", "expense"]


class AccountSpec(msgspec.Struct, frozen=True):
    """An account of the chart. `name` is a message id.

    `party` accounts hold a balance per (entity, party, currency) that is locked and may not leave its `side`
    (credit: never a debit balance; debit: never a credit balance; any: both). System accounts hold no balance row.
    """

    code: str
    name: str
    kind: AccountKind
    party: bool = False
    side: Literal["debit", "credit", "any"] = "any"


class PostingDraft(msgspec.Struct, frozen=True):
    """One side of an entry: debit positive, credit negative, in minor units of the entry's currency.

    `party` is "" or the public id of whom a party account (order, buyer, seller, voucher) stands for.
    """

    account: str
    amount_minor: int
    party: str = ""


class EntryDraft(msgspec.Struct, frozen=True):
    """A journal entry to post. `key` makes it once-only; `document` is `<kind>:<public id>` of what moved the money."""

    key: str
    entity_id: str
    book: str
    date: dt.date
    currency: str
    kind: str
    document: str
    postings: tuple[PostingDraft, ...]
    note: str = ""


class EntryView(msgspec.Struct, frozen=True):
    """A posted entry. `reverses` and `reversed_by` are the public ids of its pair, "" when there is none."""

    id: str
    number: int
    date: dt.date
    currency: str
    kind: str
    document: str
    note: str
    reverses: str
    postings: tuple[PostingDraft, ...]
    posted_at: dt.datetime
    reversed_by: str = ""
    entity_id: str = ""
    book: str = "main"


class AccountBalance(msgspec.Struct, frozen=True):
    """A row of the trial balance, in minor units of one currency. `name` is a message id."""

    account: str
    name: str
    kind: str
    currency: str
    debit_minor: int
    credit_minor: int

    @property
    def balance_minor(self) -> int:
        """Debits less credits."""
        return self.debit_minor - self.credit_minor
