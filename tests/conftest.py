"""What every test stands on: a database of its own, the two roles, the demo day, and markers that may be required.

The database is created and migrated as the owner; then the connection steps down to `entrepot_app`, so that a test
sees the same refusals as production. Without DATABASE_URL the embedded server is started for the run and stopped after it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.test import TransactionTestCase

from entrepot.infra import memo, pg, roles, wiring
from entrepot.kernel.actor import SYSTEM, Actor
from tests import needs

DEMO_DAY = dt.date(2026, 11, 25)
STEP_DOWN = f"-c role={roles.APP_ROLE}"


# ---- what a test may need of the machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run, or let it fail when ENTREPOT_REQUIRE names it."""
    for item in items:
        for need in needs.KNOWN:
            if item.get_closest_marker(need) and (why := needs.missing(need)):
                if need in needs.required():
                    item.add_marker(pytest.mark.usefixtures("_required_is_missing"))
                    item.stash[needs.REASON] = why
                else:
                    item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture
def _required_is_missing(request: pytest.FixtureRequest) -> None:
    pytest.fail(f"required by ENTREPOT_REQUIRE, but {request.node.stash[needs.REASON]}")


# ---- the database


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Create and migrate as the owner, who binds parameters in the client (see the settings)."""
    _options().pop("options", None)
    _options().pop("server_side_binding", None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Grant, then step down to the running role for all tests."""
    with django_db_blocker.unblock():
        roles.create()
        roles.grant()
        _options()["options"] = STEP_DOWN
        _options()["server_side_binding"] = os.environ.get("ENTREPOT_DB_BINDING") != "client"
        connection.close()
    yield
    with django_db_blocker.unblock():
        _options().pop("options", None)
        _options().pop("server_side_binding", None)
        connections.close_all()


def _options() -> dict[str, Any]:
    return connection.settings_dict.setdefault("OPTIONS", {})


# What migrations and Django itself put in once and tests do not change.
KEPT = ("django_migrations", "django_content_type", "auth_permission")


def empty_tables() -> None:
    """Empty every table that has rows, as the owner and with triggers off, for some tables refuse even TRUNCATE."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)", [[*KEPT]]
        )
        names = [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names))
        filled = [name for (name,) in cursor.fetchall()]
        if filled:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE")
    connection.close()


def _teardown(self: TransactionTestCase) -> None:
    empty_tables()


# Django's way truncates all tables after each test that commits, as the running role, which may not.
TransactionTestCase._fixture_teardown = _teardown  # type: ignore[method-assign]


@pytest.fixture
def as_owner(db: None) -> Iterator[None]:
    """Run one test as the owner of the tables (to plant what the running role may not)."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {roles.APP_ROLE}")


# ---- the wiring and the day


@pytest.fixture(scope="session", autouse=True)
def _wired() -> None:
    wiring.load()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a process keeps for a few seconds (rules, rates, markets) must not outlive a test's rollback."""
    memo.forget_all()


@pytest.fixture(autouse=True)
def _demo_day(settings: Any) -> None:
    settings.ENTREPOT_DEMO_DATE = DEMO_DAY


@pytest.fixture
def demo_day(settings: Any) -> Callable[[str | dt.date], dt.date]:
    """Return a function that sets the civil day of the house's clock: `demo_day("2026-06-30")`."""

    def set_day(day: str | dt.date) -> dt.date:
        settings.ENTREPOT_DEMO_DATE = dt.date.fromisoformat(day) if isinstance(day, str) else day
        return settings.ENTREPOT_DEMO_DATE

    return set_day


@pytest.fixture
def at() -> dt.datetime:
    """A moment of the demo day: noon UTC."""
    return dt.datetime.combine(DEMO_DAY, dt.time(12), tzinfo=dt.UTC)


@pytest.fixture
def actor() -> Actor:
    """The system: holds every permission."""
    return SYSTEM


@pytest.fixture
def buyer() -> Actor:
    """A buyer, who holds no permission of staff."""
    return Actor("buyer", "00000000-0000-7000-8000-000000000001")


# ---- the run as a whole


def pytest_configure(config: pytest.Config) -> None:
    """Set the demo day for children too, and start the embedded server unless DATABASE_URL names another."""
    os.environ.setdefault("ENTREPOT_DEMO_DATE", DEMO_DAY.isoformat())
    django_settings.ENTREPOT_DEMO_DATE = DEMO_DAY
    if os.environ.get("DATABASE_URL") or config.option.collectonly:
        return
    stack = contextlib.ExitStack()
    server = stack.enter_context(pg.server("tests", disposable=True).in_use())
    config.add_cleanup(stack.close)
    os.environ["DATABASE_URL"] = server.url()
    connection.settings_dict.update(USER=pg.OWNER, HOST=str(server.socket_dir), NAME=pg.DATABASE)
