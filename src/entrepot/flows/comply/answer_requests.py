"""Do what people asked for about their data, when its time has come: make the copy, or delete and say what was kept why."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import structlog
from babel.dates import format_date
from django.utils import translation
from django.utils.translation import gettext as _

from entrepot.domains.identity import queries as identity_queries
from entrepot.domains.identity import services as identity
from entrepot.domains.orders import queries as orders
from entrepot.domains.parties import queries as parties_queries
from entrepot.domains.parties import services as parties
from entrepot.domains.parties.services.privacy import KEPT
from entrepot.domains.parties.types import PrivacyView
from entrepot.flows.comply import letters, personal_fields
from entrepot.flows.comply.gather_copy import MOST_ORDERS, gather_copy
from entrepot.flows.comply.write_copy import write_copy
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import NotFound

log = structlog.get_logger(__name__)
_RTL = frozenset({"ar", "fa", "he", "ur"})


def answer_requests(at: dt.datetime) -> int:
    """Answer what is due, each in a transaction of its own, and forget copies whose days are over; return how many.

    One that fails is logged, stays due and does not keep the others waiting.
    """
    done = 0
    for asked in parties_queries.due_privacy(at=at):
        try:
            answered = _answer(asked, at)
        except Exception as fault:  # whatever broke this one, the others have a right to their answer
            log.error("privacy_failed", kind=asked.kind, request=asked.id, error=type(fault).__name__)
            continue
        if answered:
            done += 1
            log.info("privacy_answered", kind=asked.kind, request=asked.id)
    with db.transaction():
        parties.forget_archives(actor=SYSTEM, at=at)
    return done


def _answer(asked: PrivacyView, at: dt.datetime) -> bool:
    """Answer one request, unless it was called off or answered since it was read."""
    with db.transaction():
        db.advisory_lock(f"comply:{asked.id}")
        if not parties.hold_privacy(actor=SYSTEM, request_id=asked.id):
            return False
        (_copy if asked.kind == "export" else _erase)(asked, at)
    return True


def _copy(asked: PrivacyView, at: dt.datetime) -> None:
    try:
        account = identity_queries.account(user_id=asked.account_id)
    except NotFound:
        parties.finish_privacy(actor=SYSTEM, request_id=asked.id, at=at, report={"closed": True})
        return
    data = gather_copy(account_id=asked.account_id, at=at)
    tag = letters.language(asked.locale)
    with translation.override(tag.lower()):
        body = write_copy(data, lang=tag, rtl=tag in _RTL)
    report = {"orders": len(data["orders"]), "bytes": len(body)}
    archive = base64.b64encode(body).decode()
    parties.finish_privacy(actor=SYSTEM, request_id=asked.id, at=at, report=report, archive=archive)
    until = format_date((at + KEPT).date(), "long", locale=letters.cldr(asked.locale))
    letters.write("privacy_export", account, asked.locale, once=asked.id, until=until)


def _erase(asked: PrivacyView, at: dt.datetime) -> None:
    """Overwrite what no law keeps. The last mail is queued first, for afterwards nobody knows the address."""
    try:
        account = identity_queries.account(user_id=asked.account_id)
    except NotFound:
        parties.finish_privacy(actor=SYSTEM, request_id=asked.id, at=at, report={"closed": True})
        return
    numbers = [row.number for row in orders.orders(text=account.email, limit=MOST_ORDERS)]
    with translation.override(letters.language(asked.locale).lower()):
        erased = _("the account, its address book, consents, passkeys, sessions and contact data")
        kept = _("mails we sent you (2 years)")
        if numbers:
            kept = _("%(number)s orders with their invoices and customs papers (10 years), mails we sent you (2 years)")
            kept %= {"number": len(numbers)}
    letters.write("privacy_erased", account, asked.locale, once=asked.id, path="", erased=erased, kept=kept)
    fields = parties.erase_buyer(actor=SYSTEM, account_id=account.id, email=account.email)
    fields += identity.erase_user(actor=SYSTEM, user_id=account.id)
    parties.finish_privacy(actor=SYSTEM, request_id=asked.id, at=at, report=_report(fields, numbers))


def _report(erased: tuple[str, ...], numbers: list[str]) -> dict[str, Any]:
    return {"erased": sorted(erased), "kept": personal_fields.kept(), "orders": numbers}
