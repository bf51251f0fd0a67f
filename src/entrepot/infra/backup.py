"""Backups: one tar file with the database, the files and a manifest that says what must be found again.

The database is dumped from one snapshot, and the rows of each table are counted in that same snapshot; files are copied
after it, so that every file a row names is there. A restore goes into an empty database only, and counts again. The keys
of encrypted fields are not in the file: keep them apart from it, for without them personal data cannot be read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg import sql

from entrepot.infra import pg
from entrepot.kernel.errors import N_, DataFault

FORM = 1
MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files"
_BLOCK = 1 << 20
_ENVELOPE = "v1:%"


class BackupFault(DataFault):
    """A backup cannot be taken, read or put back. Params: what."""

    code = "BACKUP_FAULT"
    sentence = N_("This backup cannot be used: %(what)s. Nothing was changed outside the new database.")


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds: rows by table, SHA-256 by file, last migration by app, ids of the keys its fields need."""

    form: int
    taken_at: dt.datetime
    server: int
    rows: dict[str, int]
    files: dict[str, str]
    migrations: dict[str, str]
    key_ids: list[str]


def take(*, url: str, files: Path, target: Path, at: dt.datetime) -> Manifest:
    """Write a backup of a database and a folder of files to `target` (mode 0600), and return its manifest.

    The target appears only when it is whole. Raises BackupFault when `pg_dump` is missing or refuses.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as place, psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        dump = Path(place) / DUMP
        _call("pg_dump", "-Fc", f"--snapshot={snapshot[0] if snapshot else ''}", "-f", str(dump), "-d", url)
        paths = sorted(path for path in files.rglob("*") if path.is_file()) if files.exists() else []
        manifest = Manifest(
            form=FORM,
            taken_at=at,
            server=connection.info.server_version // 10000,
            rows=_rows(connection),
            files={str(path.relative_to(files)): _sha256(path) for path in paths},
            migrations=_migrations(connection),
            key_ids=sorted(_key_ids(connection)),
        )
        whole = Path(place) / "backup.tar"
        whole.touch(mode=0o600)
        (Path(place) / MANIFEST).write_bytes(msgspec.json.encode(manifest))
        with tarfile.open(whole, mode="w") as tar:
            tar.add(Path(place) / MANIFEST, MANIFEST)
            tar.add(dump, DUMP)
            for path in paths:
                tar.add(path, f"{FILES}/{path.relative_to(files)}")
        with whole.open("rb+") as out:
            os.fsync(out.fileno())
        whole.replace(target)
    return manifest


def read_manifest(source: Path) -> Manifest:
    """Return the manifest of a backup; raise BackupFault when the file is not one or of a newer form."""
    try:
        with tarfile.open(source) as tar:
            member = tar.extractfile(MANIFEST)
            manifest = msgspec.json.decode(member.read() if member else b"", type=Manifest)
    except (OSError, tarfile.TarError, KeyError, msgspec.DecodeError) as fault:
        raise BackupFault(what=f"{source} is not a whole backup file ({type(fault).__name__})") from fault
    if manifest.form > FORM:
        raise BackupFault(what=f"{source} was written by a newer version of the program")
    return manifest


def restore(*, source: Path, url: str, files: Path) -> Manifest:
    """Put a backup into an empty database and a folder, check both against the manifest, and return it.

    Files that are there already with the same content stay. Raises BackupFault when the database is not empty, when the
    backup is damaged, or when what was put back is not what was taken.
    """
    manifest = read_manifest(source)
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone():
            raise BackupFault(what="the database it should go into is not empty; make a new one")
    with tempfile.TemporaryDirectory() as place:
        _unpack(source, Path(place))
        _check_files(Path(place) / FILES, manifest)
        _put_back(Path(place), url)
        with psycopg.connect(url) as connection:
            found = _rows(connection)
        if found != manifest.rows:
            other = sorted(name for name in {*found, *manifest.rows} if found.get(name) != manifest.rows.get(name))
            raise BackupFault(what=f"the rows put back are not those taken, in {', '.join(other[:5])}")
        _move(Path(place) / FILES, files, manifest)
    return manifest


def missing_keys(manifest: Manifest, known: Iterator[str] | list[str]) -> list[str]:
    """Return the ids of keys that encrypted fields of a backup need and this installation does not have."""
    return sorted(set(manifest.key_ids) - set(known))


def _put_back(place: Path, url: str) -> None:
    """Restore in one transaction, through a script: an older server does not know all that a newer program sets first."""
    whole, script = place / "whole.sql", place / "script.sql"
    _call("pg_restore", "--no-owner", "--no-privileges", "-f", str(whole), str(place / DUMP))
    with whole.open("rb") as read, script.open("wb") as write:
        write.writelines(line for line in read if not line.startswith(b"SET transaction_timeout"))
    _call("psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", str(script))


def _call(program: str, *words: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run([pg.program(program), *words], capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise BackupFault(what=f"{program} refused: {last}")


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return [name for (name,) in found]


def _rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    counted = {}
    for name in _tables(connection):
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", name))).fetchone()
        counted[name] = row[0] if row else 0
    return counted


def _migrations(connection: psycopg.Connection[Any]) -> dict[str, str]:
    found = connection.execute("SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app").fetchall()
    return dict(found)


def _key_ids(connection: psycopg.Connection[Any]) -> set[str]:
    """Return the ids of the keys in use: a text column whose values are envelopes names one in each."""
    columns = connection.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND data_type IN ('text', 'character varying')"
    ).fetchall()
    found: set[str] = set()
    for table, column in columns:
        query = sql.SQL("SELECT DISTINCT split_part({0}, ':', 2) FROM {1} WHERE {0} LIKE {2}").format(
            sql.Identifier(column), sql.Identifier("public", table), sql.Literal(_ENVELOPE)
        )
        found.update(key for (key,) in connection.execute(query).fetchall())
    return found


def _unpack(source: Path, place: Path) -> None:
    try:
        with tarfile.open(source) as tar:
            tar.extractall(place, filter="data")
    except (OSError, tarfile.TarError, EOFError) as fault:
        raise BackupFault(what=f"{source} is damaged ({fault})") from fault


def _check_files(folder: Path, manifest: Manifest) -> None:
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != digest:
            raise BackupFault(what=f"the file {name} in it is missing or damaged")


def _move(source: Path, target: Path, manifest: Manifest) -> None:
    for name in manifest.files:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            part = place.with_name(place.name + ".part")
            part.write_bytes((source / name).read_bytes())
            part.replace(place)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
