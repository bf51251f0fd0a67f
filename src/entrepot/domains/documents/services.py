"""Writes of documents: bytes go to disk under their hash, a row says what they are.

What may name a person (every class but `public`, see refdata/retention.yaml) lies sealed: AES-GCM under the current key,
bound to the file's id. The id stays the hash of the plain bytes, so that the same paper is stored once and a change shows.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from entrepot.domains.documents.errors import NoSuchRetention
from entrepot.domains.documents.models import StoredFile
from entrepot.domains.documents.queries import file, retention_classes, seal_context
from entrepot.infra import crypto
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor


@service("documents.store")
def store_file(*, actor: Actor, content: bytes, mime: str, name: str, retention: str) -> str:
    """Store a file and return its id (SHA-256, 64 hex digits); the same bytes are stored once.

    The bytes are written before the row: a rollback leaves at most a file without a row, never a row without a file.
    Raises NoSuchRetention: the class is none of refdata/retention.yaml.
    """
    return store_files(actor=actor, files=[(content, mime, name)], retention=retention)[0]


@service("documents.store")
def store_files(*, actor: Actor, files: Iterable[tuple[bytes, str, str]], retention: str) -> list[str]:
    """Store many (content, mime, name) with one statement and return their ids in the same order. Raises NoSuchRetention."""
    kept = retention_classes().get(retention)
    if kept is None:
        raise NoSuchRetention(code=retention)
    rows = []
    for content, mime, name in files:
        digest = hashlib.sha256(content).hexdigest()
        _write(digest, content, sealed=kept.sealed)
        rows.append(StoredFile(sha256=digest, mime=mime, name=name[:200], size=len(content), retention=retention))
    unique = {row.sha256: row for row in rows}
    StoredFile.objects.bulk_create(unique.values(), ignore_conflicts=True, batch_size=1000)
    return [row.sha256 for row in rows]


@service("documents.store")
def seal_files(*, actor: Actor, ids: Iterable[str]) -> int:
    """Seal files that lie open though their class says sealed, each whole or not at all; return how many.

    Raises FileLost when one's bytes are gone or altered.
    """
    count = 0
    for key in ids:
        content, _, _ = file(id=key)
        _write(key, content, sealed=True, anew=True)
        count += 1
    return count


def _write(digest: str, content: bytes, *, sealed: bool, anew: bool = False) -> None:
    """Write the bytes whole or not at all: into a neighbour file first, then renamed."""
    place = Path(settings.MEDIA_ROOT) / digest[:2] / digest
    if not anew and place.exists() and ((not sealed and place.stat().st_size == len(content)) or _lies_sealed(place)):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(crypto.seal(content, seal_context(digest)) if sealed else content)
        os.chmod(temporary, 0o640)
        os.replace(temporary, place)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _lies_sealed(place: Path) -> bool:
    with place.open("rb") as handle:
        return crypto.is_sealed(handle.read(len(crypto.SEAL)))
