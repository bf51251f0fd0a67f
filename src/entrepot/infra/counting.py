"""Count the SQL statements of a process, for measurements: `ENTREPOT_COUNT_SQL=<folder>` switches it on.

Each process writes one file, `<pid>.count`, that holds the number so far (8 bytes). What Django sends through a cursor
is counted, savepoints too; BEGIN, COMMIT and COPY are not. Without the setting nothing is wrapped and nothing costs.
"""

from __future__ import annotations

import itertools
import mmap
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db.backends.signals import connection_created

SIZE = 8


def install(folder: str) -> None:
    """Count from now on, in this process and in those it forks."""
    if folder:
        connection_created.connect(_Counter(Path(folder)).watch, weak=False, dispatch_uid="entrepot.counting")


def total(folder: Path) -> int:
    """Return the statements of all processes so far."""
    return sum(int.from_bytes(path.read_bytes()[:SIZE], "little") for path in folder.glob("*.count"))


class _Counter:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pid = 0
        self.place: mmap.mmap | None = None
        self.numbers = itertools.count(1)

    def watch(self, sender: Any, connection: Any, **kwargs: Any) -> None:
        """Wrap the statements of a fresh connection."""
        if self.count not in connection.execute_wrappers:
            connection.execute_wrappers.append(self.count)

    def count(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Count one statement and run it."""
        if self.pid != os.getpid():
            self._open()
        self.place[:SIZE] = next(self.numbers).to_bytes(SIZE, "little")  # type: ignore[index]
        return execute(sql, params, many, context)

    def _open(self) -> None:
        self.pid, self.numbers = os.getpid(), itertools.count(1)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{self.pid}.count"
        path.write_bytes(bytes(SIZE))
        with path.open("r+b") as handle:
            self.place = mmap.mmap(handle.fileno(), SIZE)
