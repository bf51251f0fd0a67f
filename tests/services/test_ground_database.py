"""Statements and transactions of our own database backend, on a connection that nobody watches."""

import datetime as dt
import os
import socket
import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, OperationalError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError

from entrepot.domains.messages.models import Message
from entrepot.infra import db
from entrepot.infra.models import OutboxEvent, Throttle
from entrepot.infra.postgresql.base import PREPARED_MAX

pytestmark = pytest.mark.django_db(transaction=True)


def unwatched(work: Callable[[], object]) -> object:
    """Run work in a thread, whose connection has no wrappers; return its result or raise its error."""
    found: list[object] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as fault:
            found.append(fault)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


def knock(subject: str) -> int:
    return db.execute("INSERT INTO infra_throttle (subject, opened_at, knocks) VALUES (%s, now(), 1)", [subject])


def known() -> list[str]:
    return [row[0] for row in db.fetch("SELECT subject FROM infra_throttle ORDER BY 1")]


def test_rows_counts_and_named_parameters():
    def work() -> object:
        assert not connection.execute_wrappers, "this is to go the short way"
        touched = knock("a"), db.execute("UPDATE infra_throttle SET knocks = 2 WHERE subject = %(s)s", {"s": "nobody"})
        return touched, db.fetch("SELECT 1 WHERE false"), db.fetch("SELECT subject, knocks FROM infra_throttle")

    assert unwatched(work) == ((1, 0), [], [("a", 1)])
    assert unwatched(lambda: db.fetch("DELETE FROM infra_throttle")) == []


def test_a_failed_transaction_leaves_nothing_and_the_connection_goes_on():
    def work() -> object:
        with pytest.raises(RuntimeError), db.transaction():
            knock("lost")
            raise RuntimeError
        with db.transaction():
            knock("kept")
            with pytest.raises(IntegrityError), db.transaction():
                knock("kept")
            knock("kept too")
        return known()

    assert unwatched(work) == ["kept", "kept too"]


def test_a_transaction_that_has_failed_takes_no_more_statements():
    def work() -> object:
        with db.transaction():
            try:
                with db.transaction(savepoint=False):
                    db.fetch("SELECT no_such_column")
            except ProgrammingError:
                pass
            with pytest.raises(TransactionManagementError):
                knock("too late")
            transaction.set_rollback(True)
        return known()

    assert unwatched(work) == []


def test_what_the_commit_refuses_is_raised():
    def work() -> None:
        with db.transaction():
            db.execute(
                "INSERT INTO infra_outboxdelivery (event_id, subscriber, aggregate, attempts, held, error)"
                " VALUES (-1, 's', 'a', 0, false, '')"
            )

    with pytest.raises(IntegrityError):
        unwatched(work)


def test_a_lost_connection_is_said_as_django_says_it():
    def work() -> object:
        db.fetch("SELECT 1")
        with socket.socket(fileno=os.dup(connection.connection.pgconn.socket)) as line:
            line.shutdown(socket.SHUT_RDWR)
        with pytest.raises(OperationalError), db.transaction():
            knock("nobody hears")
        connection.close()
        return known()

    assert unwatched(work) == []


def test_a_connection_keeps_the_statements_it_prepared():
    def work() -> object:
        db.fetch("SELECT 1")
        return connection.connection.prepared_max

    assert unwatched(work) == PREPARED_MAX


def test_a_row_is_inserted_as_save_would_and_once_when_asked():
    def work() -> object:
        with db.transaction():
            row = OutboxEvent(topic="t", aggregate="a", payload={"deep": [1]})
            assert db.insert(row)
            saved = OutboxEvent.objects.get(pk=row.pk)
            throttle = Throttle(subject="x", opened_at=row.published_at, knocks=1)
            again = Throttle(subject="x", opened_at=row.published_at, knocks=2)
            first, second = db.insert(throttle, once=True), db.insert(again, once=True)
        return saved.payload, saved.published_at == row.published_at, first, second, known()

    assert unwatched(work) == ({"deep": [1]}, True, True, False, ["x"])


def test_a_sealed_field_is_sealed_by_a_plain_insert():
    def work() -> object:
        row = Message(key="k", kind="k", language="en", recipient="a@example.com", name="", subject="s", message_id="m")
        with db.transaction():
            db.insert(row)
        stored = db.fetch("SELECT recipient FROM messages_message WHERE key = 'k'")[0][0]
        return stored.startswith("v1:"), Message.objects.get(key="k").recipient

    assert unwatched(work) == (True, "a@example.com")


def test_values_come_back_as_they_went_prepared_or_not():
    values = (
        7,
        2**40,
        None,
        True,
        "quote % and ' and $1",
        dt.date(2026, 11, 25),
        Decimal("1.50"),
        [1, 2],
        ["a", None],
        [],
    )
    asked = "SELECT %s::int, %s::bigint, %s::text, %s::bool, %s::text, %s::date, %s::numeric, %s::int[], %s::text[], %s::text[], '%%'"

    def work() -> object:
        return [db.fetch(asked, values) for _ in range(8)]

    assert unwatched(work) == [[(*values, "%")]] * 8


def test_a_table_made_anew_under_a_prepared_statement_is_found():
    def work() -> object:
        found = []
        for column in ("a int", "a text, b int"):
            db.execute(f"CREATE TEMP TABLE anew ({column})")
            db.execute("INSERT INTO anew (a) SELECT %s", ["5"] if "text" in column else [5])
            found.append([db.fetch("SELECT * FROM anew WHERE %s", [True]) for _ in range(6)][-1])
            db.execute("DROP TABLE anew")
        return found

    assert unwatched(work) == [[(5,)], [("5", None)]]


def test_more_statements_than_a_connection_keeps_still_work():
    def work() -> object:
        db.fetch("SELECT 1")
        connection.connection.prepared_max = 3
        return [db.fetch(f"SELECT %s::int + {n}", [1]) for n in range(6) for _ in range(6)][-1], len(
            connection.connection._prepared._names
        )

    last, kept = unwatched(work)
    assert last == [(6,)] and kept <= 4, "psycopg lets one go when the next is first seen"


def test_what_a_column_cannot_hold_is_said_as_django_says_it():
    def work() -> None:
        with pytest.raises(DataError):
            knock("with \x00 in it")
        with pytest.raises(DataError):
            db.fetch("SELECT %s::text::int", ["seven"])

    unwatched(work)
