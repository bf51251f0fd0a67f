"""Frozen nouns of documents."""

from __future__ import annotations

import datetime as dt

import msgspec


class RetentionClass(msgspec.Struct, frozen=True):
    """Why and how long files of a class are kept. `years` 0: as long as they are used. `sealed`: encrypted at rest."""

    code: str
    years: int
    sealed: bool
    reason: str
    source: str
    confidence: str


class FileInfo(msgspec.Struct, frozen=True):
    """What is known of a file without opening it."""

    id: str
    mime: str
    name: str
    size: int
    retention: str
    sealed: bool
    stored_at: dt.datetime
    keep_until: dt.date | None
