"""What our backend does otherwise than Django's, and why: an order is forty short statements in seven transactions.

* `BEGIN` and `COMMIT` go straight to libpq. Django turns psycopg's autocommit off and on around each transaction, which
  passes through psycopg's waiting loop four times; here psycopg stays in autocommit and is told when one begins.
* `run` sends a statement through one cursor kept per connection. A CursorWrapper of Django over a fresh cursor of psycopg
  costs more than most of our statements.
* A connection keeps more prepared statements than psycopg's hundred: web and worker have more than that between them, and
  beyond the limit each would be prepared and dropped for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

PREPARED_MAX = 1000


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    """A connection of Django's."""

    _cursor_kept: tuple[psycopg.Connection[Any], psycopg.Cursor[Any]] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect (or take from the pool), and let the connection keep its statements."""
        connection = super().get_new_connection(conn_params)
        connection.prepared_max = PREPARED_MAX
        return connection

    def run(self, sql: str, params: Sequence[Any] | dict[str, Any]) -> psycopg.Cursor[Any]:
        """Run a statement and return a cursor that is good until the next call; raise what Django raises.

        Whoever watches statements (counting, tests, a debugger) has them pass through Django's own cursor.
        """
        if self.execute_wrappers or self.queries_logged:
            watched = self.cursor()
            watched.execute(sql, params)
            return watched.cursor
        self.validate_no_broken_transaction()
        self.ensure_connection()
        cursor = self._kept()
        with self.wrap_database_errors:
            cursor.execute(sql, params)
        return cursor

    def _kept(self) -> psycopg.Cursor[Any]:
        kept = self._cursor_kept
        if kept is None or kept[0] is not self.connection:
            kept = self._cursor_kept = (self.connection, self.connection.cursor())
        return kept[1]

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
            if pgconn.status == ConnStatus.BAD:
                raise psycopg.OperationalError(pgconn.get_error_message())
            if result.status != ExecStatus.COMMAND_OK:
                raise psycopg.errors.error_from_result(result, encoding=self.connection.info.encoding)
