"""Invite somebody to work here: the account with its roles, and a mail with a one-time link to choose a password."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from entrepot.domains.identity import queries as identity_queries
from entrepot.domains.identity import services as identity
from entrepot.domains.identity.types import OpenedKey
from entrepot.flows.welcome import letters
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import NotFound

LASTS = dt.timedelta(days=7)


def invite_staff(
    *,
    actor: Actor,
    email: str,
    name: str,
    language: str,
    roles: Sequence[tuple[str, str]],
    inviter: str,
    at: dt.datetime,
) -> str:
    """Take somebody on with roles as (code, scope) and mail the one-time link; return the public id.

    Raises InvalidInput, EmailTaken, BeyondOwn, NotFound.
    """
    with db.transaction():
        user_id = identity.invite_staff(actor=actor, email=email, name=name, language=language)
        for role, scope in roles:
            identity.grant(actor=actor, user_id=user_id, role=role, scope=scope)
        _mail(actor, user_id, inviter, at)
    return user_id


def invite_again(*, actor: Actor, user_id: str, inviter: str, at: dt.datetime) -> None:
    """Mail a fresh link to somebody who has not come yet, or who lost the password; the older link opens nothing more.

    Raises NotFound, PermissionDenied, BeyondOwn.
    """
    with db.transaction():
        _mail(actor, user_id, inviter, at)


def accept(*, key: str, password: str, at: dt.datetime) -> str:
    """Use an invitation up: keep the password chosen and return the user's public id. Raises NotFound, WeakPassword."""
    with db.transaction():
        opened = identity.take_key(actor=SYSTEM, kind="invite", key=key, at=at)
        if opened is None:
            raise NotFound(kind="invitation", key="")
        identity.set_password(actor=SYSTEM, user_id=opened.user_id, password=password)
        return opened.user_id


def invitation(*, key: str, at: dt.datetime) -> OpenedKey | None:
    """Return whom an invitation is for, None when it opens nothing (any more)."""
    return identity_queries.opened_key(kind="invite", key=key, at=at)


def _mail(actor: Actor, user_id: str, inviter: str, at: dt.datetime) -> None:
    member = identity_queries.staff(user_id=user_id)
    key = identity.invite_anew(actor=actor, user_id=user_id, at=at, lasts=LASTS)
    letters.write(
        "staff_invited", to=member.email, name=member.name, language=member.language, path=f"/console/join/{key}",
        about=user_id, once=key, inviter=inviter,
    )  # fmt: skip
