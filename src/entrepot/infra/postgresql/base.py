"""What our backend does otherwise than Django's, and why: an order is forty short statements in seven transactions.

* `BEGIN` and `COMMIT` go straight to libpq. Django turns psycopg's autocommit off and on around each transaction, which
  passes through psycopg's waiting loop four times; here psycopg stays in autocommit and is told when one begins.
* `run` hands a statement with its parameters to libpq and waits for the answer there. psycopg's parts are used as they are (what
  dumps parameters, what loads rows, what remembers prepared statements); its cursor and its waiting loop, which cost twice as
  much as all of these together, are not. What has no parameters goes their way: it may be several statements in one.
* A connection keeps more prepared statements than psycopg's hundred: web and worker have more than that between them, and
  beyond the limit each would be prepared and dropped for ever.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any, NoReturn

import psycopg
from django.db.backends.postgresql import base
from psycopg._preparing import Prepare
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

PREPARED_MAX = 1000

_PLACE = re.compile(r"%(?:\((\w+)\))?(.)?", re.DOTALL)
_ANSWERS = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class Answer:
    """What a statement came back with: the part of psycopg's cursor that `infra.db` reads."""

    __slots__ = ("_transformer", "pgresult")

    def __init__(self, pgresult: Any, transformer: Any) -> None:
        self.pgresult, self._transformer = pgresult, transformer

    @property
    def rowcount(self) -> int:
        """Rows returned or touched."""
        return self.pgresult.ntuples if self.pgresult.nfields else self.pgresult.command_tuples or 0

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows."""
        self._transformer.set_pgresult(self.pgresult)
        return self._transformer.load_rows(0, self.pgresult.ntuples, tuple)  # type: ignore[no-any-return]


class _Asked:
    """A statement as psycopg's memory of prepared ones wants to see it: its text and the types of its parameters."""

    __slots__ = ("query", "types")

    def __init__(self, query: bytes, types: tuple[int, ...]) -> None:
        self.query, self.types = query, types


class _Direct:
    """Statements straight to libpq, over one connection."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.transformer = connection, Transformer(connection)

    def run(self, query: bytes, params: Sequence[Any]) -> Answer:
        """Run a statement of `$1`, `$2`, …; raise what psycopg raises."""
        transformer, pgconn = self.transformer, self.connection.pgconn
        values = transformer.dump_sequence(params, _auto(len(params)))
        types = transformer.types or ()
        name = self.connection._prepared._names.get((query, types))
        if name is None:
            return self._seldom(_Asked(query, types), values)
        result = pgconn.exec_prepared(name, values, transformer.formats)
        if result.status not in _ANSWERS:
            _raise(self.connection, result)
        return Answer(result, transformer)

    def _seldom(self, asked: _Asked, values: Sequence[Any]) -> Answer:
        """Run what is not prepared yet, and prepare it when it comes again and again, as psycopg's cursor does."""
        pgconn, prepared, formats = self.connection.pgconn, self.connection._prepared, self.transformer.formats
        prep, name = prepared.get(asked)
        if prep is Prepare.NO:
            result = pgconn.exec_params(asked.query, values, asked.types, formats)
        else:
            result = pgconn.prepare(name, asked.query, asked.types)
            if result.status in _ANSWERS:
                result = pgconn.exec_prepared(name, values, formats)
        if result.status not in _ANSWERS:
            _raise(self.connection, result)
        key = prepared.maybe_add_to_cache(asked, prep, name)
        if key is not None:
            prepared.validate(key, prep, name, [result])
        if prepared._to_flush:
            self.connection.wait(prepared.maintain_gen(self.connection))
        return Answer(result, self.transformer)


def _raise(connection: Any, result: Any) -> NoReturn:
    pgconn = connection.pgconn
    if pgconn.status == ConnStatus.BAD:
        raise psycopg.OperationalError(pgconn.get_error_message())
    raise psycopg.errors.error_from_result(result, encoding=connection.info.encoding)


@functools.cache
def _auto(count: int) -> list[PyFormat]:
    return [PyFormat.AUTO] * count


@functools.lru_cache(PREPARED_MAX)
def _numbered(sql: str) -> tuple[bytes, int, tuple[str, ...]] | None:
    """Return a statement with its places as `$1`, `$2`, …, how many there are, and their names where they have some.

    None when it has other places than `%s` and `%(name)s`, or both of them.
    """
    parts, end, count = [], 0, 0
    names: dict[str, int] = {}
    for found in _PLACE.finditer(sql):
        parts.append(sql[end : found.start()])
        end = found.end()
        if found[2] == "s":
            number = count + 1 if found[1] is None else names.setdefault(found[1], len(names) + 1)
            count = max(count, number)
            parts.append(f"${number}")
        elif found[2] == "%" and found[1] is None:
            parts.append("%")
        else:
            return None
    if names and len(names) != count:
        return None
    return "".join([*parts, sql[end:]]).encode(), count, tuple(names)


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    """A connection of Django's."""

    _kept: tuple[Any, _Direct, psycopg.Cursor[Any]] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect (or take from the pool), and let the connection keep its statements."""
        connection = super().get_new_connection(conn_params)
        connection.prepared_max = PREPARED_MAX
        return connection

    def run(self, sql: str, params: Sequence[Any] | dict[str, Any]) -> Answer | psycopg.Cursor[Any]:
        """Run a statement and return its answer, good until the next call; raise what Django raises.

        Whoever watches statements (counting, tests, a debugger) has them pass through Django's own cursor.
        """
        if self.execute_wrappers or self.queries_logged:
            watched = self.cursor()
            watched.execute(sql, params)
            return watched.cursor  # type: ignore[no-any-return]
        self.validate_no_broken_transaction()
        self.ensure_connection()
        kept = self._kept
        if kept is None or kept[0] is not self.connection:
            kept = self._kept = (self.connection, _Direct(self.connection), self.connection.cursor())
        with self.wrap_database_errors:
            numbered = _numbered(sql) if params else None
            if numbered is None:
                return kept[2].execute(sql, params)
            query, count, names = numbered
            values = [params[name] for name in names] if isinstance(params, dict) else params
            if len(values) != count:
                return kept[2].execute(sql, params)  # which says what is wrong
            return kept[1].run(query, values)

    def _set_autocommit(self, autocommit: bool) -> None:
        if not autocommit:
            self._say(b"BEGIN")
        elif not self.connection.autocommit:  # a fresh connection
            super()._set_autocommit(True)  # type: ignore[misc]

    def _commit(self) -> None:
        self._end(b"COMMIT")

    def _rollback(self) -> None:
        self._end(b"ROLLBACK")

    def _end(self, word: bytes) -> None:
        if self.connection is not None and self.connection.pgconn.transaction_status != TransactionStatus.IDLE:
            self._say(word)

    def _say(self, word: bytes) -> None:
        with self.wrap_database_errors:
            pgconn = self.connection.pgconn
            result = pgconn.exec_(word)
            if result.status != ExecStatus.COMMAND_OK or pgconn.status == ConnStatus.BAD:
                _raise(self.connection, result)
