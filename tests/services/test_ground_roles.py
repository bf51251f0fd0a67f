"""The running role may use the tables and nothing more."""

import pytest
from django.db import DatabaseError, connection, transaction

from entrepot.infra import db, roles

pytestmark = pytest.mark.django_db


def test_tests_run_as_the_running_role():
    assert db.fetch("SELECT current_user::text") == [(roles.APP_ROLE,)]


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE planted (id int)",
        "ALTER TABLE infra_outboxevent ADD COLUMN planted int",
        "DROP TABLE infra_throttle",
        "TRUNCATE infra_throttle",
        "CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DELETE FROM django_migrations",
    ],
)
def test_the_running_role_defines_nothing(sql):
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
        db.execute(sql)


def test_append_only_tables_refuse_change():
    tables = roles.append_only_tables()
    assert {"ledger_journalentry", "ledger_posting", "identity_auditentry", "pricing_pricelog"} <= set(tables)
    for table in tables:
        for sql in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                db.execute(sql)


def test_a_later_table_is_granted_too(as_owner):
    db.execute("CREATE TABLE planted (id int)")
    db.execute(f"SET ROLE {roles.APP_ROLE}")
    assert db.execute("INSERT INTO planted VALUES (1)") == 1
    db.execute("SET ROLE NONE")


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_leaves_nothing_behind():
    with transaction.atomic():
        db.execute("INSERT INTO infra_throttle (subject, opened_at, knocks) VALUES ('x', now(), 1)")
    assert connection.in_atomic_block is False


@pytest.mark.django_db(transaction=True)
def test_it_left_nothing_behind():
    assert db.fetch("SELECT count(*) FROM infra_throttle") == [(0,)]
