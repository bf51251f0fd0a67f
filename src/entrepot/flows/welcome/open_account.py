"""A buyer opens an account, gets in by a mailed code, chooses a new password. An account is made once the address is confirmed.

What is answered does not tell whether an address has an account: the mail tells its owner.
"""

from __future__ import annotations

import datetime as dt

from entrepot.domains.identity import queries as identity_queries
from entrepot.domains.identity import services as identity
from entrepot.domains.identity.types import OpenedKey
from entrepot.domains.parties.engine.contact import contact_faults
from entrepot.domains.parties.errors import ContactFault
from entrepot.flows.welcome import letters
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import NotFound

SIGN_UP_LASTS = dt.timedelta(days=1)
RESET_LASTS = dt.timedelta(hours=1)
CODE_LASTS = dt.timedelta(minutes=10)
DIGITS = 6


def ask_account(*, email: str, name: str, locale: str, language: str, at: dt.datetime) -> None:
    """Mail the link that opens an account; to who has one, how to log in. Raises ContactFault."""
    for field, value, rule in contact_faults(email=email, name=name):
        raise ContactFault(field=field, value=value, rule=rule)
    known = identity_queries.account_of(email=email)
    with db.transaction():
        if known is not None:
            _write("account_known", known.email, known.name, language, f"/{locale}/account/log-in", at.isoformat())
        elif not identity_queries.is_known(email=email):
            key = identity.issue_key(
                actor=SYSTEM, kind="sign_up", email=email.lower(), name=name, at=at, lasts=SIGN_UP_LASTS
            )
            _write("account_sign_up", email, name, language, f"/{locale}/account/key/sign_up/{key}", key)


def finish_account(*, key: str, password: str, language: str, at: dt.datetime) -> str:
    """Use the link up: make the account, with a password or ("") without, and return its public id.

    Raises NotFound when the link opens nothing, WeakPassword, EmailTaken.
    """
    with db.transaction():
        opened = _taken("sign_up", key, at)
        return identity.create_user(
            actor=SYSTEM, email=opened.email, name=opened.name, password=password, language=language, is_staff=False
        )


def mail_code(*, email: str, locale: str, language: str, at: dt.datetime) -> None:
    """Mail a code to log in, if the address has an account."""
    known = identity_queries.account_of(email=email)
    if known is None:
        return
    with db.transaction():
        code = identity.issue_key(actor=SYSTEM, kind="log_in", user_id=known.id, at=at, lasts=CODE_LASTS, digits=DIGITS)
        path = f"/{locale}/account/log-in"
        _write("account_code", known.email, known.name, language, path, f"{at.isoformat()}:{code}", code=code)


def take_mailed_code(*, email: str, code: str, at: dt.datetime) -> str:
    """Return the public id of the account whose mailed code fits, "" when it does not; the try is counted."""
    with db.transaction():
        opened = identity.take_code_key(actor=SYSTEM, kind="log_in", email=email, code=code, at=at)
        return opened.user_id if opened and not opened.is_staff else ""


def ask_reset(*, email: str, locale: str, language: str, at: dt.datetime) -> None:
    """Mail the link to choose a new password, if the address has an account."""
    known = identity_queries.account_of(email=email)
    if known is None:
        return
    with db.transaction():
        key = identity.issue_key(actor=SYSTEM, kind="reset", user_id=known.id, at=at, lasts=RESET_LASTS)
        _write("account_reset", known.email, known.name, language, f"/{locale}/account/key/reset/{key}", key)


def finish_reset(*, key: str, password: str, at: dt.datetime) -> str:
    """Use the link up: keep the new password, end all sessions, return the account's public id.

    Raises NotFound when the link opens nothing, WeakPassword.
    """
    with db.transaction():
        opened = _taken("reset", key, at)
        identity.set_password(actor=SYSTEM, user_id=opened.user_id, password=password)
        return opened.user_id


def _taken(kind: str, key: str, at: dt.datetime) -> OpenedKey:
    opened = identity.take_key(actor=SYSTEM, kind=kind, key=key, at=at)
    if opened is None or opened.is_staff:
        raise NotFound(kind="link", key="")
    return opened


def _write(kind: str, to: str, name: str, language: str, path: str, once: str, **facts: str) -> None:
    letters.write(kind, to=to, name=name, language=language, path=path, once=once, **facts)
