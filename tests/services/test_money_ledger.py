"""The books: what the service posts, and what the database refuses whoever asks."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from entrepot.domains.finance.engine import accounts
from entrepot.domains.ledger import queries, services
from entrepot.domains.ledger.errors import (
    AlreadyReversed,
    EntryKeyReused,
    Overdrawn,
    PeriodClosed,
    Unbalanced,
    UnknownAccount,
)
from entrepot.domains.ledger.types import EntryDraft, PostingDraft
from entrepot.flows.settle.open_books import open_books
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import NotFound, PermissionDenied
from tests.builders import demo_store

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 25)
ORDER = "0190aaaa-0000-7000-8000-000000000001"


@pytest.fixture
def entity():
    open_books()
    return demo_store().entity.id


def draft(entity, key="k1", amount=1000, date=DAY, currency="EUR", order=ORDER, **more):
    postings = (
        PostingDraft(accounts.PROVIDER_CLEARING, amount),
        PostingDraft(accounts.CUSTOMER_DEPOSITS, -amount, order),
    )
    fields = {"postings": postings, "book": "main", "kind": "capture", "document": f"order:{order}", **more}
    return EntryDraft(key=key, entity_id=entity, date=date, currency=currency, **fields)


def post(entry):
    with transaction.atomic():
        return services.post_entry(actor=SYSTEM, draft=entry)


def test_an_entry_is_posted_in_one_statement_and_reads_back(entity):
    with (
        CaptureQueriesContext(
            connection,
        ) as seen,
        transaction.atomic(),
    ):
        entry_id = services.post_entry(actor=SYSTEM, draft=draft(entity))
    assert len([q for q in seen if "SAVEPOINT" not in q["sql"]]) == 1
    view = queries.entry(entry_id=entry_id)
    assert [(p.account, p.amount_minor, p.party) for p in view.postings] == [("1210", 1000, ""), ("2110", -1000, ORDER)]
    assert queries.entries(document=f"order:{ORDER}") == (view,)
    assert queries.entries(account="2110") == (view,) == queries.entries(party=ORDER)
    assert queries.entries(account="4110") == ()


def test_a_key_posts_once(entity):
    assert post(draft(entity)) == post(draft(entity))
    assert len(queries.entries()) == 1
    with pytest.raises(EntryKeyReused):
        post(draft(entity, amount=999))
    assert queries.party_balance(entity_id=entity, account="2110", party=ORDER, currency="EUR") == -1000


@pytest.mark.parametrize(
    "postings",
    [
        (PostingDraft("1210", 5), PostingDraft("2210", -4)),
        (PostingDraft("1210", 0), PostingDraft("2210", 0)),
        (),
    ],
)
def test_the_service_refuses_what_does_not_balance(entity, postings):
    with pytest.raises(Unbalanced):
        post(draft(entity, postings=postings))


@pytest.mark.parametrize(
    "postings",
    [
        (PostingDraft("1210", 5), PostingDraft("9999", -5)),
        (PostingDraft("8888", 5), PostingDraft("9999", -5)),
        (PostingDraft("1210", 5), PostingDraft("2110", -5)),  # a party account without its party
        (PostingDraft("1210", 5, "x"), PostingDraft("2210", -5)),  # a system account with one
    ],
)
def test_the_service_refuses_unknown_accounts(entity, postings):
    with pytest.raises(UnknownAccount):
        post(draft(entity, postings=postings))
    assert queries.entries() == ()


def test_raw_sql_cannot_post_out_of_balance(entity):
    sql = (
        "WITH e AS (INSERT INTO ledger_journalentry (public_id, key, input_hash, entity_id, book, date, currency, kind,"
        " document, note, actor) VALUES (gen_random_uuid(), 'raw', '', %s, 'main', %s, 'EUR', 'x', 'x', '', 'x')"
        " RETURNING id) INSERT INTO ledger_posting (entry_id, account_id, party, amount_minor)"
        " SELECT e.id, a.id, '', 7 FROM e, ledger_account a WHERE a.code = '1210'"
    )
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        db.execute(sql, [entity, DAY])
    assert db.fetch("SELECT count(*) FROM ledger_journalentry") == [(0,)]


@pytest.mark.parametrize("table", ["ledger_journalentry", "ledger_posting"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_nothing_posted_is_changed(entity, table, sql):
    post(draft(entity))
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        db.execute(sql.format(table))


@pytest.mark.parametrize("table", ["ledger_journalentry", "ledger_posting"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_not_even_by_the_owner(entity, as_owner, table, sql):
    post(draft(entity))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        db.execute(sql.format(table))


@pytest.mark.django_db(transaction=True)
def test_a_posted_entry_takes_no_more_postings():
    open_books()
    entity = demo_store().entity.id
    post(draft(entity))
    sql = (
        "INSERT INTO ledger_posting (entry_id, account_id, party, amount_minor)"
        " SELECT e.id, a.id, '', v.n FROM ledger_journalentry e, ledger_account a, (VALUES (5), (-5)) AS v(n)"
        " WHERE a.code = '1210'"
    )
    with pytest.raises(DatabaseError, match="already posted"), transaction.atomic():
        db.execute(sql)


def test_a_deposit_is_never_overdrawn(entity):
    post(draft(entity, amount=1000))
    with pytest.raises(Overdrawn):
        post(draft(entity, key="k2", amount=-1001))
    post(draft(entity, key="k3", amount=-1000))
    assert queries.party_balance(entity_id=entity, account="2110", party=ORDER, currency="EUR") == 0


def test_a_reversal_is_the_only_undo_and_its_pair_is_shown(entity):
    first = post(draft(entity))
    with transaction.atomic():
        undo = services.reverse_entry(actor=SYSTEM, entry_id=first, on=DAY, reason="typed twice")
        assert services.reverse_entry(actor=SYSTEM, entry_id=first, on=DAY, reason="again") == undo
    assert queries.entry(entry_id=first).reversed_by == undo
    pair = queries.entry(entry_id=undo)
    assert (pair.reverses, pair.kind, pair.note) == (first, "reversal", "typed twice")
    assert sum(row.balance_minor for row in queries.trial_balance(entity_id=entity)) == 0
    assert all(row.balance_minor == 0 for row in queries.trial_balance(entity_id=entity))
    with pytest.raises(AlreadyReversed), transaction.atomic():
        services.reverse_entry(actor=SYSTEM, entry_id=undo, on=DAY, reason="")
    with pytest.raises(NotFound):
        queries.entry(entry_id=ORDER)


def test_the_trial_balance_is_one_query_over_snapshot_and_tail(entity):
    post(draft(entity, key="old", amount=300, date=DAY - dt.timedelta(days=2)))
    post(draft(entity, key="usd", amount=50, currency="USD"))
    before = queries.trial_balance(entity_id=entity)
    with transaction.atomic():
        services.close_days(actor=SYSTEM, entity_id=entity, before=DAY)
    with CaptureQueriesContext(connection) as seen:
        after = queries.trial_balance(entity_id=entity)
    assert len(seen) == 1
    assert before == after
    post(draft(entity, key="new", amount=7))
    eur = {row.account: row.balance_minor for row in queries.trial_balance(entity_id=entity, currency="EUR")}
    assert eur == {"1210": 307, "2110": -307}
    with pytest.raises(PeriodClosed):
        post(draft(entity, key="late", date=DAY - dt.timedelta(days=1)))


def test_posting_needs_the_permission(entity, buyer):
    with pytest.raises(PermissionDenied):
        services.post_entry(actor=buyer, draft=draft(entity))
