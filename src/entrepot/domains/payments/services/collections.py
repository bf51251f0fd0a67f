"""Cash on delivery: what carriers collected, were refused and paid out, parcel by parcel."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.payments import queries
from entrepot.domains.payments.engine.collections import settled, verdict
from entrepot.domains.payments.events import CashCollected, CashRemitted
from entrepot.domains.payments.models import Attempt, Capture, ProviderMessage
from entrepot.domains.payments.models import Collection as CollectionRow
from entrepot.domains.payments.types import AppliedCollection, AttemptView, CaptureView, Collection
from entrepot.infra.events import publish
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound


@service("payments.apply_state")
def apply_collection(
    *,
    actor: Actor,
    attempt_id: str,
    said: Collection,
    at: dt.datetime,
    provider: str = "",
    message_id: str | None = None,
) -> AppliedCollection:
    """Record what a carrier did with the cash of a parcel; publish CashCollected or CashRemitted.

    What was paid out is a capture of its own (`capture` is set: the caller posts it in the same transaction). Once all of the
    promise was paid out or refused, the attempt is captured, or cancelled when nothing came of it. A word that changes
    nothing is stale; more cash than was promised, or another currency, is a mismatch: nothing is booked, a person decides.
    Raises NotFound when there is no such attempt (of this provider).
    """
    row = (
        Attempt.objects.select_for_update().filter(public_id=attempt_id).first() if queries.is_id(attempt_id) else None
    )
    if row is None or (provider and row.provider != provider):
        raise NotFound(kind="payment attempt", key=attempt_id)
    known = queries.collections(order_id=str(row.order_id))
    outcome = verdict(row.amount_minor, row.currency, known, said) if row.state == "accepted" else "stale"
    if message_id:
        ProviderMessage.objects.filter(public_id=message_id).update(outcome=outcome, attempt_id=attempt_id)
    if outcome != "applied":
        return AppliedCollection(outcome, queries.attempt_view(row))
    CollectionRow.objects.update_or_create(
        attempt=row,
        part=said.part,
        defaults={"amount_minor": said.amount_minor, "state": said.status, "at": at},
    )
    capture = _came_in(row, said, at) if said.status == "remitted" else None
    row.state = settled(row.amount_minor, queries.collections(order_id=str(row.order_id))) or row.state
    row.refusal = "refused_at_door" if row.state == "cancelled" else row.refusal
    row.heard_at = at
    row.save(update_fields=["state", "refusal", "heard_at"])
    _tell(row, said)
    return AppliedCollection("applied", queries.attempt_view(row), capture, said.status == "refused")


def _came_in(row: Attempt, said: Collection, at: dt.datetime) -> CaptureView:
    capture = Capture(attempt=row, part=said.part, amount_minor=said.amount_minor, currency=said.currency, at=at)
    capture.save(force_insert=True)
    return queries.capture_view(capture)


def _tell(row: Attempt, said: Collection) -> None:
    kinds = {"collected": CashCollected, "remitted": CashRemitted}
    if said.status in kinds:
        order_id = str(row.order_id)
        event = kinds[said.status](
            attempt_id=str(row.public_id),
            order_id=order_id,
            part=said.part,
            amount_minor=said.amount_minor,
            currency=said.currency,
        )
        publish(event, aggregate=f"order:{order_id}")


@service("payments.apply_state")
def withdraw_promise(*, actor: Actor, order_id: str, at: dt.datetime, attempt_id: str = "") -> tuple[AttemptView, ...]:
    """Call off what was promised at the door for an order that goes nowhere; return the attempts called off.

    Only one of which no parcel's cash is known. `attempt_id` names one of several.
    """
    rows = (
        Attempt.objects.select_for_update().filter(order_id=order_id, state="accepted").exclude(provider=queries.HOUSE)
    )
    if attempt_id:
        rows = rows.filter(public_id=attempt_id)
    gone = [row for row in rows.order_by("id") if not CollectionRow.objects.filter(attempt=row).exists()]
    for row in gone:
        row.state, row.refusal, row.heard_at = "cancelled", "cancelled", at
        row.save(update_fields=["state", "refusal", "heard_at"])
    return tuple(queries.attempt_view(row) for row in gone)
