"""Bring in exchange rates: ECB files (wide or long; plain, gzip or zip)."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import IO

import msgspec

from entrepot.domains.markets import services as markets
from entrepot.domains.markets.engine import ecb
from entrepot.infra import db
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import InvalidInput, NotFound

SOURCE = "ECB"
AGE_LIMIT_DAYS = 7
PRIORITY = 10


class FxImported(msgspec.Struct, frozen=True):
    """How many rates were read, how many differed from what was stored, and the days they span."""

    read: int
    changed: int
    first: str
    last: str


@contextmanager
def opened(path: Path) -> Iterator[IO[str]]:
    """Open a CSV file for reading, whether plain, gzip or the only file of a zip; raise NotFound or InvalidInput."""
    if not path.is_file():
        raise NotFound(kind="file", key=str(path))
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as handle:
                yield handle
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as raw:
                yield io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        else:
            with path.open(encoding="utf-8-sig", newline="") as handle:
                yield handle
    except (gzip.BadGzipFile, EOFError, zipfile.BadZipFile, UnicodeDecodeError) as fault:
        raise InvalidInput(
            field="file", value=path.name, rule="The file cannot be opened as CSV, gzip or zip."
        ) from fault


def import_fx(*, actor: Actor, path: Path, source: str = SOURCE, age_limit_days: int = AGE_LIMIT_DAYS) -> FxImported:
    """Load every rate of an ECB file in one transaction: all or nothing.

    Raises:
        NotFound, InvalidInput: no such file, or a cell that is no date or number, named.
    """
    with opened(path) as handle:
        rows = list(ecb.read(csv.reader(handle)))
    days = {day for day, _, _ in rows}
    with db.transaction():
        markets.set_up_fx_source(
            actor=actor, code=source, base=ecb.BASE, age_limit_days=age_limit_days, priority=PRIORITY,
            note="European Central Bank reference rates",
        )  # fmt: skip
        changed = markets.load_fx_rates(actor=actor, source=source, rows=rows, base=ecb.BASE)
    span = (min(days).isoformat(), max(days).isoformat()) if days else ("", "")
    return FxImported(len(rows), changed, *span)


def load_hand_set(*, actor: Actor, fx: dict) -> int:
    """Load rates set by hand (as `markets.queries.demo_data()["fx"]` gives them): source, base, date, rates by currency."""
    with db.transaction():
        markets.set_up_fx_source(
            actor=actor, code=fx["source"], base=fx["base"], age_limit_days=fx["age_limit_days"],
            priority=fx["priority"], note=fx["note"],
        )  # fmt: skip
        rows = [(fx["date"], currency, Decimal(rate)) for currency, rate in fx["rates"].items()]
        return markets.load_fx_rates(actor=actor, source=fx["source"], rows=rows, base=fx["base"])
