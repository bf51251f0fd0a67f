"""How often one caller is heard at a door: so many times within a window, in one row per caller and door.

A knock is counted before anything is done, so that a hundred at the same moment are counted too. Callers are kept as
keyed hashes, for a day.
"""

from __future__ import annotations

import datetime as dt
import math

from entrepot.infra import crypto, db
from entrepot.kernel.errors import N_, Conflict


class TooManyTries(Conflict):
    """One network address has asked too often. Params: minutes, wait_s (the same in seconds)."""

    code = "TOO_MANY_TRIES"
    status = 429
    sentence = N_(
        "This was tried too often from your network address, so nothing was done this time. Minutes to wait: %(minutes)s."
    )


_KNOCK = """
INSERT INTO infra_throttle AS t (subject, opened_at, knocks) VALUES (%(subject)s, %(at)s, 1)
ON CONFLICT (subject) DO UPDATE SET
    opened_at = CASE WHEN t.opened_at > %(since)s AND t.opened_at <= %(at)s THEN t.opened_at ELSE %(at)s END,
    knocks = CASE WHEN t.opened_at > %(since)s AND t.opened_at <= %(at)s THEN t.knocks + 1 ELSE 1 END
RETURNING opened_at, knocks
"""


def knock(door: str, caller: str, *, most: int, window: dt.timedelta, at: dt.datetime) -> None:
    """Count a caller's knock at a door; the window opens with the first. One statement, outside any transaction.

    Inside one, what the refusal rolls back would be forgotten.

    Raises:
        TooManyTries: more than `most` within the window.
    """
    params = {"subject": _subject(door, caller), "at": at, "since": at - window}
    opened_at, knocks = db.fetch(_KNOCK, params)[0]
    if knocks > most:
        left_s = (opened_at + window - at).total_seconds()
        minutes = max(1, math.ceil(left_s / 60))
        raise TooManyTries(minutes=minutes, wait_s=60 * minutes)


def knocked(door: str, caller: str, *, window: dt.timedelta, at: dt.datetime) -> bool:
    """Say whether a caller's window at a door is open, without a knock; one statement."""
    asked = [_subject(door, caller), at - window, at]
    return bool(
        db.fetch("SELECT 1 FROM infra_throttle WHERE subject = %s AND opened_at > %s AND opened_at <= %s", asked)
    )


def pardon(door: str, caller: str) -> None:
    """Take a caller's last knock back: it turned out to be a good one."""
    sql = "UPDATE infra_throttle SET knocks = knocks - 1 WHERE subject = %s AND knocks > 0"
    db.execute(sql, [_subject(door, caller)])


def forget(*, before: dt.datetime) -> int:
    """Delete the counts of windows that opened before a moment; return how many."""
    return db.execute("DELETE FROM infra_throttle WHERE opened_at < %s", [before])


def _subject(door: str, caller: str) -> str:
    return crypto.blind_index(caller, f"throttle.{door}")
