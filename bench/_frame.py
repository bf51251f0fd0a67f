"""The frame of every measurement: a database of its own, the shop's processes when asked for, and the form of the answer.

A bench is a module `bench/<name>.py` (`import_` for a word Python keeps) with

    HELP = "…"
    def arguments(parser): …            # optional; every parameter has a default
    def run(args) -> Result | dict: …   # {"figures": …, "peers": …, "units": …, "notes": […]}

`DATABASE = False` says that it needs none; `MIGRATED = False` that it makes its own. The last line printed is
`{"bench": NAME, "figures": {name: number}, "peers": {side: {name: number}}, "units": {name: unit}}`.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import pkgutil
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
from django.db import connections

from entrepot.infra import pg
from entrepot.interfaces.cli import boot, constants

FOLDER = Path(__file__).parent
BIN = Path(sys.executable).parent
DEMO_DATE = "2026-11-25"


class Result(TypedDict, total=False):
    """What a bench returns. Names of figures may have parts after dots (`orders_per_s.16`); units are by first part."""

    figures: dict[str, float]
    peers: dict[str, dict[str, float]]
    units: dict[str, str]
    notes: list[str]


def names() -> list[str]:
    """Return the names of all benches, as typed."""
    found = [module.name for module in pkgutil.iter_modules([str(FOLDER)]) if not module.name.startswith("_")]
    return sorted(name.rstrip("_").replace("_", "-") for name in found)


def _stem(name: str) -> str:
    stem = name.replace("-", "_")
    return stem if (FOLDER / f"{stem}.py").exists() else f"{stem}_"


def report(name: str, result: Result) -> None:
    """Print the table and the line for machines."""
    figures, peers, units = result.get("figures", {}), result.get("peers", {}), result.get("units", {})
    sides = sorted(peers)
    rows = [["", "here", *sides, "unit"]]
    for key in sorted({*figures, *(key for side in peers.values() for key in side)}, key=_natural):
        unit = units.get(key, units.get(key.split(".")[0], ""))
        rows.append([key, _number(figures.get(key)), *(_number(peers[side].get(key)) for side in sides), unit])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True)),
        ]
        print("  ".join([*cells, row[-1]]).rstrip())
    for note in result.get("notes", []):
        print(f"· {note}")
    print(json.dumps({"bench": name, "figures": figures, "peers": peers, "units": units}), flush=True)


def _natural(key: str) -> list[tuple[int, int | str]]:
    return [(0, int(part)) if part.isdigit() else (1, part) for part in key.split(".")]


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


# ---- the database of a measurement


@contextlib.contextmanager
def database(name: str = "bench", *, fresh: bool = False) -> Iterator[str]:
    """Point this process and its children at a database of their own and yield its address.

    It stands on the embedded server, or on the server of DATABASE_URL as `<its name>_<name>`. With `fresh` it is
    dropped first. Call it before Django is set up: settings read the address once.
    """
    with contextlib.ExitStack() as stack:
        if pg.uses_embedded():
            # A server of its own, so that its settings are those of real use and its CPU can be told apart.
            server = stack.enter_context(pg.server("bench").in_use())
            admin, owner, app = server.url("postgres", "postgres"), server.url(database=name), server.url(pg.APP, name)
        else:
            parts = urlsplit(os.environ["DATABASE_URL"])
            name = f"{parts.path.lstrip('/') or 'entrepot'}_{name}"
            admin, app = os.environ["DATABASE_URL"], ""
            owner = urlunsplit(parts._replace(path=f"/{name}"))
        with psycopg.connect(admin, autocommit=True) as connection:
            if fresh:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                suffix = f" OWNER {pg.OWNER}" if app else ""
                connection.execute(f'CREATE DATABASE "{name}"{suffix}')
        before = {key: os.environ.get(key) for key in ("DATABASE_URL", "DATABASE_APP_URL", "ENTREPOT_DEMO_DATE")}
        os.environ["DATABASE_URL"] = owner
        os.environ["DATABASE_APP_URL"] = app
        os.environ.setdefault("ENTREPOT_DEMO_DATE", DEMO_DATE)
        try:
            yield owner
        finally:
            for key, value in before.items():
                os.environ.pop(key, None) if value is None else os.environ.__setitem__(key, value)


def entrepot(*words: str, **environment: str) -> None:
    """Run a command of the program (`migrate`, `demo`, …) and stop with its words when it fails."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from entrepot.interfaces.cli import main; sys.exit(main())", *words],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"bench: entrepot {' '.join(words)} failed:\n{(done.stdout + done.stderr)[-2000:]}")


def seed_demo() -> None:
    """Migrate and put the demo's data in, unless the database has a store already."""
    entrepot("migrate", "--quiet")
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM organisation_store").fetchone()
    if not row or not row[0]:
        entrepot("demo")


# ---- the shop's processes


class Shop:
    """A running shop: its address, how long its first page took, and the CPU its parts have used."""

    def __init__(
        self, address: str, sandbox: str, processes: dict[str, subprocess.Popen[bytes]], seconds: float
    ) -> None:
        self.address, self.sandbox, self.processes, self.seconds = address, sandbox, processes, seconds

    def cpu_s(self, *parts: str) -> float:
        """Return the CPU seconds so far of parts (web, worker, sandbox, postgres), children counted; all but the sandbox by default."""
        total = 0.0
        for part in parts or ("web", "worker", "postgres"):
            roots = _postgres() if part == "postgres" else [psutil.Process(self.processes[part].pid)]
            for root in roots:
                for process in [root, *root.children(recursive=True)]:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        times = process.cpu_times()
                        # Backends that ended are counted by their parent.
                        total += times.user + times.system + times.children_user + times.children_system
        return total

    def memory_mb(self, part: str = "web") -> list[float]:
        """Return the memory (unique set, MB) of each process of a part."""
        root = psutil.Process(self.processes[part].pid)
        return [p.memory_full_info().uss / 1e6 for p in [root, *root.children(recursive=True)]]


@contextlib.contextmanager
def shop(
    *,
    workers: int = 2,
    threads: int = 4,
    sandbox: bool = True,
    worker: bool = True,
    first: str = "/healthz",
    **environment: str,
) -> Iterator[Shop]:
    """Run web, worker and sandbox on free ports against the open database; stop them at the end."""
    port, sandbox_port, smtp = free_port(), free_port(), free_port()
    address = f"http://127.0.0.1:{port}"
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "entrepot.config.settings",
        "ENTREPOT_BASE_URL": address,
        "ENTREPOT_SANDBOX_URL": f"http://127.0.0.1:{sandbox_port}",
        "ENTREPOT_SANDBOX_SECRET": secrets.token_urlsafe(16),
        "ENTREPOT_SMTP_PORT": str(smtp),
        "ENTREPOT_DB_POOL": str(threads),
        "ENTREPOT_BENCH": "1",
        **environment,
    }
    words = {
        "sandbox": [str(BIN / "entrepot-sandbox"), "--port", str(sandbox_port), "--smtp-port", str(smtp)],
        "web": [
            str(BIN / "granian"), "--interface", "wsgi", "--port", str(port), "--workers", str(workers),
            "--blocking-threads", str(threads), "--http", "1", "--no-ws", "--no-log", "entrepot.config.wsgi:application",
        ],
        "worker": [sys.executable, "-c", "import sys; from entrepot.interfaces.cli import main; sys.exit(main())", "worker"],
    }  # fmt: skip
    wanted = [part for part, on in (("sandbox", sandbox), ("web", True), ("worker", worker)) if on]
    log = pg.root_folder() / "log" / "bench.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    processes: dict[str, subprocess.Popen[bytes]] = {}
    with log.open("ab") as out:
        try:
            began = time.perf_counter()
            for part in wanted:
                processes[part] = subprocess.Popen(words[part], env=env, stdout=out, stderr=out, start_new_session=True)
            wait_for(f"{address}{first}", processes["web"], log)
            seconds = time.perf_counter() - began
            if sandbox:
                wait_for(f"http://127.0.0.1:{sandbox_port}/", processes["sandbox"], log)
            yield Shop(address, f"http://127.0.0.1:{sandbox_port}", processes, seconds)
        finally:
            for process in processes.values():
                process.send_signal(signal.SIGTERM)
            for process in processes.values():
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path, limit_s: float = 30.0) -> float:
    """Wait until an address answers (any status below 500) and return how long that took."""
    started = time.perf_counter()
    while time.perf_counter() - started < limit_s:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=2):
                return time.perf_counter() - started
        except urllib.error.HTTPError as fault:
            if fault.code < 500:
                return time.perf_counter() - started
        except OSError:
            pass
        time.sleep(0.01)
    raise SystemExit(
        f"bench: {address} does not answer. The last words in {log}:\n{log.read_text(errors='replace')[-1500:]}"
    )


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _postgres() -> list[psutil.Process]:
    """Return the postmaster of the open database's server, if it runs on this machine."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        with contextlib.suppress(psutil.NoSuchProcess, TypeError):
            parent = psutil.Process(row[0]).parent()  # type: ignore[index]
            return [parent] if parent else []
    return []


# ---- the command


def main(name: str, words: list[str]) -> int:
    """Run one bench by name: open its database, set Django up, then import the bench."""
    declared = constants(FOLDER / f"{_stem(name)}.py")
    asked_for_help = any(word in ("-h", "--help") for word in words)
    with contextlib.ExitStack() as stack:
        if declared.get("DATABASE", True) and not asked_for_help:
            stack.enter_context(database(fresh=bool(declared.get("FRESH"))))
            if declared.get("MIGRATED", True):
                seed_demo()
        boot.django(database=False)
        found = importlib.import_module(f"bench.{_stem(name)}")
        parser = argparse.ArgumentParser(f"entrepot bench {name}", description=getattr(found, "HELP", found.__doc__))
        if hasattr(found, "arguments"):
            found.arguments(parser)
        report(name, found.run(parser.parse_args(words)))
        connections.close_all()
    return 0
