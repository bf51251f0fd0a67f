"""Writes of the ledger: set up accounts, post, reverse, close. Nothing here changes or deletes an entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from entrepot.domains.ledger import engine, queries
from entrepot.domains.ledger.errors import AlreadyReversed, EntryKeyReused, Overdrawn, PeriodClosed, UnknownAccount
from entrepot.domains.ledger.models import Account
from entrepot.domains.ledger.types import AccountSpec, EntryDraft
from entrepot.infra import db
from entrepot.infra.idempotency import input_hash
from entrepot.infra.ids import new_id
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor


@service("ledger.set_up")
def set_up_accounts(*, actor: Actor, accounts: Iterable[AccountSpec]) -> int:
    """Create or update accounts of the chart by their codes and return how many there were. One statement."""
    rows = [
        Account(code=spec.code, name=spec.name, kind=spec.kind, party=spec.party, side=spec.side) for spec in accounts
    ]
    Account.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "kind", "party", "side"]
    )
    return len(rows)


# An entry, its postings and the balances of its parties in one statement. Party rows are locked in the order of their
# keys, so that two entries can wait for each other but never in a circle.
_POST = """
WITH entry AS (
    INSERT INTO ledger_journalentry
        (public_id, key, input_hash, entity_id, book, date, currency, kind, document, note, reverses_id, actor)
    VALUES (%(id)s, %(key)s, %(hash)s, %(entity)s, %(book)s, %(date)s, %(currency)s, %(kind)s, %(document)s, %(note)s,
            %(reverses)s, %(actor)s)
    ON CONFLICT (key) DO NOTHING RETURNING id, entity_id, currency
), wanted AS (
    SELECT e.id AS entry_id, e.entity_id, e.currency, a.id AS account_id, a.party AS is_party, a.side, t.party, t.amount
    FROM entry e
    CROSS JOIN unnest(%(accounts)s::text[], %(parties)s::text[], %(amounts)s::bigint[]) WITH ORDINALITY
        AS t(code, party, amount, place)
    JOIN ledger_account a ON a.code = t.code AND a.party = (t.party <> '')
    ORDER BY t.place
), posted AS (
    INSERT INTO ledger_posting (entry_id, account_id, party, amount_minor)
    SELECT entry_id, account_id, party, amount FROM wanted RETURNING entry_id
), balances AS (
    INSERT INTO ledger_partybalance (entity_id, account_id, party, currency, side, balance_minor)
    SELECT entity_id, account_id, party, currency, side, sum(amount) FROM wanted WHERE is_party
    GROUP BY 1, 2, 3, 4, 5 ORDER BY account_id, party
    ON CONFLICT (account_id, party, entity_id, currency)
        DO UPDATE SET balance_minor = ledger_partybalance.balance_minor + EXCLUDED.balance_minor
)
SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM posted)
"""


@service("ledger.post_entry")
def post_entry(*, actor: Actor, draft: EntryDraft) -> str:
    """Post an entry with its postings and party balances, once per `draft.key`; return its public id.

    One statement; two when the key is already posted (the same id comes back).

    Raises:
        Unbalanced: debits and credits differ, or a side is zero.
        UnknownAccount: an account is not in the chart, a party account lacks its party or a system account has one.
        Overdrawn: a party's balance would leave its side (a deposit below zero).
        EntryKeyReused: the key is posted with other content.
        PeriodClosed: the day is closed.
    """
    return _post(actor, draft, None)


@service("ledger.reverse_entry")
def reverse_entry(*, actor: Actor, entry_id: str, on: dt.date, reason: str) -> str:
    """Post the reversal of an entry, dated `on`, and return its public id. The same call again returns the same id.

    Raises NotFound, AlreadyReversed (for a reversal), and what `post_entry` raises.
    """
    entry = queries.entry(entry_id=entry_id)
    if entry.reverses:
        raise AlreadyReversed(number=entry.number)
    if entry.reversed_by:
        return entry.reversed_by
    return _post(actor, engine.reversal(entry, on, reason), entry.number)


def _post(actor: Actor, draft: EntryDraft, reverses: int | None) -> str:
    engine.refuse_unbalanced(draft)
    new, hashed = str(new_id()), input_hash(draft)
    params = {
        "id": new,
        "key": draft.key,
        "hash": hashed,
        "entity": draft.entity_id,
        "book": draft.book,
        "date": draft.date,
        "currency": draft.currency,
        "kind": draft.kind,
        "document": draft.document,
        "note": draft.note[:200],
        "reverses": reverses,
        "actor": f"{actor.kind}:{actor.id}"[:60],
        "accounts": [p.account for p in draft.postings],
        "parties": [p.party for p in draft.postings],
        "amounts": [p.amount_minor for p in draft.postings],
    }
    fresh, posted = _run(draft, params)
    if not fresh:
        known_id, known_hash = db.fetch(
            "SELECT public_id::text, input_hash FROM ledger_journalentry WHERE key = %s", [draft.key]
        )[0]
        if known_hash != hashed:
            raise EntryKeyReused(key=draft.key)
        return known_id
    if posted != len(draft.postings):
        raise _unknown(draft)
    return new


def _run(draft: EntryDraft, params: dict) -> tuple[int, int]:
    """Run the statement, and say in words what the database refused (the caller's transaction is then to be given up)."""
    try:
        return db.fetch(_POST, params)[0]
    except IntegrityError as refused:
        words = str(refused)
        if "party_balance_side" in words:
            raise Overdrawn(key=draft.key) from refused
        if "ledger_day_closed" in words:
            raise PeriodClosed(key=draft.key, date=draft.date.isoformat()) from refused
        if "ledger_entry_unbalanced" in words:
            # The draft itself balances (checked above): a posting found no account.
            raise _unknown(draft) from refused
        raise


def _unknown(draft: EntryDraft) -> UnknownAccount:
    names = sorted({p.account + (f" ({p.party})" if p.party else "") for p in draft.postings})
    return UnknownAccount(key=draft.key, accounts=", ".join(names), field="account", value="", rule="")


_CLOSE = """
WITH day AS (
    INSERT INTO ledger_closedday (entity_id, before) VALUES (%(entity)s, %(before)s)
    ON CONFLICT (entity_id) DO UPDATE SET before = EXCLUDED.before, closed_at = now()
        WHERE ledger_closedday.before <= EXCLUDED.before
    RETURNING entity_id
)
INSERT INTO ledger_closedbalance (entity_id, account_id, currency, debit_minor, credit_minor)
SELECT e.entity_id, p.account_id, e.currency, coalesce(sum(p.amount_minor) FILTER (WHERE p.amount_minor > 0), 0),
       coalesce(-sum(p.amount_minor) FILTER (WHERE p.amount_minor < 0), 0)
FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
WHERE e.entity_id = (SELECT entity_id FROM day) AND e.date < %(before)s
GROUP BY 1, 2, 3
ON CONFLICT (entity_id, account_id, currency)
    DO UPDATE SET debit_minor = EXCLUDED.debit_minor, credit_minor = EXCLUDED.credit_minor
"""


@service("ledger.close_days")
def close_days(*, actor: Actor, entity_id: str, before: dt.date) -> None:
    """Close an entity's days before a date: no entry is accepted there any more, and their sums become a snapshot.

    Waits for the entries that are being posted at this moment. A date before the last closing changes nothing.
    """
    # The trigger of an insert takes the same lock shared.
    db.fetch("SELECT pg_advisory_xact_lock(hashtext('ledger-close:' || %s))", [entity_id])
    with transaction.atomic():
        db.execute(_CLOSE, {"entity": entity_id, "before": before})
