"""One answer per key: insert first, so that a second caller waits for the first and then gets its answer."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec

from entrepot.infra import db
from entrepot.kernel.errors import N_, Conflict


class KeyReused(Conflict):
    """The same idempotency key came with other input. Params: key."""

    code = "IDEMPOTENCY_KEY_REUSED"
    sentence = N_("The key “%(key)s” was already used for another request. Use a new key for a new request.")


def input_hash(value: Any) -> str:
    """Return a stable hash of any JSON-able value."""
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()


def claim(scope: str, key: str, hashed: str) -> Any | None:
    """Claim a key in the open transaction. Return None when it is new, else the answer kept for it.

    A concurrent claim of the same key waits until this transaction ends. Raises KeyReused when the input differs.
    """
    db.require_transaction()
    fresh = db.execute(
        "INSERT INTO infra_keptanswer (scope, key, input_hash) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [scope, key, hashed],
    )
    if fresh:
        return None
    kept_hash, answer = db.fetch(
        "SELECT input_hash, answer::text FROM infra_keptanswer WHERE scope = %s AND key = %s", [scope, key]
    )[0]
    if kept_hash != hashed:
        raise KeyReused(key=key)
    return json.loads(answer) if answer is not None else None


def keep(scope: str, key: str, answer: Any) -> None:
    """Keep the answer for a claimed key, in the same transaction."""
    db.execute(
        "UPDATE infra_keptanswer SET answer = %s WHERE scope = %s AND key = %s", [json.dumps(answer), scope, key]
    )
