"""The same request made twice: a hash of what was asked tells it from another one, and its answer is kept for a day.

`begin` claims a caller's key before anything is done, `finish` keeps the answer, `give_up` frees the key when nothing
came of it. A claim that is not finished after a minute (its process died, or is very slow) is taken over only when the
operation gives the same result made twice; for any other nobody knows what came of it, and that is what is answered.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import msgspec

from entrepot.infra import crypto, db
from entrepot.infra.ids import new_id
from entrepot.infra.models import KeptAnswer
from entrepot.kernel.errors import N_, Conflict, InvalidInput

LEASE = dt.timedelta(minutes=1)


class KeyUsedOtherwise(InvalidInput):
    """The same key came with another request. Params: field, value."""

    code = "IDEMPOTENCY_KEY_USED"
    sentence = N_(
        "The idempotency key “%(value)s” was used for another request. Nothing was done; take a new key for a new request."
    )


class StillAtIt(Conflict):
    """The first request with this key is not answered yet. Params: none."""

    code = "STILL_AT_IT"
    sentence = N_("The first request with this idempotency key is still being worked on. Ask again in a few seconds.")


class OutcomeUnknown(Conflict):
    """The first request with this key was never answered, and making it again could do it twice. Params: none."""

    code = "OUTCOME_UNKNOWN"
    sentence = N_(
        "The first request with this idempotency key broke off, and whether it was carried out is not known. Nothing was"
        " done now. Look with GET at what it was to change before you send it again with a new key."
    )


class Answer(msgspec.Struct, frozen=True):
    """An answer as it was given: HTTP status, headers worth keeping, body."""

    status: int
    headers: dict[str, str]
    body: bytes


def input_hash(value: Any) -> str:
    """Return a stable hash of any JSON-able value."""
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()


_CLAIM = """
INSERT INTO infra_keptanswer AS k (public_id, caller, key_hash, input_hash, started_at, headers, body)
VALUES (%(id)s, %(caller)s, %(key)s, %(input)s, clock_timestamp(), '{}', '')
ON CONFLICT (caller, key_hash) DO UPDATE SET started_at = clock_timestamp()
WHERE %(rerunnable)s AND k.status IS NULL AND k.input_hash = excluded.input_hash AND k.started_at < clock_timestamp() - %(lease)s
RETURNING public_id::text
"""
_LAPSED = """
SELECT 1 FROM infra_keptanswer
WHERE caller = %(caller)s AND key_hash = %(key)s AND status IS NULL AND started_at < clock_timestamp() - %(lease)s
"""


def begin(*, caller: str, key: str, asked: str, rerunnable: bool = False) -> str | Answer:
    """Claim a key and return the claim's id, or the answer that was given before. Outside any transaction, one statement.

    Args:
        asked: `input_hash` of the whole request.
        rerunnable: whether the operation made twice does what it does once, so that a broken-off claim may be taken over.
    Raises:
        KeyUsedOtherwise: the key belongs to another request.
        StillAtIt: the first request is not answered yet.
        OutcomeUnknown: it was not answered within a minute, and must not be made again unseen.
    """
    key_hash = hashlib.sha256(key.encode()).hexdigest()
    params = {
        "id": new_id(),
        "caller": caller,
        "key": key_hash,
        "input": asked,
        "lease": LEASE,
        "rerunnable": rerunnable,
    }
    rows = db.fetch(_CLAIM, params)
    if rows:
        return rows[0][0]
    kept = KeptAnswer.objects.filter(caller=caller, key_hash=key_hash).first()
    if kept is None:
        raise StillAtIt(kind="request", key=key[:40], state="", reason="")
    if kept.input_hash != asked:
        raise KeyUsedOtherwise(field="Idempotency-Key", value=key[:80], rule="")
    if kept.status is None:
        if not rerunnable and db.fetch(_LAPSED, {"caller": caller, "key": key_hash, "lease": LEASE}):
            raise OutcomeUnknown(kind="request", key=key[:40], state="", reason="")
        raise StillAtIt(kind="request", key=key[:40], state="", reason="")
    return Answer(kept.status, dict(kept.headers), kept.body.encode())


def finish(claim: str, answer: Answer) -> None:
    """Keep the answer of a claimed key; its body is encrypted, for it may hold personal data."""
    sealed = crypto.encrypt(answer.body.decode(), f"infra_keptanswer.body.{claim}")
    db.execute(
        "UPDATE infra_keptanswer SET status = %s, headers = %s::jsonb, body = %s WHERE public_id = %s",
        [answer.status, msgspec.json.encode(answer.headers).decode(), sealed, claim],
    )


def give_up(claim: str) -> None:
    """Free a claimed key: nothing came of the request, it may be made again."""
    db.execute("DELETE FROM infra_keptanswer WHERE public_id = %s AND status IS NULL", [claim])


def forget(*, older_than: dt.timedelta) -> int:
    """Delete answers older than this, by the database's clock; return how many."""
    return db.execute("DELETE FROM infra_keptanswer WHERE started_at < clock_timestamp() - %s", [older_than])
