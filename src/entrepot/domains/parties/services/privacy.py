"""Requests about one's own data: a copy, or deletion after days of grace; and the overwriting itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError

from entrepot.domains.parties.errors import AskedBefore
from entrepot.domains.parties.models import Address, Buyer, Consent, PrivacyRequest, SavedAddress
from entrepot.domains.parties.queries import email_index
from entrepot.domains.parties.services.account import _own
from entrepot.domains.parties.types import PrivacyKind
from entrepot.infra import crypto, db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor

LAW = dt.timedelta(days=30)  # GDPR art. 12(3) says a month
GRACE = dt.timedelta(days=7)
KEPT = dt.timedelta(days=7)

# What `erase_buyer` overwrites or deletes.
ERASED = (
    "parties.Buyer.email", "parties.Buyer.name", "parties.Buyer.phone", "parties.Address.country",
    "parties.Address.data", "parties.SavedAddress.country", "parties.SavedAddress.data", "parties.PrivacyRequest.archive",
)  # fmt: skip


@service("parties.manage_own")
def ask_privacy(*, actor: Actor, account_id: str, kind: PrivacyKind, locale: str, at: dt.datetime) -> str:
    """Ask for a copy of one's data (made at once) or their deletion (after seven days); return the public id.

    Raises AskedBefore while the same is open.
    """
    _own(actor, account_id)
    row = PrivacyRequest(
        kind=kind, account_id=account_id, locale=locale, asked_at=at, deadline_at=at + LAW,
        run_at=at + GRACE if kind == "erasure" else at,
    )  # fmt: skip
    try:
        with db.transaction():
            row.save(force_insert=True)
    except IntegrityError as fault:
        raise AskedBefore() from fault
    return str(row.public_id)


@service("parties.manage_own")
def call_off_privacy(*, actor: Actor, account_id: str, kind: PrivacyKind, at: dt.datetime) -> bool:
    """Call an open request off; False when none is open (any more)."""
    _own(actor, account_id)
    rows = PrivacyRequest.objects.filter(account_id=account_id, kind=kind, state="asked")
    return bool(rows.update(state="off", done_at=at))


@service("parties.answer_privacy")
def hold_privacy(*, actor: Actor, request_id: str) -> bool:
    """Hold a request that is to be answered until the transaction ends; False when it is not open (any more)."""
    return PrivacyRequest.objects.select_for_update().filter(public_id=request_id, state="asked").exists()


@service("parties.answer_privacy")
def finish_privacy(
    *, actor: Actor, request_id: str, at: dt.datetime, report: dict[str, Any], archive: str = ""
) -> None:
    """Mark a request as done, with what was done; a copy (base64 of a zip) can be fetched for seven days."""
    row = PrivacyRequest.objects.filter(public_id=request_id, state="asked").first()
    if row is None:
        return
    row.state, row.done_at, row.report, row.archive = "done", at, report, archive
    row.until = at + KEPT if archive else None
    row.save(update_fields=["state", "done_at", "report", "archive", "until"])


@service("parties.answer_privacy")
def forget_archives(*, actor: Actor, at: dt.datetime) -> int:
    """Delete copies whose days are over; return how many. That they were made stays."""
    return PrivacyRequest.objects.filter(until__lte=at, state="done").update(archive="", state="forgotten")


@service("parties.answer_privacy")
def erase_buyer(*, actor: Actor, account_id: str, email: str) -> tuple[str, ...]:
    """Overwrite what parties keep of a person: address book, consents, copies, and the buyer's contact data.

    Orders keep their own copy of name and address, as law demands, so that the rows they point to stay, empty.
    Returns the fields that were overwritten, as `domain.Model.field`.
    """
    SavedAddress.objects.filter(account_id=account_id).delete()
    Consent.objects.filter(account_id=account_id).delete()
    PrivacyRequest.objects.filter(account_id=account_id, kind="export").update(archive="", state="forgotten")
    for buyer in Buyer.objects.filter(email_index=email_index(email)):
        Address.objects.filter(buyer=buyer).update(country="", data="")
        nobody = crypto.blind_index(str(buyer.public_id), "parties.erased")
        Buyer.objects.filter(pk=buyer.pk).update(email="", name="", phone="", email_index=nobody)
    return ERASED
