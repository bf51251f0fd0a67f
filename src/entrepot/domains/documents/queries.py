"""Reads of documents."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from importlib import resources
from pathlib import Path

import msgspec
import yaml
from django.conf import settings

from entrepot.domains.documents.errors import FileLost, NoSuchFile
from entrepot.domains.documents.models import StoredFile
from entrepot.domains.documents.types import FileInfo, RetentionClass
from entrepot.infra import crypto
from entrepot.kernel.errors import DataFault


def file(*, id: str) -> tuple[bytes, str, str]:
    """Return (content, mime, name) of a stored file, opened when it lies sealed.

    Raises:
        NoSuchFile: no file has this id.
        FileLost: its bytes are missing, cannot be opened or no longer have this hash.
    """
    row = StoredFile.objects.filter(sha256=id).values_list("mime", "name").first()
    if row is None:
        raise NoSuchFile(key=id)
    place = Path(settings.MEDIA_ROOT) / id[:2] / id
    try:
        raw = place.read_bytes()
        content = crypto.unseal(raw, seal_context(id)) if crypto.is_sealed(raw) else raw
    except (OSError, DataFault) as fault:
        raise FileLost(key=id) from fault
    if hashlib.sha256(content).hexdigest() != id:
        raise FileLost(key=id)
    return content, row[0], row[1]


def seal_context(id: str) -> str:
    """Return what the envelope of a file is bound to: a file renamed to another's id does not open."""
    return f"documents_storedfile.content.{id}"


def exists(*, id: str) -> bool:
    """Say whether a file with this id is stored."""
    return StoredFile.objects.filter(sha256=id).exists()


@functools.cache
def retention_classes() -> dict[str, RetentionClass]:
    """Return the classes of files by code, from refdata."""
    place = resources.files("entrepot.domains.documents").joinpath("refdata", "retention.yaml")
    rows = yaml.safe_load(place.read_text("utf-8"))["rows"]
    return {row.code: row for row in msgspec.convert(rows, list[RetentionClass])}


def info(*, id: str) -> FileInfo:
    """Return what is known of a file; raise NoSuchFile."""
    row = StoredFile.objects.filter(sha256=id).first()
    if row is None:
        raise NoSuchFile(key=id)
    return _info(row)


def past_retention(*, on: dt.date, limit: int = 1000) -> tuple[FileInfo, ...]:
    """Return files whose time is over on a day, oldest first: what may be deleted."""
    found: list[FileInfo] = []
    for kept in retention_classes().values():
        if kept.years:
            stored_before = on.replace(year=on.year - kept.years, day=min(on.day, 28))
            rows = StoredFile.objects.filter(retention=kept.code, stored_at__date__lt=stored_before)
            found += [_info(row) for row in rows.order_by("stored_at")[:limit]]
    return tuple(sorted(found, key=lambda info: info.stored_at)[:limit])


def _info(row: StoredFile) -> FileInfo:
    kept = retention_classes().get(row.retention)
    day = row.stored_at.date()
    until = day.replace(year=day.year + kept.years, day=min(day.day, 28)) if kept and kept.years else None
    return FileInfo(
        id=row.sha256,
        mime=row.mime,
        name=row.name,
        size=row.size,
        retention=row.retention,
        sealed=bool(kept and kept.sealed),
        stored_at=row.stored_at,
        keep_until=until,
    )


def unsealed(*, limit: int = 1000) -> tuple[str, ...]:
    """Return ids of files that should lie sealed but do not (stored before sealing, or by hand), oldest first."""
    codes = [kept.code for kept in retention_classes().values() if kept.sealed]
    found = []
    for key in StoredFile.objects.filter(retention__in=codes).order_by("id").values_list("sha256", flat=True):
        place = Path(settings.MEDIA_ROOT) / key[:2] / key
        if place.exists():
            with place.open("rb") as handle:
                if not crypto.is_sealed(handle.read(len(crypto.SEAL))):
                    found.append(key)
        if len(found) >= limit:
            break
    return tuple(found)
