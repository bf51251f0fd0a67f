"""Ask providers of what we heard nothing: attempts left by a crash or a timeout, codes whose webhook was lost, lapsed holds."""

from __future__ import annotations

import datetime as dt

import structlog

from entrepot.domains.payments import queries as payments
from entrepot.domains.payments import services
from entrepot.domains.payments.errors import ProviderRefuses, ProviderSilent
from entrepot.domains.payments.ports import PROVIDERS
from entrepot.domains.payments.types import AttemptView
from entrepot.flows.pay.apply_answer import apply_answer
from entrepot.flows.pay.start_attempt import start_attempt
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM

log = structlog.get_logger(__name__)

PAUSE_S = 30


def settle_started_attempts(at: dt.datetime, pause_s: int = PAUSE_S) -> int:
    """Ask the provider of each open attempt that was silent for a while, and go on from its answer; return how many moved.

    An attempt that the provider never heard of is started (again). A provider that does not answer is left alone until
    the next run. Provider calls are made outside any transaction.
    """
    moved, silent = 0, set()  # type: int, set[str]
    for attempt in payments.silent_attempts(at=at, pause_s=pause_s):
        if attempt.provider in silent or attempt.expires_at <= at:
            continue
        try:
            moved += _ask(attempt, at)
        except ProviderSilent:
            silent.add(attempt.provider)
            log.warning("provider_silent", provider=attempt.provider, attempt=attempt.id)
    return moved


def expire_attempts(at: dt.datetime) -> int:
    """Expire open attempts whose hold has run out, after asking their provider a last time; return how many expired.

    Money that still comes later is late money: it is booked, and the order decides.
    """
    silent: set[str] = set()
    for attempt in payments.lapsed_attempts(at=at):
        if attempt.provider in silent:
            continue
        try:
            _ask(attempt, at, begin=False)
        except ProviderSilent:
            silent.add(attempt.provider)
            log.warning("provider_silent", provider=attempt.provider, attempt=attempt.id)
    with db.transaction():
        return len(services.expire_attempts(actor=SYSTEM, at=at))


def _ask(attempt: AttemptView, at: dt.datetime, *, begin: bool = True) -> bool:
    try:
        said = PROVIDERS.get(attempt.provider).ask(attempt.id, attempt.reference)
    except ProviderRefuses as refused:
        log.error("provider_refuses", attempt=attempt.id, words=refused.message())
        return False
    if said is None:
        return begin and start_attempt(attempt.id, at).state != attempt.state
    with db.transaction():
        return apply_answer(attempt.id, said, at).outcome != "stale"
