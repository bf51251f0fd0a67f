"""CPU seconds of a live shop's processes while a measurement runs: web, worker, sandbox, and PostgreSQL's for its database."""

from __future__ import annotations

import contextlib
import threading
from collections import defaultdict

import psutil
import psycopg

from bench._live import Live

EVERY_S = 0.25
_OWN = ("checkpointer", "walwriter", "background writer")


class Usage:
    """Reads the processes' CPU clocks again and again, so that a backend that ends meanwhile is counted too."""

    def __init__(self, shop: Live) -> None:
        self.shop = shop
        self.first: dict[tuple[str, int], float] = {}
        self.last: dict[tuple[str, int], float] = {}
        self.stop = threading.Event()
        self.cpu_s: dict[str, float] = {}
        self.postmaster = _postmaster(shop)
        self.database = shop.sql("SELECT current_database()")[0][0]

    def __enter__(self) -> Usage:
        self._look(first=True)
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *why: object) -> None:
        self.stop.set()
        self.thread.join()
        self._look()
        sums: dict[str, float] = defaultdict(float)
        for key, seconds in self.last.items():
            sums[key[0]] += seconds - self.first.get(key, 0.0)
        self.cpu_s = dict(sums)

    def _watch(self) -> None:
        while not self.stop.wait(EVERY_S):
            self._look()

    def _look(self, *, first: bool = False) -> None:
        for part, process in self._processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                self.last[part, process.pid] = times.user + times.system
                if first:
                    self.first[part, process.pid] = times.user + times.system

    def _processes(self) -> list[tuple[str, psutil.Process]]:
        found = []
        for part, started in self.shop.processes.items():
            with contextlib.suppress(psutil.NoSuchProcess):
                root = psutil.Process(started.pid)
                found += [(part, process) for process in [root, *root.children(recursive=True)]]
        for process in self.postmaster.children() if self.postmaster else ():
            with contextlib.suppress(psutil.NoSuchProcess, IndexError):
                title = " ".join(process.cmdline())
                if f" {self.database} " in title or any(word in title for word in _OWN):
                    found.append(("postgres", process))
        return found


def _postmaster(shop: Live) -> psutil.Process | None:
    """The parent of our own backend, None when the server runs on another machine."""
    with psycopg.connect(shop.environment["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        try:
            return psutil.Process(row[0]).parent() if row else None
        except psutil.NoSuchProcess:
            return None
