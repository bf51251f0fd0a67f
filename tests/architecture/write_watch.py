"""A pytest plugin: while the suite runs, a domain that writes another domain's table fails the test that made it do so.

Loaded by `-p tests.architecture.write_watch` in pyproject.toml. The writer is the innermost frame of a domain.
"""

import re
import sys
from collections.abc import Iterator

import pytest

WRITE = re.compile(r"\b(?:INSERT\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM)\s+\"?([a-z]+)_([a-z_]+)", re.IGNORECASE)
DOMAIN = re.compile(r"^entrepot\.domains\.([a-z]+)\.")


class ForeignWrite(AssertionError):
    """A domain wrote a table that is not its own; what needs two writers is a flow."""


def writer() -> str:
    """Return the domain whose code is running, "" when no domain's is."""
    frame = sys._getframe(1)
    while frame is not None:
        match = DOMAIN.match(frame.f_globals.get("__name__", "") or "")
        if match:
            return match.group(1)
        frame = frame.f_back
    return ""


def foreign_tables(sql: str, domain: str, labels: set[str]) -> list[str]:
    """Return the tables a statement writes that belong to another domain of `labels`."""
    return [f"{a}_{b}" for a, b in WRITE.findall(sql) if a.lower() in labels and a.lower() != domain]


def watch(labels: set[str]):
    """Return an execute wrapper that refuses writes into tables of another domain."""

    def check(execute, sql, params, many, context):
        if isinstance(sql, str) and (domain := writer()):
            foreign = foreign_tables(sql, domain, labels)
            if foreign:
                raise ForeignWrite(f"domain {domain} writes {', '.join(foreign)}; what needs two writers is a flow")
        return execute(sql, params, many, context)

    return check


@pytest.fixture(autouse=True)
def _watch_writes() -> Iterator[None]:
    from django.apps import apps  # noqa: PLC0415 Django may not be set up when the plugin is imported
    from django.db import connection  # noqa: PLC0415

    labels = {c.label for c in apps.get_app_configs() if c.name.startswith("entrepot.domains.")}
    with connection.execute_wrapper(watch(labels)):
        yield
