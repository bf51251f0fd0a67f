"""Reads of payments."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, Now

from entrepot.domains.payments.engine.offered import offered
from entrepot.domains.payments.engine.states import OPEN
from entrepot.domains.payments.models import Attempt, Capture, ProviderMessage, Refund
from entrepot.domains.payments.ports import METHODS, PROVIDERS
from entrepot.domains.payments.types import (
    AttemptView,
    CaptureView,
    MessageView,
    MethodTerms,
    MethodView,
    NextAction,
    RefundView,
)
from entrepot.infra import crypto, db
from entrepot.kernel.errors import NotFound

# The key of a refund that was asked for again begins so; the id of the failed one follows.
AGAIN = "again:"
# Providers acknowledge a refund within minutes and book it by the next day; who has not by then must be asked by a person.
REFUND_OVERDUE = dt.timedelta(days=1)
# How long goods are held beyond their time for a provider that cannot be asked: most outages are over by then, and what
# is paid later is late money.
PATIENCE = dt.timedelta(hours=1)

_TERMS = Path(__file__).parent / "refdata" / "methods.json"


@functools.cache
def terms() -> tuple[MethodTerms, ...]:
    """Return where each method is offered and how long its hold lives (`refdata/methods.json`)."""
    return tuple(msgspec.json.decode(_TERMS.read_bytes(), type=list[MethodTerms]))


def methods(*, market: str, currency: str, amount_minor: int) -> tuple[MethodView, ...]:
    """Return the methods offered for a market, currency and amount, in their order. Test providers stay out of production.

    An empty market stands for any. No statement.
    """
    found = []
    for row in offered(terms(), market=market, currency=currency, amount_minor=amount_minor):
        if row.method not in METHODS or row.provider not in PROVIDERS:
            continue
        method, provider = METHODS.get(row.method), PROVIDERS.get(row.provider)
        if provider.test and settings.PRODUCTION:
            continue
        found.append(
            MethodView(
                code=method.code,
                name=method.name,
                note=method.note,
                provider=row.provider,
                hold_s=row.hold_s,
                test=provider.test,
            )
        )
    return tuple(found)


# The hot path reads attempts without building model instances.
ATTEMPT_COLUMNS = (
    "public_id::text, order_id::text, method, provider, amount_minor, currency, state, reference, next_action::text,"
    " refusal, created_at, expires_at, store_id::text, entity_id::text, return_url, mismatch"
)
_action = msgspec.json.Decoder(NextAction).decode


def view_of(row: Sequence[Any]) -> AttemptView:
    """Return ATTEMPT_COLUMNS of a row as others see it."""
    action = NextAction("none") if row[8] == "{}" else _action(row[8])
    return AttemptView(*row[:8], action, *row[9:])  # type: ignore[call-arg]


def attempt_view(row: Attempt) -> AttemptView:
    """Return a row as others see it."""
    return AttemptView(
        id=str(row.public_id),
        order_id=str(row.order_id),
        method=row.method,
        provider=row.provider,
        amount_minor=row.amount_minor,
        currency=row.currency,
        state=row.state,
        reference=row.reference,
        next_action=msgspec.convert(row.next_action, NextAction) if row.next_action else NextAction("none"),
        refusal=row.refusal,
        created_at=row.created_at,
        expires_at=row.expires_at,
        store_id=str(row.store_id),
        entity_id=str(row.entity_id),
        return_url=row.return_url,
        mismatch=row.mismatch,
    )


def attempts(*, order_id: str) -> tuple[AttemptView, ...]:
    """Return an order's attempts, oldest first."""
    return tuple(attempt_view(row) for row in Attempt.objects.filter(order_id=order_id).order_by("id"))


def attempt(*, attempt_id: str) -> AttemptView:
    """Return one attempt; raise NotFound."""
    sql = f"SELECT {ATTEMPT_COLUMNS} FROM payments_attempt WHERE public_id = %s"  # noqa: S608 constants only
    rows = db.fetch(sql, [attempt_id]) if is_id(attempt_id) else []
    if not rows:
        raise NotFound(kind="payment attempt", key=attempt_id)
    return view_of(rows[0])


# Of each provider so many, lest one that is silent keeps the others' waiting.
_SILENT = """
SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY provider ORDER BY heard_at) AS place FROM payments_attempt
    WHERE state = ANY(%(open)s) AND heard_at < %(at)s::timestamptz - make_interval(secs => %(pause)s)
      AND 2 * (%(at)s::timestamptz - heard_at) > heard_at - created_at AND expires_at > %(at)s
) found WHERE place <= %(limit)s ORDER BY heard_at
"""
_LAPSED = """
SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY provider ORDER BY id) AS place FROM payments_attempt
    WHERE state = ANY(%(open)s) AND expires_at <= %(at)s
) found WHERE place <= %(limit)s ORDER BY id
"""


def silent_attempts(*, at: dt.datetime, pause_s: int = 30, limit: int = 50) -> tuple[AttemptView, ...]:
    """Return attempts within their hold whose provider is to be asked, longest silent first, `limit` of each provider.

    Silent means: nothing heard for `pause_s`, and for half as long as the attempt was old then, so that a code that may
    be paid for a day is asked for less and less often.
    """
    params = {"open": list(OPEN), "at": at, "pause": pause_s, "limit": limit}
    return tuple(attempt_view(row) for row in Attempt.objects.raw(_SILENT, params))


def lapsed_attempts(*, at: dt.datetime, limit: int = 100) -> tuple[AttemptView, ...]:
    """Return open attempts whose hold has run out, oldest first, `limit` of each provider."""
    params = {"open": list(OPEN), "at": at, "limit": limit}
    return tuple(attempt_view(row) for row in Attempt.objects.raw(_LAPSED, params))


def paying(*, order_ids: Sequence[str], at: dt.datetime) -> frozenset[str]:
    """Return those of some orders that are being paid, in one statement: an attempt is open, or exact money is there.

    An attempt stays open until its hold ends and its provider was asked a last time; for the provider's answer it counts
    for PATIENCE at most. Money is there until it goes back.
    """
    rows = db.fetch(
        "SELECT DISTINCT a.order_id::text FROM payments_attempt a LEFT JOIN payments_capture c ON c.attempt_id = a.id"
        " WHERE a.order_id = ANY(%s::uuid[])"
        " AND ((a.state = ANY(%s) AND a.expires_at > %s) OR (NOT a.mismatch AND c.refunded_minor < c.amount_minor))",
        [list(order_ids), list(OPEN), at - PATIENCE],
    )
    return frozenset(row[0] for row in rows)


def attempt_for(*, provider: str, reference: str) -> str:
    """Return the id of the newest attempt to which a provider gave this reference, "" when we know none."""
    if not reference:
        return ""
    found = Attempt.objects.filter(provider=provider, reference=reference).order_by("-id").values_list("public_id")
    row = found.first()
    return str(row[0]) if row else ""


def is_id(text: str) -> bool:
    """Say whether a text has the form of a public id."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def mismatches(*, limit: int = 100) -> tuple[AttemptView, ...]:
    """Return attempts whose captured amount was not what was asked for, newest first; a person decides on them.

    One of which a refund was asked for is settled, and not among them.
    """
    sent_back = Refund.objects.filter(capture__attempt=OuterRef("pk"))
    rows = Attempt.objects.filter(~Exists(sent_back), mismatch=True).order_by("-id")[:limit]
    return tuple(attempt_view(row) for row in rows)


def captures(*, order_id: str) -> tuple[CaptureView, ...]:
    """Return what came in for an order, oldest first."""
    rows = Capture.objects.select_related("attempt").filter(attempt__order_id=order_id).order_by("id")
    return tuple(capture_view(row) for row in rows)


def capture_view(row: Capture) -> CaptureView:
    """Return a row with its attempt as others see it."""
    return CaptureView(
        attempt_id=str(row.attempt.public_id),
        order_id=str(row.attempt.order_id),
        entity_id=str(row.attempt.entity_id),
        provider=row.attempt.provider,
        amount_minor=row.amount_minor,
        refunded_minor=row.refunded_minor,
        currency=row.currency,
        at=row.at,
    )


def refund_view(row: Refund) -> RefundView:
    """Return a row with its capture and attempt as others see it."""
    attempt = row.capture.attempt
    return RefundView(
        id=str(row.public_id),
        attempt_id=str(attempt.public_id),
        amount_minor=row.amount_minor,
        currency=row.capture.currency,
        state=row.state,
        reason=row.reason,
        order_id=str(attempt.order_id),
        entity_id=str(attempt.entity_id),
        provider=attempt.provider,
        reference=attempt.reference,
        requested_at=row.requested_at,
        done_at=row.done_at,
        overdue=getattr(row, "overdue", False),
        retried=getattr(row, "retried", False),
    )


def _refunds() -> QuerySet[Refund]:
    """Refunds with what `refund_view` shows of them. Overdue goes by the database's clock, which also wrote requested_at."""
    late = Q(state="requested", requested_at__lt=Now() - REFUND_OVERDUE)
    again = Refund.objects.filter(key=Concat(Value(AGAIN), Cast(OuterRef("public_id"), TextField())))
    rows = Refund.objects.select_related("capture__attempt")
    return rows.annotate(overdue=ExpressionWrapper(late, BooleanField()), retried=Exists(again))


def refunds(*, order_id: str) -> tuple[RefundView, ...]:
    """Return an order's refunds, oldest first."""
    return tuple(refund_view(row) for row in _refunds().filter(capture__attempt__order_id=order_id).order_by("id"))


def refund(*, refund_id: str) -> RefundView:
    """Return one refund; raise NotFound."""
    row = _refunds().filter(public_id=refund_id).first() if is_id(refund_id) else None
    if row is None:
        raise NotFound(kind="refund", key=refund_id)
    return refund_view(row)


def refund_known(*, refund_id: str, provider: str) -> bool:
    """Say whether a refund of this id went through this provider; anything that is no id of ours did not."""
    found = (
        Refund.objects.filter(public_id=refund_id, capture__attempt__provider=provider) if is_id(refund_id) else None
    )
    return found is not None and found.exists()


def due_refunds(*, at: dt.datetime, limit: int = 50) -> tuple[str, ...]:
    """Return the ids of refunds that the provider is to be told of by now, oldest first."""
    rows = Refund.objects.filter(Q(due_at=None) | Q(due_at__lte=at), state="requested").order_by("id")
    return tuple(str(public_id) for public_id in rows.values_list("public_id", flat=True)[:limit])


def failed_refunds(*, limit: int = 100) -> tuple[RefundView, ...]:
    """Return refunds that the provider turned down and nobody asked for again, newest first; a person decides on them."""
    rows = _refunds().filter(state="failed", retried=False).order_by("-id")[:limit]
    return tuple(refund_view(row) for row in rows)


def overdue_refunds(*, limit: int = 100) -> tuple[RefundView, ...]:
    """Return refunds that were asked for more than REFUND_OVERDUE ago and are not done, oldest first."""
    rows = _refunds().filter(overdue=True).order_by("id")[:limit]
    return tuple(refund_view(row) for row in rows)


def message(*, message_id: str) -> MessageView:
    """Return a stored message, opened; raise NotFound."""
    rows = db.fetch(
        "SELECT public_id::text, provider, event_id, reference, attempt_id, outcome, body, received_at"
        " FROM payments_providermessage WHERE public_id = %s",
        [message_id],
    )
    if not rows:
        raise NotFound(kind="provider message", key=message_id)
    *head, sealed, received_at = rows[0]
    body = crypto.decrypt(sealed, f"payments_providermessage.body.{head[0]}") if sealed else ""
    return MessageView(*head, body, received_at)  # type: ignore[call-arg]


def messages(*, attempt_id: str) -> tuple[MessageView, ...]:
    """Return what the provider sent about an attempt, oldest first."""
    return _message_views(ProviderMessage.objects.filter(attempt_id=attempt_id).order_by("id"))


def unmatched_messages(*, limit: int = 100) -> tuple[MessageView, ...]:
    """Return messages whose payment we do not know, newest first: kept, answered, and for a person to look at."""
    return _message_views(ProviderMessage.objects.filter(outcome="unmatched").order_by("-received_at")[:limit])


def _message_views(rows: Any) -> tuple[MessageView, ...]:
    return tuple(_message_view(row) for row in rows)


def _message_view(row: ProviderMessage) -> MessageView:
    return MessageView(
        id=str(row.public_id),
        provider=row.provider,
        event_id=row.event_id,
        reference=row.reference,
        attempt_id=row.attempt_id,
        outcome=row.outcome,
        body=row.body,
        received_at=row.received_at,
    )
