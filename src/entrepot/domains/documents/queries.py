"""Reads of documents."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

from entrepot.domains.documents.errors import FileLost, NoSuchFile
from entrepot.domains.documents.models import StoredFile


def file(*, id: str) -> tuple[bytes, str, str]:
    """Return (content, mime, name) of a stored file.

    Raises:
        NoSuchFile: no file has this id.
        FileLost: its bytes are missing or no longer have this hash.
    """
    row = StoredFile.objects.filter(sha256=id).values_list("mime", "name").first()
    if row is None:
        raise NoSuchFile(key=id)
    place = Path(settings.MEDIA_ROOT) / id[:2] / id
    try:
        content = place.read_bytes()
    except OSError as fault:
        raise FileLost(key=id) from fault
    if hashlib.sha256(content).hexdigest() != id:
        raise FileLost(key=id)
    return content, row[0], row[1]


def exists(*, id: str) -> bool:
    """Say whether a file with this id is stored."""
    return StoredFile.objects.filter(sha256=id).exists()
