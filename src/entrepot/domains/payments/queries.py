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
from entrepot.domains.payments.models import (
    Attempt,
    Capture,
    Collection,
    ProviderMessage,
    Refund,
    StoreCredit,
    StoreCreditMove,
)
from entrepot.domains.payments.ports import METHODS, PROVIDERS
from entrepot.domains.payments.types import (
    AttemptView,
    CaptureView,
    CollectionView,
    CreditMove,
    CreditView,
    MessageView,
    MethodTerms,
    MethodView,
    Money,
    NextAction,
    RefundView,
)
from entrepot.infra import crypto, db
from entrepot.kernel.errors import NotFound

# The key of a refund that was asked for again begins so; the id of the failed one follows.
AGAIN = "again:"
# Providers acknowledge a refund within minutes and book it by the next day; who has not by then must be asked by a person.
REFUND_OVERDUE = dt.timedelta(days=1)
# The provider of a store credit: the shop itself, which nobody needs to ask.
HOUSE = "house"
# How long goods are held beyond their time for a provider that cannot be asked: most outages are over by then, and what
# is paid later is late money.
PATIENCE = dt.timedelta(hours=1)

_TERMS = Path(__file__).parent / "refdata" / "methods.json"


@functools.cache
def terms() -> tuple[MethodTerms, ...]:
    """Return where each method is offered and how long its hold lives (`refdata/methods.json`)."""
    return tuple(msgspec.json.decode(_TERMS.read_bytes(), type=list[MethodTerms]))


def methods(
    *, market: str, currency: str, amount_minor: int, on: dt.date | None = None, with_credit: bool = False
) -> tuple[MethodView, ...]:
    """Return the methods offered for a market, currency, amount and day, in their order. Test providers stay out of production.

    An empty market stands for any. Beside store credit (`with_credit`) stands only what can be given back the way it came.
    No statement.
    """
    found = []
    for row in offered(terms(), market=market, currency=currency, amount_minor=amount_minor, on=on):
        if row.method not in METHODS or row.provider not in PROVIDERS:
            continue
        method, provider = METHODS.get(row.method), PROVIDERS.get(row.provider)
        if (provider.test and settings.PRODUCTION) or (with_credit and not method.takes_back):
            continue
        shown = method.shown_as.get(row.shown_as, method)
        found.append(
            MethodView(
                code=method.code,
                name=shown.name,
                note=shown.note,
                provider=row.provider,
                hold_s=row.hold_s,
                test=provider.test,
                pay_s=row.pay_s or row.hold_s,
                at_the_door=method.at_the_door,
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
    """Return those of some orders that are being paid, in one statement: an attempt is open, exact money is there or promised.

    An attempt stays open until its hold ends and its provider was asked a last time; for the provider's answer it counts
    for PATIENCE at most. Money is there until it goes back.
    """
    rows = db.fetch(
        "SELECT DISTINCT a.order_id::text FROM payments_attempt a LEFT JOIN payments_capture c ON c.attempt_id = a.id"
        " WHERE a.order_id = ANY(%s::uuid[])"
        " AND ((a.state = ANY(%s) AND a.expires_at > %s) OR (NOT a.mismatch AND c.refunded_minor < c.amount_minor)"
        "  OR (a.state = 'accepted' AND a.provider <> %s))",
        [list(order_ids), list(OPEN), at - PATIENCE, HOUSE],
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
    rows = Capture.objects.select_related("attempt__credit").filter(attempt__order_id=order_id).order_by("id")
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
        part=row.part,
        method=row.attempt.method,
        credit_id=str(row.attempt.credit.public_id) if row.attempt.credit else "",
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
        tender=row.tender,
        credit_id=str(row.credit.public_id) if row.credit else "",
    )


def _refunds() -> QuerySet[Refund]:
    """Refunds with what `refund_view` shows of them. Overdue goes by the database's clock, which also wrote requested_at."""
    late = Q(state="requested", requested_at__lt=Now() - REFUND_OVERDUE)
    again = Refund.objects.filter(key=Concat(Value(AGAIN), Cast(OuterRef("public_id"), TextField())))
    rows = Refund.objects.select_related("capture__attempt", "credit")
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
    """Return the ids of refunds to be carried out by now, oldest first; those that a person pays are not among them."""
    rows = (
        Refund.objects.filter(Q(due_at=None) | Q(due_at__lte=at), state="requested")
        .exclude(tender="bank_transfer")
        .order_by("id")
    )
    return tuple(str(public_id) for public_id in rows.values_list("public_id", flat=True)[:limit])


def failed_refunds(*, limit: int = 100) -> tuple[RefundView, ...]:
    """Return refunds that the provider turned down and nobody asked for again, newest first; a person decides on them."""
    rows = _refunds().filter(state="failed", retried=False).order_by("-id")[:limit]
    return tuple(refund_view(row) for row in rows)


def overdue_refunds(*, limit: int = 100) -> tuple[RefundView, ...]:
    """Return refunds that were asked for more than REFUND_OVERDUE ago and are not done, oldest first."""
    rows = _refunds().filter(overdue=True).order_by("id")[:limit]
    return tuple(refund_view(row) for row in rows)


def recent_refunds(*, limit: int = 100) -> tuple[RefundView, ...]:
    """Return the newest refunds of all orders."""
    return tuple(refund_view(row) for row in _refunds().order_by("-id")[:limit])


def bank_transfers(*, limit: int = 100) -> tuple[RefundView, ...]:
    """Return refunds that wait for a person to pay them by bank transfer, oldest first."""
    rows = _refunds().filter(state="requested", tender="bank_transfer").order_by("id")[:limit]
    return tuple(refund_view(row) for row in rows)


_MONEY = """
SELECT coalesce(sum(c.came), 0)::bigint, coalesce(sum(c.back), 0)::bigint,
  coalesce(sum(a.amount_minor - coalesce(c.came, 0) - coalesce(k.refused, 0))
    FILTER (WHERE a.state = 'accepted' AND a.provider <> %s), 0)::bigint
FROM payments_attempt a
LEFT JOIN LATERAL (SELECT sum(amount_minor) AS came, sum(refunded_minor) AS back FROM payments_capture WHERE attempt_id = a.id) c ON true
LEFT JOIN LATERAL (SELECT sum(amount_minor) AS refused FROM payments_collection
    WHERE attempt_id = a.id AND state = 'refused') k ON true
WHERE a.order_id = %s
"""


def money(*, order_id: str) -> Money:
    """Return what an order's money is: came in, goes back, and is promised at the door. One statement."""
    return Money(*db.fetch(_MONEY, [HOUSE, order_id])[0])


def promise(*, order_id: str) -> AttemptView | None:
    """Return the attempt whose money a carrier is to collect at the door, None when there is none."""
    row = Attempt.objects.filter(order_id=order_id, state="accepted").exclude(provider=HOUSE).order_by("id").first()
    return attempt_view(row) if row else None


def door_attempt(*, order_id: str) -> AttemptView | None:
    """Return the attempt that cash at the door was promised by, settled or not, None when there was none.

    What became of the cash may be known before what became of the parcel.
    """
    rows = Attempt.objects.exclude(provider=HOUSE).filter(order_id=order_id).order_by("id")
    told = rows.filter(pk__in=Collection.objects.filter(attempt__order_id=order_id).values("attempt_id"))
    row = rows.filter(state="accepted").first() or told.first()
    return attempt_view(row) if row else None


def collections(*, order_id: str) -> tuple[CollectionView, ...]:
    """Return what became of the cash of an order's parcels, oldest first."""
    rows = Collection.objects.filter(attempt__order_id=order_id).order_by("id")
    return tuple(CollectionView(row.part, row.state, row.amount_minor, row.at) for row in rows)


def credit_held(*, order_id: str) -> int:
    """Return how much store credit is set aside for an order that is not paid yet."""
    sql = "SELECT coalesce(sum(amount_minor), 0)::bigint FROM payments_attempt WHERE order_id = %s AND state = 'accepted' AND provider = %s"
    return db.fetch(sql, [order_id, HOUSE])[0][0]


def credit_index(code: str) -> str:
    """Return the keyed hash by which a store credit's code is found; blanks, dashes and case do not matter."""
    return crypto.blind_index("".join(ch for ch in code if ch.isalnum()), "payments.store_credit")


def credit_view(row: StoreCredit) -> CreditView:
    """Return a row as others see it: without its code."""
    return CreditView(
        id=str(row.public_id),
        currency=row.currency,
        issued_minor=row.issued_minor,
        balance_minor=row.balance_minor,
        expires_at=row.expires_at,
        created_at=row.created_at,
        hint=str(row.code)[-4:],
        order_id=str(row.order_id) if row.order_id else "",
    )


def credit_by_code(*, code: str) -> CreditView | None:
    """Return the store credit of a code, None when there is none."""
    row = StoreCredit.objects.filter(code_index=credit_index(code)).first()
    return credit_view(row) if row else None


def credit(*, credit_id: str) -> CreditView:
    """Return a store credit; raise NotFound."""
    row = StoreCredit.objects.filter(public_id=credit_id).first() if is_id(credit_id) else None
    if row is None:
        raise NotFound(kind="store credit", key=credit_id)
    return credit_view(row)


def credit_code(*, credit_id: str) -> str:
    """Return the code of a store credit, for the mail to its buyer and nothing else; raise NotFound."""
    row = StoreCredit.objects.filter(public_id=credit_id).first()
    if row is None:
        raise NotFound(kind="store credit", key=credit_id)
    return str(row.code)


def credits_of(*, order_id: str) -> tuple[CreditView, ...]:
    """Return the store credits that were issued for an order, oldest first."""
    return tuple(credit_view(row) for row in StoreCredit.objects.filter(order_id=order_id).order_by("id"))


def credit_moves(*, credit_id: str) -> tuple[CreditMove, ...]:
    """Return the movements of a store credit, oldest first."""
    rows = StoreCreditMove.objects.filter(credit__public_id=credit_id).order_by("id")
    return tuple(CreditMove(r.kind, r.amount_minor, str(r.order_id) if r.order_id else "", r.at) for r in rows)


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
