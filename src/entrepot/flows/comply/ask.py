"""Ask for a copy of one's data or for deletion, and call deletion off; each told by mail."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date

from entrepot.domains.identity import queries as identity
from entrepot.domains.parties import services as parties
from entrepot.domains.parties.services.privacy import GRACE
from entrepot.flows.comply import letters
from entrepot.infra import db
from entrepot.kernel.actor import Actor


def ask_copy(*, actor: Actor, account_id: str, locale: str, at: dt.datetime) -> str:
    """Ask for a copy; a job makes it and mails where to fetch it. Raises AskedBefore."""
    with db.transaction():
        return parties.ask_privacy(actor=actor, account_id=account_id, kind="export", locale=locale, at=at)


def ask_erasure(*, actor: Actor, account_id: str, locale: str, at: dt.datetime) -> str:
    """Ask for deletion after seven days, and say so by mail. Raises AskedBefore."""
    account = identity.account(user_id=account_id)
    with db.transaction():
        asked = parties.ask_privacy(actor=actor, account_id=account_id, kind="erasure", locale=locale, at=at)
        until = format_date((at + GRACE).date(), "long", locale=letters.cldr(locale))
        letters.write("privacy_erasure_asked", account, locale, once=asked, until=until)
    return asked


def call_off_erasure(*, actor: Actor, account_id: str, locale: str, at: dt.datetime) -> bool:
    """Call the deletion off, and say so by mail; False when none is open (any more)."""
    account = identity.account(user_id=account_id)
    with db.transaction():
        stopped = parties.call_off_privacy(actor=actor, account_id=account_id, kind="erasure", at=at)
        if stopped:
            letters.write("privacy_erasure_off", account, locale, once=at.isoformat())
    return stopped
