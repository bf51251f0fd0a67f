"""The app with codes and the recovery codes: set up, confirmed by a first code, used, taken away."""

from __future__ import annotations

import base64
import datetime as dt
import secrets

from entrepot.domains.identity.engine import code_app
from entrepot.domains.identity.errors import WrongCode
from entrepot.domains.identity.models import CodeApp, LoginFailure, RecoveryCode, User
from entrepot.domains.identity.services.guard import _own_or
from entrepot.domains.identity.services.logins import _count_failure, _is_heard
from entrepot.domains.identity.types import LoginOutcome
from entrepot.infra import crypto
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound

RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@service("identity.manage_own")
def add_code_app(*, actor: Actor, user_id: str) -> str:
    """Begin to set up an app with codes and return its secret (base32); it counts once `confirm_code_app` was given a code.

    An app that counts already stays and counts until then; a set-up begun earlier is forgotten. Raises
    PermissionDenied, NotFound.
    """
    _own_or(actor, user_id, "identity.manage_factors")
    user = _user(user_id)
    row = CodeApp.objects.select_for_update().filter(user=user).first() or CodeApp(user=user)
    row.waiting_secret = base64.b32encode(secrets.token_bytes(20)).decode()
    row.save()
    return row.waiting_secret


@service("identity.manage_own")
def confirm_code_app(*, actor: Actor, user_id: str, code: str, at: dt.datetime) -> None:
    """Let the app that is being set up count from now on, in place of any other, for its first code fits.

    Raises WrongCode, NotFound.
    """
    _own_or(actor, user_id, "identity.manage_factors")
    app = CodeApp.objects.select_for_update().filter(user__public_id=user_id).first()
    if app is None or not app.waiting_secret:
        raise NotFound(kind="code app", key="")
    step = code_app.matching_step(app.waiting_secret, _plain(code), at.timestamp(), 0)
    if not step:
        raise WrongCode(field="code", value="", rule="")
    app.secret, app.waiting_secret, app.last_step, app.confirmed_at = app.waiting_secret, "", step, at
    app.save()


@service("identity.manage_own")
def remove_code_app(*, actor: Actor, user_id: str) -> bool:
    """Take the app with codes away; False when there was none. Raises PermissionDenied, BeyondOwn."""
    _own_or(actor, user_id, "identity.manage_factors")
    gone, _ = CodeApp.objects.filter(user__public_id=user_id).delete()
    return bool(gone)


@service("identity.manage_own")
def make_recovery_codes(*, actor: Actor, user_id: str) -> tuple[str, ...]:
    """Return ten fresh recovery codes, shown once and kept as hashes; older ones open nothing more."""
    _own_or(actor, user_id, "identity.manage_factors")
    user = _user(user_id)
    RecoveryCode.objects.filter(user=user).delete()
    codes = tuple(
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    )
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hash(code)) for code in codes)
    return codes


@service("identity.authenticate")
def take_code(*, actor: Actor, user_id: str, code: str, address: str, at: dt.datetime) -> LoginOutcome:
    """Check a code of the app, or a recovery code, as the second step of a log-in; a failure counts like a wrong password.

    Returns instead of raising, so that the count is kept. A code of the app opens once, a recovery code once for good.
    """
    user = User.objects.filter(public_id=user_id, is_active=True).first()
    if user is None:
        return LoginOutcome(user_id="")
    wait = _is_heard(user.email, address, at)
    if wait:
        return LoginOutcome(user_id="", wait_s=wait)
    if _fits(user, _plain(code), at):
        name = crypto.blind_index(user.email, "identity.login.email")
        LoginFailure.objects.filter(subject=name).delete()
        return LoginOutcome(user_id=str(user.public_id), is_staff=user.is_staff)
    return _count_failure(user.email, address, at)


def _fits(user: User, code: str, at: dt.datetime) -> bool:
    app = CodeApp.objects.select_for_update().filter(user=user).exclude(confirmed_at=None).first()
    if app is not None and code.isdigit():
        step = code_app.matching_step(app.secret, code, at.timestamp(), app.last_step)
        if step:
            CodeApp.objects.filter(pk=app.pk).update(last_step=step)
            return True
    rows = RecoveryCode.objects.filter(user=user, code_hash=_hash(code), used_at=None)
    return bool(code) and bool(rows.update(used_at=at))


def _plain(code: str) -> str:
    return "".join(ch for ch in code.lower() if ch.isascii() and ch.isalnum())


def _hash(code: str) -> str:
    return crypto.blind_index(_plain(code), "identity.recovery_code")


def _user(user_id: str) -> User:
    user = User.objects.filter(public_id=user_id, is_active=True).first()
    if user is None:
        raise NotFound(kind="user", key=user_id)
    return user
