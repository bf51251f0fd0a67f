"""The rules of the books, pure: does an entry balance, what is its reversal."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.ledger.errors import Unbalanced
from entrepot.domains.ledger.types import EntryDraft, EntryView, PostingDraft


def refuse_unbalanced(draft: EntryDraft) -> None:
    """Raise Unbalanced unless debits equal credits and there are at least two sides, none of them zero."""
    difference = sum(posting.amount_minor for posting in draft.postings)
    if difference or len(draft.postings) < 2 or any(posting.amount_minor == 0 for posting in draft.postings):
        raise Unbalanced(key=draft.key, difference=difference, currency=draft.currency)


def reversal(entry: EntryView, on: dt.date, reason: str) -> EntryDraft:
    """Return the entry that undoes `entry`: the same accounts with debit and credit exchanged, dated `on`."""
    return EntryDraft(
        key=f"reversal:{entry.id}",
        entity_id=entry.entity_id,
        book=entry.book,
        date=on,
        currency=entry.currency,
        kind="reversal",
        document=entry.document,
        postings=tuple(PostingDraft(p.account, -p.amount_minor, p.party) for p in entry.postings),
        note=reason,
    )
