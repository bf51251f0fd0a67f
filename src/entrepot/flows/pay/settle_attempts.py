"""Ask providers of what we heard nothing: attempts left by a crash or a timeout, codes whose webhook was lost, lapsed holds."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import OperationalError

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
# How long a lapsed attempt stays open while its provider cannot be asked: longer than a provider was ever down (a long
# weekend), and within the week in which a provider still tells of a payment.
UNHEARD = dt.timedelta(days=4)


def settle_started_attempts(at: dt.datetime, pause_s: int = PAUSE_S) -> int:
    """Ask the provider of each open attempt that was silent for a while, and go on from its answer; return how many moved.

    An attempt that the provider never heard of is started (again). A provider that does not answer is left alone until
    the next run; an attempt that breaks holds up no other. Provider calls are made outside any transaction.
    """
    moved, silent = 0, set()  # type: int, set[str]
    for attempt in payments.silent_attempts(at=at, pause_s=pause_s):
        moved += bool(_try_to_ask(attempt, at, silent))
    return moved


def expire_attempts(at: dt.datetime) -> int:
    """Expire open attempts whose hold has run out, after asking their provider a last time; return how many expired.

    Of what nobody could tell us (the provider is silent, or does not take the question) we do not know whether the buyer
    has paid: it stays open and is asked for again, for UNHEARD at most. Money that still comes later is late money: it
    is booked, and the order decides.
    """
    silent, over = set(), []  # type: set[str], list[str]
    for attempt in payments.lapsed_attempts(at=at):
        heard = _try_to_ask(attempt, at, silent, begin=False) is not None
        if heard or attempt.expires_at + UNHEARD <= at:
            over.append(attempt.id)
    with db.transaction():
        return len(services.expire_attempts(actor=SYSTEM, attempt_ids=over, at=at))


def _try_to_ask(attempt: AttemptView, at: dt.datetime, silent: set[str], *, begin: bool = True) -> bool | None:
    """Ask for one attempt and say whether it moved; None when nothing could be learned. Nothing is raised but a lost database."""
    if attempt.provider in silent:
        return None
    try:
        return _ask(attempt, at, begin=begin)
    except ProviderSilent:
        silent.add(attempt.provider)
        log.warning("provider_silent", provider=attempt.provider, attempt=attempt.id)
    except ProviderRefuses as refused:
        log.error("provider_refuses", attempt=attempt.id, words=refused.message())
    except OperationalError:  # the database is gone: for all of them
        raise
    except Exception as fault:
        log.error("attempt_broken", attempt=attempt.id, fault=type(fault).__name__)
    return None


def _ask(attempt: AttemptView, at: dt.datetime, *, begin: bool) -> bool:
    said = PROVIDERS.get(attempt.provider).ask(attempt.id, attempt.reference)
    if said is None:
        return begin and start_attempt(attempt.id, at).state != attempt.state
    with db.transaction():
        return apply_answer(attempt.id, said, at).outcome != "stale"
