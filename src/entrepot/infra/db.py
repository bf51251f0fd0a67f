"""Database verbs: transactions, locks and bulk loading, so that domains do not spell them anew."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db import transaction as _transaction
from django.db.models.expressions import DatabaseDefault

transaction = _transaction.atomic
on_commit: Callable[..., None] = _transaction.on_commit


class NotInTransaction(RuntimeError):
    """A write was tried outside a transaction: a programming fault, never a user's."""


def require_transaction() -> None:
    """Raise NotInTransaction unless a transaction is open."""
    if not connections[DEFAULT_DB_ALIAS].in_atomic_block:
        raise NotInTransaction("a service must be called inside infra.db.transaction()")


def fetch(sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run a parametrised query and return all its rows."""
    cursor = _run(sql, params)
    return cursor.fetchall() if cursor.pgresult.nfields else []


def execute(sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> int:
    """Run a parametrised statement and return the number of rows it touched."""
    return _run(sql, params).rowcount


def _run(sql: str, params: Sequence[Any] | dict[str, Any]) -> Any:
    return connections[DEFAULT_DB_ALIAS].run(sql, params)  # type: ignore[attr-defined]


def as_json(value: Any) -> Any:
    """Return a jsonb value of `fetch` as Python data (Django's cursor hands it over as text)."""
    return msgspec.json.decode(value) if isinstance(value, str | bytes) else value


def insert(row: models.Model, *, once: bool = False) -> bool:
    """Insert a model's row as `row.save(force_insert=True)` would, at a third of its price: for paths that run for each order.

    Defaults, encryption and conversions are the fields' own; what the database fills in (key, defaults) is set on the row.
    With `once` a row that breaks a unique rule is left out: False, and nothing happened.
    """
    base = connections[DEFAULT_DB_ALIAS]
    names, made, params = [], [], []
    for field in row._meta.concrete_fields:
        value = field.pre_save(row, True)
        if (value is None and field.primary_key) or isinstance(value, DatabaseDefault):
            made.append(field)
        else:
            names.append(field.column)
            params.append(field.get_db_prep_save(value, base))
    sql = _insert_sql(row._meta.db_table, tuple(names), tuple(field.column for field in made), once)
    found = fetch(sql, params)
    for field, value in zip(made, found[0] if found else (), strict=False):  # without any it returns 1
        setattr(row, field.attname, value)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return bool(found)


@functools.cache
def _insert_sql(table: str, names: tuple[str, ...], made: tuple[str, ...], once: bool) -> str:
    conflict = " ON CONFLICT DO NOTHING" if once else ""
    places = ", ".join(["%s"] * len(names))
    return (  # a model's own names, never input
        f"INSERT INTO {_quote(table)} ({', '.join(map(_quote, names))}) VALUES ({places}){conflict}"  # noqa: S608
        f" RETURNING {', '.join(map(_quote, made)) or '1'}"
    )


def advisory_lock(name: str) -> None:
    """Hold a named lock until the end of the transaction."""
    require_transaction()
    fetch("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(name.encode())])


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY rows into a table (names are the caller's own constants, never input) and return how many."""
    require_transaction()
    count = 0
    target = f"{_quote(table)} ({', '.join(map(_quote, columns))})"
    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)
