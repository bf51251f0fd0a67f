"""Reads of the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from entrepot.domains.ledger.types import AccountBalance, EntryView, PostingDraft
from entrepot.infra import db
from entrepot.kernel.errors import NotFound

_BALANCE = """
WITH sums AS (
    SELECT c.account_id, c.currency, c.debit_minor AS debit, c.credit_minor AS credit
    FROM ledger_closedbalance c WHERE c.entity_id = %(entity)s
    UNION ALL
    SELECT p.account_id, e.currency, sum(greatest(p.amount_minor, 0)), sum(greatest(-p.amount_minor, 0))
    FROM ledger_journalentry e JOIN ledger_posting p ON p.entry_id = e.id
    WHERE e.entity_id = %(entity)s
      AND e.date >= coalesce((SELECT before FROM ledger_closedday WHERE entity_id = %(entity)s), '-infinity')
    GROUP BY 1, 2
)
SELECT a.code, a.name, a.kind, s.currency, sum(s.debit)::bigint, sum(s.credit)::bigint
FROM sums s JOIN ledger_account a ON a.id = s.account_id
WHERE %(currency)s::text IS NULL OR s.currency = %(currency)s
GROUP BY 1, 2, 3, 4 ORDER BY s.currency, a.code
"""


def trial_balance(*, entity_id: str, currency: str | None = None) -> tuple[AccountBalance, ...]:
    """Return the sums of debits and credits per account and currency, by currency and code: closed snapshot plus tail."""
    rows = db.fetch(_BALANCE, {"entity": entity_id, "currency": currency})
    return tuple(AccountBalance(*row) for row in rows)


_ENTRIES = """
SELECT e.public_id::text, e.id, e.date, e.currency, e.kind, e.document, e.note,
       coalesce((SELECT o.public_id::text FROM ledger_journalentry o WHERE o.id = e.reverses_id), ''),
       e.posted_at,
       coalesce((SELECT r.public_id::text FROM ledger_journalentry r WHERE r.reverses_id = e.id), ''),
       e.entity_id::text, e.book,
       (SELECT array_agg(ARRAY[a.code, p.amount_minor::text, p.party] ORDER BY p.id)
        FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id WHERE p.entry_id = e.id)
FROM ledger_journalentry e
WHERE (%(id)s::uuid IS NULL OR e.public_id = %(id)s::uuid)
  AND (%(document)s::text IS NULL OR e.document = %(document)s)
  AND (%(party)s::text IS NULL OR EXISTS (SELECT 1 FROM ledger_posting p WHERE p.entry_id = e.id AND p.party = %(party)s))
  AND (%(account)s::text IS NULL OR EXISTS (
        SELECT 1 FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        WHERE p.entry_id = e.id AND a.code = %(account)s))
  AND (%(before)s::bigint IS NULL OR e.id < %(before)s)
ORDER BY e.id DESC LIMIT %(limit)s
"""


def entries(
    *,
    document: str | None = None,
    account: str | None = None,
    party: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[EntryView, ...]:
    """Return entries, newest first, of a document (`order:<id>`), an account code or a party; `before` is an entry number."""
    return _views(id=None, document=document, account=account, party=party, before=before, limit=limit)


_DOCUMENTS = """
SELECT e.document, e.currency, a.code, sum(p.amount_minor)::bigint
FROM ledger_journalentry e JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id
WHERE e.document = ANY(%s) AND a.code = ANY(%s) AND e.kind = ANY(%s) GROUP BY 1, 2, 3
"""


def document_sums(
    *, documents: Sequence[str], accounts: Sequence[str], kinds: Sequence[str]
) -> dict[tuple[str, str, str], int]:
    """Return what entries of some kinds and documents come to on some accounts, by (document, currency, account).

    Debits are above zero. One statement.
    """
    rows = db.fetch(_DOCUMENTS, [list(documents), list(accounts), list(kinds)])
    return {(document, currency, account): amount for document, currency, account, amount in rows}


def entry(*, entry_id: str) -> EntryView:
    """Return one entry with its pair, if it has one; raise NotFound."""
    found = _views(id=entry_id, document=None, account=None, party=None, before=None, limit=1)
    if not found:
        raise NotFound(kind="entry", key=entry_id)
    return found[0]


def entry_id(*, key: str) -> str:
    """Return the id of the entry that was posted under a key; raise NotFound."""
    rows = db.fetch("SELECT public_id::text FROM ledger_journalentry WHERE key = %s", [key])
    if not rows:
        raise NotFound(kind="entry", key=key)
    return rows[0][0]


def _views(**params: Any) -> tuple[EntryView, ...]:
    return tuple(
        EntryView(
            id=row[0],
            number=row[1],
            date=row[2],
            currency=row[3],
            kind=row[4],
            document=row[5],
            note=row[6],
            reverses=row[7],
            postings=tuple(PostingDraft(code, int(amount), party) for code, amount, party in row[12] or ()),
            posted_at=row[8],
            reversed_by=row[9],
            entity_id=row[10],
            book=row[11],
        )
        for row in db.fetch(_ENTRIES, params)
    )


def party_balance(*, entity_id: str, account: str, party: str, currency: str) -> int:
    """Return a party's balance on an account (debits less credits; a deposit is negative), 0 when it never had one."""
    rows = db.fetch(
        "SELECT b.balance_minor FROM ledger_partybalance b JOIN ledger_account a ON a.id = b.account_id"
        " WHERE b.entity_id = %s AND a.code = %s AND b.party = %s AND b.currency = %s",
        [entity_id, account, party, currency],
    )
    return rows[0][0] if rows else 0


_MOVED = """
SELECT e.key, a.code, e.currency, sum(p.amount_minor)::bigint
FROM ledger_journalentry e JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id
WHERE e.entity_id = %s AND e.date BETWEEN %s AND %s AND a.code = ANY(%s) AND NOT e.kind = ANY(%s)
  AND NOT EXISTS (SELECT 1 FROM ledger_journalentry o WHERE o.id = e.reverses_id AND o.kind = ANY(%s))
GROUP BY 1, 2, 3 HAVING sum(p.amount_minor) <> 0
"""


def movements(
    *, entity_id: str, since: dt.date, until: dt.date, accounts: Sequence[str], without: Sequence[str] = ()
) -> dict[tuple[str, str, str], int]:
    """Return what each entry of a period moved on some accounts, by (entry key, account, currency); debits above zero.

    One statement. Both days count.

    Args:
        without: kinds of entries that are left out, with the reversals of such.
    """
    rows = db.fetch(_MOVED, [entity_id, since, until, list(accounts), list(without), list(without)])
    return {(key, account, currency): amount for key, account, currency, amount in rows}


_OF_KEYS = """
SELECT e.key, e.currency, sum(p.amount_minor)::bigint
FROM ledger_journalentry e JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id
WHERE e.key = ANY(%s) AND a.code = %s GROUP BY 1, 2
"""


def entry_sums(*, keys: Sequence[str], account: str) -> dict[tuple[str, str], int]:
    """Return what entries moved on an account, by (entry key, currency); debits above zero. One statement."""
    return {(key, currency): amount for key, currency, amount in db.fetch(_OF_KEYS, [list(keys), account])}
