"""Send money back: the provider is told outside any transaction, then the refund is done and posted in one."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import OperationalError

from entrepot.domains.finance.engine import entries
from entrepot.domains.ledger import queries as ledger_queries
from entrepot.domains.ledger import services as ledger
from entrepot.domains.ledger.errors import Overdrawn
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments import services
from entrepot.domains.payments.errors import ProviderRefuses, ProviderSilent
from entrepot.domains.payments.ports import PROVIDERS
from entrepot.domains.payments.types import CreditView, RefundView
from entrepot.infra import db
from entrepot.infra.crash import crash_point
from entrepot.kernel.actor import SYSTEM

log = structlog.get_logger(__name__)


def execute_due_refunds(at: dt.datetime) -> int:
    """Execute every requested refund that is due, and return how many were tried. One that breaks is tried later again."""
    due = payments.due_refunds(at=at)
    for refund_id in due:
        try:
            execute_refund(refund_id, at)
        except OperationalError:  # the database is gone: for all of them
            raise
        except Exception as fault:
            log.error("refund_broken", refund=refund_id, fault=type(fault).__name__)
            _postpone(refund_id, at)
    return len(due)


def execute_refund(refund_id: str, at: dt.datetime) -> RefundView:
    """Tell the provider to send a refund, mark it done and post it; return the refund as it then stands.

    Call it outside any transaction. Idempotent: the refund's id is the provider's key, so a crash between its answer
    and our record does no harm. A silent provider is tried again later, for as long as it takes; one that refuses leaves
    the refund failed, for a person to decide on.
    """
    refund = payments.refund(refund_id=refund_id)
    if refund.state != "requested" or refund.tender == "bank_transfer":
        return refund
    if refund.tender == "store_credit":
        return _as_credit(refund, at)
    try:
        said = PROVIDERS.get(refund.provider).refund(refund.reference, refund.id, refund.amount_minor, refund.currency)
    except ProviderSilent:
        _postpone(refund_id, at)
        return refund
    except ProviderRefuses as refused:
        log.error("refund_refused", refund=refund_id, words=refused.message())
        with db.transaction():
            services.record_refund(actor=SYSTEM, refund_id=refund_id, status="failed", at=at)
        return payments.refund(refund_id=refund_id)
    crash_point("pay.refund_answered")
    if said == "pending":
        # Its message will say when it is done; asking again is only a safety net.
        _postpone(refund_id, at)
        return refund
    try:
        with db.transaction():
            done = services.record_refund(actor=SYSTEM, refund_id=refund_id, status="done", at=at)
            if done is not None:
                post_refund(done, at)
    except Overdrawn:
        # The reversal of the sale is still on its way to the books (another subscriber): the refund waits for it.
        _postpone(refund_id, at)
    return payments.refund(refund_id=refund_id)


def _as_credit(refund: RefundView, at: dt.datetime) -> RefundView:
    """Turn a refund into store credit: the credit it came from, or a new one; recorded, issued and posted in one."""
    try:
        with db.transaction():
            done = services.record_refund(actor=SYSTEM, refund_id=refund.id, status="done", at=at)
            if done is not None:
                credit = _give_credit(done, at)
                services.name_credit(actor=SYSTEM, refund_id=done.id, credit_id=credit.id)
                draft = entries.refund_as_credit(
                    refund_id=done.id,
                    credit_id=credit.id,
                    order_id=done.order_id,
                    entity_id=done.entity_id,
                    amount_minor=done.amount_minor,
                    currency=done.currency,
                    on=at.date(),
                )
                ledger.post_entry(actor=SYSTEM, draft=draft)
    except Overdrawn:
        _postpone(refund.id, at)
    return payments.refund(refund_id=refund.id)


def _give_credit(refund: RefundView, at: dt.datetime) -> CreditView:
    key = f"refund:{refund.id}"
    if refund.credit_id:
        return services.top_up_credit(
            actor=SYSTEM,
            credit_id=refund.credit_id,
            order_id=refund.order_id,
            amount_minor=refund.amount_minor,
            at=at,
            key=key,
        )
    return services.issue_credit(
        actor=SYSTEM,
        order_id=refund.order_id,
        store_id=payments.attempt(attempt_id=refund.attempt_id).store_id,
        entity_id=refund.entity_id,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        at=at,
        key=key,
    )


def reverse_refund(refund: RefundView, at: dt.datetime) -> None:
    """Take back the entry of a refund that bounced: its money is a deposit again. The caller holds the transaction."""
    entry_id = ledger_queries.entry_id(key=entries.refund_key(refund.id))
    ledger.reverse_entry(actor=SYSTEM, entry_id=entry_id, on=at.date(), reason="refund came back")


def post_refund(refund: RefundView, at: dt.datetime) -> None:
    """Post money that went back. The caller holds the transaction in which the refund became done."""
    draft = entries.refund(
        refund_id=refund.id,
        order_id=refund.order_id,
        entity_id=refund.entity_id,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        on=at.date(),
        provider=refund.provider,
    )
    ledger.post_entry(actor=SYSTEM, draft=draft)


def _postpone(refund_id: str, at: dt.datetime) -> None:
    with db.transaction():
        services.postpone_refund(actor=SYSTEM, refund_id=refund_id, at=at)
