"""One-time keys: links and codes of mails, challenges of passkeys. Kept as keyed hashes, good once and for a while."""

from __future__ import annotations

import datetime as dt
import secrets

from entrepot.domains.identity.models import OneTimeKey, User
from entrepot.domains.identity.queries import key_hash, key_subject
from entrepot.domains.identity.types import OpenedKey
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor

MOST_TRIES = 5


@service("identity.issue_key")
def issue_key(
    *,
    actor: Actor,
    kind: str,
    at: dt.datetime,
    lasts: dt.timedelta,
    user_id: str = "",
    email: str = "",
    name: str = "",
    digits: int = 0,
) -> str:
    """Make a one-time key and return its text, kept nowhere; an older key of the same kind and person opens nothing more.

    Args:
        kind: what it opens, e.g. `invite`, `sign_up`, `reset`, `log_in`.
        email: whom it was mailed to; kept sealed until a day after its end.
        digits: that many digits to type instead of a long text for a link.
    """
    user = User.objects.filter(public_id=user_id).first() if user_id else None
    subject = key_subject(email or (user.email if user else ""))
    if subject:
        OneTimeKey.objects.filter(kind=kind, subject=subject, used_at=None).update(used_at=at)
    text = "".join(secrets.choice("0123456789") for _ in range(digits)) if digits else secrets.token_urlsafe(32)
    OneTimeKey.objects.create(
        kind=kind, subject=subject, user=user, key_hash=key_hash(kind, subject if digits else "", text),
        email=email.strip(), name=" ".join(name.split())[:120], expires_at=at + lasts,
    )  # fmt: skip
    return text


@service("identity.issue_key")
def take_key(*, actor: Actor, kind: str, key: str, at: dt.datetime) -> OpenedKey | None:
    """Use a long key up and return what it opens, None when it opens nothing (used, replaced, too late, never made)."""
    row = (
        OneTimeKey.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(key_hash=key_hash(kind, "", key), kind=kind, used_at=None, expires_at__gt=at)
        .first()
    )
    if row is None:
        return None
    OneTimeKey.objects.filter(pk=row.pk).update(used_at=at)
    return _opened(row)


@service("identity.issue_key")
def take_code_key(*, actor: Actor, kind: str, email: str, code: str, at: dt.datetime) -> OpenedKey | None:
    """Use the mailed code of an address up; None when it does not fit. Five wrong tries use it up, too.

    Returns instead of raising, so that the count is kept.
    """
    subject = key_subject(email)
    row = (
        OneTimeKey.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(kind=kind, subject=subject, used_at=None, expires_at__gt=at, tries__lt=MOST_TRIES)
        .order_by("-id")
        .first()
    )
    if row is None:
        return None
    fits = secrets.compare_digest(row.key_hash, key_hash(kind, subject, code.strip()))
    OneTimeKey.objects.filter(pk=row.pk).update(tries=row.tries + 1, used_at=at if fits else None)
    return _opened(row) if fits else None


@service("identity.forget_keys")
def forget_keys(*, actor: Actor, before: dt.datetime) -> int:
    """Delete keys that ended before a moment, with the addresses they were mailed to; return how many."""
    gone, _ = OneTimeKey.objects.filter(expires_at__lt=before).delete()
    return gone


def _opened(row: OneTimeKey) -> OpenedKey:
    user = row.user
    return OpenedKey(
        kind=row.kind,
        user_id=str(user.public_id) if user else "",
        email=row.email or (user.email if user else ""),
        name=row.name or (user.name if user else ""),
        is_staff=bool(user and user.is_staff),
    )
