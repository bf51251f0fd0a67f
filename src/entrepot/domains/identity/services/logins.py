"""Ways in and what keeps guessers out; sessions, so that each can be seen and ended."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.contrib.auth.hashers import check_password, make_password

from entrepot.domains.identity.engine import device, throttle
from entrepot.domains.identity.models import CodeApp, LoginFailure, LoginSession, Passkey, User
from entrepot.domains.identity.services.guard import _own_or
from entrepot.domains.identity.types import LoginOutcome
from entrepot.infra import crypto, db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound

SEEN_EVERY = dt.timedelta(minutes=5)


@service("identity.authenticate")
def authenticate(*, actor: Actor, email: str, password: str, address: str, at: dt.datetime) -> LoginOutcome:
    """Check a log-in and count a failure. Returns the outcome instead of raising, so that the count is kept.

    A wrong password and an unknown e-mail take as long and sound alike. After five failures of an e-mail, or thirty
    from a network address, within fifteen minutes nothing is checked until the window moves on.
    """
    name, place, failed = _heard(email, address, at)
    wait = _wait(failed, name, place, at)
    if wait:
        return LoginOutcome(user_id="", wait_s=wait)
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is not None and check_password(password, user.password):
        factor = _has_factor(user)
        if not (
            user.is_staff and factor
        ):  # whose second step is to come is cleared by it: else it could be guessed for ever
            LoginFailure.objects.filter(subject=name).delete()
        User.objects.filter(pk=user.pk).update(last_login=at)
        return LoginOutcome(user_id=str(user.public_id), is_staff=user.is_staff, second_factor=factor)
    if user is None:
        make_password(password)  # so that an unknown e-mail costs the same time
    return _failure(name, place, failed, at)


def _is_heard(email: str, address: str, at: dt.datetime) -> int:
    """Return for how many seconds no try of an e-mail or from an address is heard (0: it is). Holds the e-mail's lock."""
    name, place, failed = _heard(email, address, at)
    return _wait(failed, name, place, at)


def _count_failure(email: str, address: str, at: dt.datetime) -> LoginOutcome:
    """Count a failed try by any way in."""
    name, place, failed = _heard(email, address, at)
    return _failure(name, place, failed, at)


def _failure(name: str, place: str, failed: dict[str, list[dt.datetime]], at: dt.datetime) -> LoginOutcome:
    """Count a failure of a subject and a place and return what is left."""
    LoginFailure.objects.bulk_create([LoginFailure(subject=name, at=at), LoginFailure(subject=place, at=at)])
    failed[name].append(at)
    return LoginOutcome(
        user_id="",
        tries_left=throttle.tries_left(failed[name], at, throttle.TRIES_PER_EMAIL),
        wait_s=throttle.wait_s(failed[name], at, throttle.TRIES_PER_EMAIL),
    )


@service("identity.forget_failures")
def forget_failures(*, actor: Actor, before: dt.datetime) -> int:
    """Delete counted log-in failures older than a moment and return how many."""
    gone, _ = LoginFailure.objects.filter(at__lt=before).delete()
    return gone


@service("identity.open_session")
def open_session(
    *, actor: Actor, user_id: str, door: str, key: str, user_agent: str, at: dt.datetime, lasts: dt.timedelta
) -> str:
    """Open a session of a person who has just proved who they are; return its public id.

    Args:
        door: `console` or `shop`.
        key: what the browser holds; kept as its hash.
    Raises NotFound for an unknown or inactive user.
    """
    user = User.objects.filter(public_id=user_id, is_active=True).first()
    if user is None:
        raise NotFound(kind="user", key=user_id)
    row = LoginSession.objects.create(
        user=user, door=door, key_hash=hashlib.sha256(key.encode()).hexdigest(), device=device.words(user_agent)[:120],
        created_at=at, seen_at=at, proved_at=at, expires_at=at + lasts,
    )  # fmt: skip
    return str(row.public_id)


@service("identity.open_session")
def see_session(*, actor: Actor, session_id: str, at: dt.datetime) -> None:
    """Keep when a session was last seen; written every five minutes at most."""
    LoginSession.objects.filter(public_id=session_id, seen_at__lt=at - SEEN_EVERY).update(seen_at=at)


@service("identity.open_session")
def prove_session(*, actor: Actor, session_id: str, at: dt.datetime) -> None:
    """Keep that the person of a session has just proved once more who they are."""
    LoginSession.objects.filter(public_id=session_id).update(proved_at=at, seen_at=at)


@service("identity.manage_own")
def end_session(*, actor: Actor, user_id: str, session_id: str) -> bool:
    """End one session of a person; False when it had ended. Raises PermissionDenied, BeyondOwn."""
    _own_or(actor, user_id, "identity.end_sessions")
    gone, _ = LoginSession.objects.filter(user__public_id=user_id, public_id=session_id).delete()
    return bool(gone)


@service("identity.manage_own")
def end_sessions(*, actor: Actor, user_id: str, but: str = "") -> int:
    """End all sessions of a person (but one, if named) and return how many. Raises PermissionDenied, BeyondOwn."""
    _own_or(actor, user_id, "identity.end_sessions")
    rows = LoginSession.objects.filter(user__public_id=user_id)
    gone, _ = (rows.exclude(public_id=but) if but else rows).delete()
    return gone


@service("identity.forget_keys")
def forget_sessions(*, actor: Actor, before: dt.datetime) -> int:
    """Delete sessions that have run out; return how many."""
    gone, _ = LoginSession.objects.filter(expires_at__lt=before).delete()
    return gone


def _heard(email: str, address: str, at: dt.datetime) -> tuple[str, str, dict[str, list[dt.datetime]]]:
    name = crypto.blind_index(email, "identity.login.email")
    place = crypto.blind_index(address, "identity.login.address")
    db.advisory_lock(f"identity.login:{name}")  # tries at the same moment are counted one after the other
    failed: dict[str, list[dt.datetime]] = {name: [], place: []}
    since = at - throttle.WINDOW
    for subject, moment in LoginFailure.objects.filter(subject__in=[name, place], at__gt=since).values_list(
        "subject", "at"
    ):
        failed[subject].append(moment)
    return name, place, failed


def _wait(failed: dict[str, list[dt.datetime]], name: str, place: str, at: dt.datetime) -> int:
    return max(
        throttle.wait_s(failed[name], at, throttle.TRIES_PER_EMAIL),
        throttle.wait_s(failed[place], at, throttle.TRIES_PER_ADDRESS),
    )


def _has_factor(user: User) -> bool:
    return (
        CodeApp.objects.filter(user=user).exclude(confirmed_at=None).exists()
        or Passkey.objects.filter(user=user).exists()
    )
