"""Bring in which country a network belongs to, from CSV files (also gzipped) with the columns network and country_code."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import msgspec

from entrepot.domains.markets import services as markets
from entrepot.domains.markets.engine import networks
from entrepot.infra import db
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, InvalidInput

_WORST = 1_000  # so many unreadable rows, and it is not such a file


class NotNetworks(InvalidInput):
    """A file is not a table of networks. Params: field, value, rule."""

    code = "NOT_NETWORKS"
    sentence = N_("“%(value)s” is not a table of networks with the columns network and country_code: %(rule)s")


class Imported(msgspec.Struct, frozen=True):
    """What an import did: per family the runs kept, and the rows that could not be read as (file, row, reason)."""

    runs: dict[int, int]
    refused: tuple[tuple[str, int, str], ...]


def import_ip_country(*, actor: Actor, paths: Sequence[Path], source: str = "") -> Imported:
    """Replace the families that the files hold; unreadable rows are left out and told.

    Raises:
        NotNetworks: a file has other columns, or more rows that cannot be read than a file with slips has.
    """
    runs: dict[int, list[tuple[int, int, str]]] = {}
    refused: list[tuple[str, int, str]] = []
    for path in paths:
        with _opened(path) as lines:
            _read(lines, path, runs, refused)
    said = source or ", ".join(path.name for path in paths)
    with db.transaction():
        kept = {
            family: markets.load_networks(actor=actor, family=family, runs=found, source=said)
            for family, found in runs.items()
        }
    return Imported(kept, tuple(refused))


def _opened(path: Path) -> IO[str]:
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8", newline="")


def _read(
    lines: IO[str], path: Path, runs: dict[int, list[tuple[int, int, str]]], refused: list[tuple[str, int, str]]
) -> None:
    rows = csv.DictReader(lines)
    try:
        if not {"network", "country_code"} <= set(rows.fieldnames or ()):
            raise NotNetworks(field="file", value=path.name, rule=", ".join(rows.fieldnames or ())[:200])
        for number, row in enumerate(rows, start=2):
            try:
                family, first, last, country = networks.run_of(row["network"] or "", row["country_code"] or "")
            except ValueError as fault:
                refused.append((path.name, number, str(fault)[:200]))
                if len(refused) > _WORST:
                    raise NotNetworks(field="file", value=path.name, rule=refused[0][2]) from fault
            else:
                runs.setdefault(family, []).append((first, last, country))
    except (UnicodeDecodeError, csv.Error, gzip.BadGzipFile) as fault:
        raise NotNetworks(field="file", value=path.name, rule=str(fault)[:200]) from fault
