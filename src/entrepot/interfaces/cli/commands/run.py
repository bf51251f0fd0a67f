"""`entrepot run`: the whole shop on this machine, with one command. `make run` installs first and then comes here.

Database (embedded unless DATABASE_URL is set), migrations, messages, static files, demo data if there are none,
then web server, worker and sandbox. Stops all it started on Ctrl-C. What it keeps is under `var/` and, as root, in
the folder it prints.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg

from entrepot.infra import pg
from entrepot.interfaces.cli import keeper
from entrepot.interfaces.cli.keeper import Child

HELP = "run the whole shop here: database, web, worker, sandbox, demo data"
EARLY = True

DEMO_DATE = "2026-11-25"
FIRST_PAGE_S = 60.0
BROKEN_PAGE_S = 10.0  # a page that answers with a fault seldom mends itself
BIN = Path(sys.executable).parent


class CannotRun(RuntimeError):
    """A fault a person can mend; the message says how."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1), help="web processes")
    parser.add_argument("--threads", type=int, default=4, help="threads of each web process")
    parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")


def run(args: argparse.Namespace) -> int:
    """Run until told to stop; return 0, or 1 with a sentence that says what to do."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with _database():
            return _shop(args, stop)
    except (CannotRun, keeper.GaveUp, pg.ServerFault) as fault:
        print(f"entrepot: {fault}", file=sys.stderr)
        return 1


@contextlib.contextmanager
def _database() -> Iterator[None]:
    """Give the children a database: the user's own if it answers, else the embedded one, stopped at the end."""
    if not pg.uses_embedded():
        try:
            psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5).close()
        except psycopg.Error as fault:
            first = str(fault).strip().splitlines()[0]
            raise CannotRun(
                f"the database of DATABASE_URL does not answer ({first}). Start it, or correct DATABASE_URL,"
                " or unset it to use the embedded server."
            ) from fault
        yield
        return
    _say("starting the embedded PostgreSQL")
    with pg.server().in_use() as server:
        pg.use_embedded_address()
        _say(f"the data are in {server.home}")
        yield


def _shop(args: argparse.Namespace, stop: threading.Event) -> int:
    port = _free(args.port, exactly=True)
    sandbox, smtp = _free(port + 1), _free(port + 25)
    address = f"http://127.0.0.1:{port}"
    demo = os.environ.get("ENTREPOT_ENV", "demo") == "demo"
    os.environ.update(
        ENTREPOT_BASE_URL=os.environ.get("ENTREPOT_BASE_URL", address),
        ENTREPOT_SANDBOX_URL=f"http://127.0.0.1:{sandbox}",
        ENTREPOT_SANDBOX_SECRET=os.environ.get("ENTREPOT_SANDBOX_SECRET", secrets.token_urlsafe(24)),
        ENTREPOT_SMTP_PORT=str(smtp),
        ENTREPOT_STATIC="collected",
    )
    _empty_metrics(pg.root_folder() / "metrics")
    if demo:
        os.environ.setdefault("ENTREPOT_DEMO_DATE", DEMO_DATE)
    _prepare(demo=demo and not args.no_demo)
    if stop.is_set():
        return 0
    children = _children(args, port, sandbox, smtp, demo=demo)
    try:
        for child in children:
            child.start()
        _wait_for_first_page(address, children, stop)
        if not stop.is_set():
            _welcome(address, sandbox, demo=demo)
            print(f"ready {address}/", flush=True)
        _keep(children, stop)
    finally:
        _say("stopping")
        keeper.stop(children)
    return 0


def _empty_metrics(folder: Path) -> None:
    """Let all processes count into one folder, which must not hold what earlier ones counted."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _prepare(*, demo: bool) -> None:
    _say("bringing the database to the newest form")
    _command("migrate", "--quiet")
    _command("messages", "compile")
    _step([sys.executable, "-m", "django", "collectstatic", "--noinput", "-v", "0"])
    if demo and _is_empty():
        _say("putting the demo merchant, goods and rules in (once)")
        _command("demo")


def _children(args: argparse.Namespace, port: int, sandbox: int, smtp: int, *, demo: bool) -> list[Child]:
    logs = pg.root_folder() / "log"
    web = [
        str(BIN / "granian"), "--interface", "wsgi", "--host", os.environ.get("ENTREPOT_BIND", "127.0.0.1"),
        "--port", str(port), "--workers", str(args.workers), "--blocking-threads", str(args.threads),
        "--http", "1", "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "10",
        "entrepot.config.wsgi:application",
    ]  # fmt: skip
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.config.settings")
    os.environ.setdefault("ENTREPOT_DB_POOL", str(args.threads))
    children = [Child("web", web, logs / "web.log"), Child("worker", _entrepot("worker"), logs / "worker.log")]
    if demo:
        words = [str(BIN / "entrepot-sandbox"), "--port", str(sandbox), "--smtp-port", str(smtp)]
        children.insert(0, Child("sandbox", words, logs / "sandbox.log"))
    return children


def _wait_for_first_page(address: str, children: list[Child], stop: threading.Event) -> None:
    deadline = time.monotonic() + FIRST_PAGE_S
    last = "no answer"
    while not stop.wait(0.1):
        for child in children:
            child.keep()
        try:
            with urllib.request.urlopen(f"{address}/", timeout=5) as page:  # noqa: S310 our own address
                page.read()
                return
        except urllib.error.HTTPError as fault:
            last = f"HTTP {fault.code}"
            deadline = min(deadline, time.monotonic() + BROKEN_PAGE_S)
        except OSError as fault:
            last = str(fault)
        if time.monotonic() > deadline:
            web = next(child for child in children if child.name == "web")
            raise CannotRun(f"the first page did not come ({last}). The last words in {web.log}:\n{web.tail()}")


def _keep(children: list[Child], stop: threading.Event) -> None:
    parent = os.getppid()
    while not stop.wait(0.25):
        if keeper.parent_wants_out(parent):
            return
        for child in children:
            if child.keep():
                _say(f"{child.name} had stopped and was started again; its log is {child.log}")


def _welcome(address: str, sandbox: int, *, demo: bool) -> None:
    lines = [f"  shop      {address}/", f"  console   {address}/console/"]
    if demo:
        lines += [
            f"  sandbox   http://127.0.0.1:{sandbox}/  (payments, carrier; nothing here is real)",
            f"  mail      http://127.0.0.1:{sandbox}/mail",
            "  log in    owner@demo.entrepot.example, operator@…, warehouse@…, finance@…, auditor@…",
            "            password harbour-demo-2026",
            f"  day       {os.environ['ENTREPOT_DEMO_DATE']} (the demo stands still on it)",
        ]
    print("\n".join(["", *lines, "", "Ctrl-C stops everything.", ""]), flush=True)


def _free(port: int, *, exactly: bool = False) -> int:
    """Return the port, or the next free one; raise CannotRun when it must be this one and is taken."""
    for candidate in range(port, port + (1 if exactly else 200)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
                return candidate
            except OSError:
                continue
    raise CannotRun(
        f"port {port} is taken by another program: stop it, or choose another, e.g. make run PORT={port + 10}."
    )


def _is_empty() -> bool:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM organisation_store").fetchone()
    return not row or row[0] == 0


def _entrepot(*words: str) -> list[str]:
    return [sys.executable, "-c", "import sys; from entrepot.interfaces.cli import main; sys.exit(main())", *words]


def _command(*words: str) -> None:
    _step(_entrepot(*words), shown=words[0] == "demo")


def _step(words: list[str], *, shown: bool = False) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.config.settings")
    done = subprocess.run(words, capture_output=not shown, text=True, check=False, start_new_session=True)
    if done.returncode:
        said = "" if shown else "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        name = words[4] if len(words) > 4 else words[-1]
        raise CannotRun(f"“{name}” failed. {said}".strip())


def _say(text: str) -> None:
    print(f"entrepot: {text}", flush=True)
