"""Hashes of what was asked, so that the same request made twice is told from another one under the same key."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec


def input_hash(value: Any) -> str:
    """Return a stable hash of any JSON-able value."""
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()
