"""Events leave with the data: `publish` writes in the caller's transaction, a worker delivers.

Delivery is at least once from outside and exactly once for what a handler writes to this database, since the
delivery row goes in the same transaction. Order is per (subscriber, aggregate). A failing subscriber holds back only
itself and that aggregate, until it succeeds or an operator resends or skips; never another subscriber.
"""

from __future__ import annotations

import contextvars
import datetime as dt
import json
import random
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import structlog

from entrepot.infra import clock, db, metrics, recall
from entrepot.kernel.errors import NotFound
from entrepot.kernel.event import Event, decode, encode

log = structlog.get_logger(__name__)

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")

MAX_ATTEMPTS = 8


class Subscription(msgspec.Struct, frozen=True):
    """`handler(event)` runs inside a transaction that is opened for it. `name` is `<flow>.<function>`; keep it stable.

    Deliveries share a transaction with others, unless `alone`: then each has one of its own. Say so of a handler that takes a
    lock many wait for (a gapless number), or works long: it must hold nobody up until the whole batch is done.
    `wanted` is asked when the event is published: False means that no delivery is written. It must cost next to nothing.
    """

    name: str
    event: type[Event]
    handler: Callable[[Any], None]
    alone: bool = False
    wanted: Callable[[], bool] | None = None


_by_topic: dict[str, list[Subscription]] = {}
_by_name: dict[str, Subscription] = {}


def subscribe(subscriptions: Iterable[Subscription]) -> None:
    """Register subscriptions; the process that publishes must know them too, for deliveries are written with the event."""
    for subscription in subscriptions:
        if subscription.name in _by_name:
            continue
        _by_name[subscription.name] = subscription
        _by_topic.setdefault(subscription.event.topic, []).append(subscription)


def subscriptions() -> list[Subscription]:
    """Return all registered subscriptions by name."""
    return [_by_name[name] for name in sorted(_by_name)]


def publish(event: Event, *, aggregate: str) -> None:
    """Write an event and its deliveries in one statement. `aggregate` is `<kind>:<public id>`; the caller holds its lock."""
    db.require_transaction()
    names = [s.name for s in _by_topic.get(event.topic, []) if s.wanted is None or s.wanted()]
    payload = encode(event).decode()
    if names:
        db.execute(
            "WITH e AS (INSERT INTO infra_outboxevent (topic, aggregate, payload, request_id)"
            " VALUES (%s, %s, %s, %s) RETURNING id, aggregate)"
            " INSERT INTO infra_outboxdelivery (event_id, subscriber, aggregate, attempts, held, error)"
            " SELECT e.id, s, e.aggregate, 0, false, '' FROM e, unnest(%s::text[]) AS s",
            [event.topic, aggregate, payload, request_id.get(), names],
        )
    else:
        db.execute(
            "INSERT INTO infra_outboxevent (topic, aggregate, payload, request_id) VALUES (%s, %s, %s, %s)",
            [event.topic, aggregate, payload, request_id.get()],
        )


_TAKE = """
SELECT d.id, d.subscriber, d.attempts, e.topic, e.payload, e.request_id, d.event_id
FROM infra_outboxdelivery d JOIN infra_outboxevent e ON e.id = d.event_id
WHERE NOT d.held AND d.due_at <= %s AND (d.subscriber = ANY(%s::text[])) = %s
  AND NOT EXISTS (SELECT 1 FROM infra_outboxdelivery p
                  WHERE p.subscriber = d.subscriber AND p.aggregate = d.aggregate AND p.event_id < d.event_id)
ORDER BY d.event_id LIMIT %s FOR UPDATE OF d SKIP LOCKED
"""


class _HandlerFailed(Exception):
    """A handler of a batch failed; the batch was rolled back as a whole."""


def deliver_batch(limit: int = 64) -> int:
    """Deliver up to `limit` due deliveries, and one that goes alone, and return how many were tried (0 = nothing to do).

    All of a batch go in one transaction, for a commit (and a savepoint) costs more than a handler. When one of them
    fails, nothing of the batch has happened, and it is delivered again with a savepoint each, so that the failing one
    alone is put off. Of the deliveries that go alone one is taken after the batch, in a transaction of its own; one and not
    more, so that slow ones do not hold back the quick.
    """
    try:
        tried = _deliver_together(limit)
    except _HandlerFailed:
        tried = _deliver_apart(limit)
    if any(s.alone for s in _by_name.values()):
        tried += _deliver_apart(1, alone=True)
    return tried


def _take(limit: int, *, alone: bool = False) -> list[tuple[Any, ...]]:
    names = [s.name for s in _by_name.values() if s.alone]
    return db.fetch(_TAKE, [dt.datetime.now(dt.UTC), names, alone, limit])


def _deliver_together(limit: int) -> int:
    with db.transaction(), recall.recalling() as next_event:
        rows, last = _take(limit), None
        for _, subscriber, _, topic, payload, request, event in rows:
            if event != last:
                next_event()
                last = event
            try:
                _handle(subscriber, topic, payload, request)
            except Exception as fault:
                raise _HandlerFailed from fault
        if rows:
            db.execute("DELETE FROM infra_outboxdelivery WHERE id = ANY(%s)", [[row[0] for row in rows]])
    return len(rows)


def _deliver_apart(limit: int, *, alone: bool = False) -> int:
    with db.transaction():
        rows = _take(limit, alone=alone)
        done = [row[0] for row in rows if _deliver_one(*row[:6])]
        if done:
            db.execute("DELETE FROM infra_outboxdelivery WHERE id = ANY(%s)", [done])
    return len(rows)


def _handle(subscriber: str, topic: str, payload: Any, request: str) -> None:
    token = request_id.set(request)
    try:
        text = payload if isinstance(payload, str | bytes) else json.dumps(payload)
        _by_name[subscriber].handler(decode(topic, text))
    finally:
        request_id.reset(token)


def _deliver_one(delivery: int, subscriber: str, attempts: int, topic: str, payload: Any, request: str) -> bool:
    try:
        with db.transaction():
            _handle(subscriber, topic, payload, request)
        return True
    except Exception as fault:
        log.exception("delivery_failed", subscriber=subscriber, topic=topic, attempts=attempts + 1, request_id=request)
        metrics.failures.labels(subscriber).inc()
        wait = min(600, 2**attempts) * (1 + random.random() / 4)  # noqa: S311 jitter, not a secret
        db.execute(
            "UPDATE infra_outboxdelivery SET attempts = attempts + 1, held = attempts + 1 >= %s,"
            " due_at = %s, error = %s WHERE id = %s",
            [
                MAX_ATTEMPTS,
                dt.datetime.now(dt.UTC) + dt.timedelta(seconds=wait),
                f"{type(fault).__name__}: {fault}"[:2000],
                delivery,
            ],
        )
        return False


class DeadLetter(msgspec.Struct, frozen=True):
    """A delivery that failed or is being retried."""

    id: int
    subscriber: str
    aggregate: str
    topic: str
    attempts: int
    held: bool
    error: str
    published_at: dt.datetime
    waiting: int


def dead_letters(*, held_only: bool = True, limit: int = 100) -> list[DeadLetter]:
    """Return failed deliveries, oldest first; `waiting` counts the deliveries queued behind each."""
    rows = db.fetch(
        "SELECT d.id, d.subscriber, d.aggregate, e.topic, d.attempts, d.held, d.error, e.published_at,"
        " (SELECT count(*) FROM infra_outboxdelivery w WHERE w.subscriber = d.subscriber"
        "  AND w.aggregate = d.aggregate AND w.event_id > d.event_id)"
        " FROM infra_outboxdelivery d JOIN infra_outboxevent e ON e.id = d.event_id"
        " WHERE d.attempts > 0 AND (d.held OR NOT %s) ORDER BY d.event_id LIMIT %s",
        [held_only, limit],
    )
    return [DeadLetter(*row) for row in rows]


def backlog() -> int:
    """Return the number of deliveries not yet taken, held ones left out."""
    return db.fetch("SELECT count(*) FROM infra_outboxdelivery WHERE NOT held")[0][0]


def resend(delivery_id: int) -> None:
    """Put a dead letter back in line, with its attempts forgotten."""
    _touch("UPDATE infra_outboxdelivery SET held = false, attempts = 0, due_at = now() WHERE id = %s", delivery_id)


def skip(delivery_id: int) -> None:
    """Give a dead letter up; what waits behind it goes on."""
    _touch("DELETE FROM infra_outboxdelivery WHERE id = %s", delivery_id)


def _touch(sql: str, delivery_id: int) -> None:
    db.require_transaction()
    if not db.execute(sql, [delivery_id]):
        raise NotFound(kind="dead letter", key=delivery_id)


def forget_delivered(*, older_than: dt.timedelta) -> int:
    """Delete events that everybody has taken and that are older than this, by the database's clock; return how many."""
    return db.execute(
        "DELETE FROM infra_outboxevent e WHERE e.published_at < now() - %s::interval"
        " AND NOT EXISTS (SELECT FROM infra_outboxdelivery d WHERE d.event_id = e.id)",
        [older_than],
    )


def moment() -> dt.datetime:
    """Return the present moment, for subscribers: a delivery has no door above it that reads the clock and hands it down."""
    return clock.now()
