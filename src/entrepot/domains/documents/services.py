"""Writes of documents: bytes go to disk under their hash, a row says what they are."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from entrepot.domains.documents.models import StoredFile
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor


@service("documents.store")
def store_file(*, actor: Actor, content: bytes, mime: str, name: str, retention: str) -> str:
    """Store a file and return its id (SHA-256, 64 hex digits); the same bytes are stored once.

    The bytes are written before the row: a rollback leaves at most a file without a row, never a row without a file.
    """
    return store_files(actor=actor, files=[(content, mime, name)], retention=retention)[0]


@service("documents.store")
def store_files(*, actor: Actor, files: Iterable[tuple[bytes, str, str]], retention: str) -> list[str]:
    """Store many (content, mime, name) with one statement and return their ids in the same order."""
    rows = []
    for content, mime, name in files:
        digest = hashlib.sha256(content).hexdigest()
        _write(digest, content)
        rows.append(StoredFile(sha256=digest, mime=mime, name=name[:200], size=len(content), retention=retention))
    unique = {row.sha256: row for row in rows}
    StoredFile.objects.bulk_create(unique.values(), ignore_conflicts=True, batch_size=1000)
    return [row.sha256 for row in rows]


def _write(digest: str, content: bytes) -> None:
    """Write the bytes whole or not at all: into a neighbour file first, then renamed."""
    place = Path(settings.MEDIA_ROOT) / digest[:2] / digest
    if place.exists() and place.stat().st_size == len(content):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        os.chmod(temporary, 0o640)
        os.replace(temporary, place)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
