"""`entrepot restore FILE`: put a backup into an empty database and check it; `--drill` does so in a scratch database.

A drill restores for real, counts rows, hashes files, sums the books and drops what it made: a backup that was never
restored is only a hope.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from psycopg import sql

from entrepot.infra import backup

HELP = "put a backup into an empty database, or try it in a scratch one (--drill)"
OWNER = True

# Each entry balances by itself, so all postings of a currency sum to nothing.
_UNEVEN = (
    "SELECT e.currency, sum(p.amount_minor) FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id"
    " GROUP BY e.currency HAVING sum(p.amount_minor) <> 0"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, help="a file `entrepot backup` wrote")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--into", metavar="URL", help="address of an empty database")
    where.add_argument("--drill", action="store_true", help="restore into a scratch database, check, and drop it")
    parser.add_argument("--files", type=Path, help="folder for the files (default: the one of the settings)")


def run(args: argparse.Namespace) -> int:
    """Restore or drill; say what was found again and what to do next."""
    manifest = backup.read_manifest(args.file)
    missing = backup.missing_keys(manifest, list(settings.ENTREPOT_KEYS))
    if missing:
        raise backup.BackupFault(
            what=f"its personal data need the keys {', '.join(missing)}; put them into ENTREPOT_DATA_KEYS first"
        )
    if args.drill:
        _drill(args.file)
    else:
        backup.restore(source=args.file, url=args.into, files=args.files or Path(settings.MEDIA_ROOT))
    rows, files = sum(manifest.rows.values()), len(manifest.files)
    print(f"restore: {rows} rows and {files} files of {manifest.taken_at:%Y-%m-%d %H:%M} UTC are as they were taken")
    if args.drill:
        print("restore: the drill passed; the scratch database is gone again")
    else:
        print("restore: set DATABASE_URL to it and run `entrepot migrate`, which gives the running role its rights")
    return 0


def _drill(source: Path) -> None:
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = f"{parts.path.lstrip('/')}_drill"
    scratch = urlunsplit(parts._replace(path=f"/{name}"))
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            with tempfile.TemporaryDirectory() as folder:
                backup.restore(source=source, url=scratch, files=Path(folder))
            with psycopg.connect(scratch) as restored:
                if uneven := restored.execute(_UNEVEN).fetchall():
                    raise backup.BackupFault(what=f"its books are not even: {dict(uneven)}")
        finally:
            connection.execute(drop)
