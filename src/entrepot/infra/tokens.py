"""How often a caller is heard: a token bucket per caller, kept in one row, as the moment at which it would be full again.

A process takes a few tokens at a time and gives them out from memory, so that the row is written once for several
calls; what it took and did not give out in a minute is lost to the caller, which errs on the safe side. Time is the
database's, for it is the one clock all processes share.
"""

from __future__ import annotations

import math
import threading
import time

import msgspec

from entrepot.infra import crypto, db
from entrepot.infra.memo import Memo

# The generic cell rate algorithm on `opened_at` of infra_throttle: each token moves it on by one interval, and never
# further ahead of now than the bucket is deep.
# The disk is not waited for: what a power cut forgets is a few calls that were counted.
_TAKE = """
WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS set)
INSERT INTO infra_throttle AS t (subject, opened_at, knocks)
SELECT %(subject)s, clock_timestamp() + %(count)s * %(gap)s * interval '1 second', 0 FROM quick WHERE quick.set = 'off'
ON CONFLICT (subject) DO UPDATE
SET opened_at = greatest(t.opened_at, clock_timestamp()) + %(count)s * %(gap)s * interval '1 second'
WHERE greatest(t.opened_at, clock_timestamp()) + (%(count)s - 0.001) * %(gap)s * interval '1 second'
      <= clock_timestamp() + %(depth)s * %(gap)s * interval '1 second'
RETURNING extract(epoch FROM opened_at - clock_timestamp())::float8
"""
_ASK = (
    "SELECT extract(epoch FROM opened_at - clock_timestamp())::float8 FROM infra_throttle WHERE subject = %(subject)s"
)
_KEEP_S = 60.0
_MOST_AT_ONCE = 20

_lock = threading.Lock()
_leases = Memo(ttl_s=_KEEP_S)


class Verdict(msgspec.Struct, frozen=True):
    """Whether a call is heard: of `limit` calls a minute about `left` remain, all are back in `reset_s` seconds.

    `wait_s` > 0 when it is not heard: the seconds until the next one is.
    """

    limit: int
    left: int
    reset_s: int
    wait_s: int = 0


class _Lease(msgspec.Struct):
    tokens: int
    left: int
    reset_s: int


def take(door: str, caller: str, *, per_minute: int) -> Verdict:
    """Take a caller's token at a door: `per_minute` of them a minute, as many at once. Call it outside any transaction.

    No statement while the process still holds tokens of the caller, else one (two when refused).
    """
    with _lock:
        lease = _leases.get((door, caller), lambda: _Lease(0, per_minute, 0))
        if lease.tokens > 0:
            lease.tokens -= 1
            return Verdict(per_minute, lease.left + lease.tokens, lease.reset_s)
    granted = _granted(door, caller, per_minute, max(1, min(_MOST_AT_ONCE, per_minute // 20)))
    if isinstance(granted, Verdict):
        return granted
    count, ahead_s = granted
    gap = 60 / per_minute
    with _lock:
        lease = _leases.get((door, caller), lambda: _Lease(0, per_minute, 0))
        lease.tokens += count - 1
        lease.left, lease.reset_s = max(0, math.floor((60 - ahead_s) / gap + 0.001)), math.ceil(max(0.0, ahead_s))
        return Verdict(per_minute, lease.left + lease.tokens, lease.reset_s)


def _granted(door: str, caller: str, per_minute: int, wanted: int) -> tuple[int, float] | Verdict:
    params = {"subject": crypto.blind_index(caller, f"tokens.{door}"), "gap": 60 / per_minute, "depth": per_minute}
    for count in dict.fromkeys((wanted, 1)):
        rows = db.fetch(_TAKE, {**params, "count": count})
        if rows:
            return count, rows[0][0]
    rows = db.fetch(_ASK, params)
    ahead = rows[0][0] if rows else 0.0
    wait = max(1, math.ceil(ahead - 60 + 60 / per_minute))
    return Verdict(per_minute, 0, math.ceil(max(0.0, ahead)), wait)


def measured(calls: int, *, per_minute: int = 60_000) -> float:
    """Return the microseconds a call costs here, for `entrepot bench api`."""
    began = time.perf_counter()
    for _ in range(calls):
        take("measured", "bench", per_minute=per_minute)
    return (time.perf_counter() - began) / calls * 1_000_000
