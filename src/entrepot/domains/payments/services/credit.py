"""Store credit: issued instead of money, set aside for an order, taken when it is confirmed, given back when it is not.

The row of a credit is locked by whoever moves its balance; each movement is written down once by its key. The code is told
once, by mail; it is kept sealed, and found by its keyed hash.
"""

from __future__ import annotations

import datetime as dt
import functools
import secrets
from pathlib import Path

import msgspec

from entrepot.domains.payments import queries
from entrepot.domains.payments.errors import CreditNotUsable, CreditUnknown
from entrepot.domains.payments.events import PaymentAccepted, StoreCreditIssued
from entrepot.domains.payments.models import Attempt, Capture, StoreCredit, StoreCreditMove
from entrepot.domains.payments.ports import METHODS
from entrepot.domains.payments.types import AttemptView, CaptureView, CreditView
from entrepot.infra.events import publish
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, NotFound

_TERMS = Path(__file__).parents[1] / "refdata" / "store_credit.json"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read as another

SPENT = N_("it is used up.")
EXPIRED = N_("it has expired.")
OTHER_CURRENCY = N_("it is in another currency than this order.")
OTHER_SHOP = N_("it was issued by another shop.")
WITH_CASH = N_("it does not pay the whole, and the rest cannot be paid in cash. Choose another way to pay the rest.")


@functools.cache
def _expires_after() -> dt.timedelta:
    return dt.timedelta(days=msgspec.json.decode(_TERMS.read_bytes())["expires_after_days"])


@service("payments.issue_credit")
def issue_credit(
    *,
    actor: Actor,
    order_id: str,
    store_id: str,
    entity_id: str,
    amount_minor: int,
    currency: str,
    at: dt.datetime,
    key: str,
) -> CreditView:
    """Issue store credit for an order, with a new code; publish StoreCreditIssued (the mail tells the code).

    Once per key. It expires by `refdata/store_credit.json`.
    """
    known = StoreCreditMove.objects.select_related("credit").filter(key=key).first()
    if known is not None:
        return queries.credit_view(known.credit)
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    row = StoreCredit.objects.create(
        store_id=store_id,
        entity_id=entity_id,
        code=code,
        code_index=queries.credit_index(code),
        currency=currency,
        issued_minor=amount_minor,
        balance_minor=amount_minor,
        order_id=order_id,
        created_at=at,
        expires_at=at + _expires_after(),
    )
    _move(row, "issue", amount_minor, order_id, key, at)
    event = StoreCreditIssued(
        credit_id=str(row.public_id), order_id=order_id, amount_minor=amount_minor, currency=currency
    )
    publish(event, aggregate=f"order:{order_id}")
    return queries.credit_view(row)


@service("payments.issue_credit")
def top_up_credit(
    *, actor: Actor, credit_id: str, order_id: str, amount_minor: int, at: dt.datetime, key: str
) -> CreditView:
    """Put back onto a store credit what it paid of an order; once per key. Raises NotFound."""
    row = _locked(public_id=credit_id)
    if not StoreCreditMove.objects.filter(key=key).exists():
        _give(row, amount_minor, at)
        _move(row, "back", amount_minor, order_id, key, at)
    return queries.credit_view(row)


@service("checkout.place")
def hold_credit(
    *,
    actor: Actor,
    code: str,
    order_id: str,
    store_id: str,
    entity_id: str,
    method: str,
    due_minor: int,
    currency: str,
    at: dt.datetime,
    until: dt.datetime,
) -> AttemptView:
    """Set aside as much of a store credit as an order needs, and return it as an accepted attempt of the house.

    Its amount is the smaller of balance and `due_minor`. When it pays the whole, PaymentAccepted is published and confirms
    the order; else the method's money does. Nothing is booked until then.

    Raises:
        CreditUnknown: no such code.
        CreditNotUsable: used up, expired, of another currency or shop, or the rest were cash.
    """
    try:
        row = _locked(code_index=queries.credit_index(code))
    except NotFound as fault:
        raise CreditUnknown(field="credit_code", value="", rule="") from fault
    for wrong, reason in (
        (str(row.store_id) != store_id, OTHER_SHOP),
        (row.currency != currency, OTHER_CURRENCY),
        (row.expires_at is not None and row.expires_at <= at, EXPIRED),
        (row.balance_minor <= 0, SPENT),
        (row.balance_minor < due_minor and not METHODS.get(method).takes_back, WITH_CASH),
    ):
        if wrong:
            raise CreditNotUsable(reason=reason, field="credit_code", value="", rule="")
    used = min(row.balance_minor, due_minor)
    row.balance_minor -= used
    row.save(update_fields=["balance_minor"])
    attempt = Attempt(
        order_id=order_id,
        store_id=store_id,
        entity_id=entity_id,
        method="store_credit",
        provider=queries.HOUSE,
        amount_minor=used,
        currency=currency,
        state="accepted",
        created_at=at,
        heard_at=at,
        expires_at=until,
        credit=row,
    )
    attempt.save(force_insert=True)
    _move(row, "hold", -used, order_id, f"hold:{attempt.public_id}", at)
    if used == due_minor:
        event = PaymentAccepted(
            attempt_id=str(attempt.public_id),
            order_id=order_id,
            amount_minor=used,
            currency=currency,
            at_the_door=False,
        )
        publish(event, aggregate=f"order:{order_id}")
    return queries.attempt_view(attempt)


@service("payments.capture_credit")
def capture_credit(*, actor: Actor, order_id: str, at: dt.datetime) -> tuple[CaptureView, ...]:
    """Take what was set aside for an order that is confirmed now; the caller posts the captures in the same transaction."""
    taken = []
    for row in _held(order_id):
        row.state, row.heard_at = "captured", at
        row.save(update_fields=["state", "heard_at"])
        capture = Capture(attempt=row, amount_minor=row.amount_minor, currency=row.currency, at=at)
        capture.save(force_insert=True)
        taken.append(queries.capture_view(capture))
    return tuple(taken)


@service("payments.return_credit")
def return_credit(*, actor: Actor, order_id: str, at: dt.datetime) -> int:
    """Give back what was set aside for an order that is not confirmed; return how much. Safe to repeat."""
    back = 0
    for row in _held(order_id):
        credit = _locked(pk=row.credit_id)
        _give(credit, row.amount_minor, at)
        row.state, row.refusal, row.heard_at = "cancelled", "cancelled", at
        row.save(update_fields=["state", "refusal", "heard_at"])
        _move(credit, "back", row.amount_minor, order_id, f"back:{row.public_id}", at)
        back += row.amount_minor
    return back


def _give(credit: StoreCredit, amount_minor: int, at: dt.datetime) -> None:
    """Put money back onto a store credit, which then lives as long as a fresh one: nobody gets back what he cannot spend."""
    credit.balance_minor += amount_minor
    credit.expires_at = credit.expires_at and max(credit.expires_at, at + _expires_after())
    credit.save(update_fields=["balance_minor", "expires_at"])


def _held(order_id: str) -> list[Attempt]:
    rows = Attempt.objects.select_for_update().filter(order_id=order_id, state="accepted", provider=queries.HOUSE)
    return list(rows.order_by("id"))


def _locked(**which: object) -> StoreCredit:
    row = StoreCredit.objects.select_for_update().filter(**which).first()
    if row is None:
        raise NotFound(kind="store credit", key="")
    return row


def _move(credit: StoreCredit, kind: str, amount_minor: int, order_id: str, key: str, at: dt.datetime) -> None:
    StoreCreditMove.objects.create(
        credit=credit, kind=kind, amount_minor=amount_minor, order_id=order_id, key=key, at=at
    )
