"""People: staff who are invited, buyers who have confirmed their address; names, languages, passwords, leaving."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Now

from entrepot.domains.identity.errors import EmailTaken, WeakPassword
from entrepot.domains.identity.models import (
    ApiKey,
    CodeApp,
    Grant,
    LoginSession,
    OneTimeKey,
    Passkey,
    RecoveryCode,
    SavedView,
    User,
)
from entrepot.domains.identity.services.guard import _keep_an_owner, _own_or, _refuse_higher
from entrepot.domains.identity.services.keys import issue_key
from entrepot.infra.service import service
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import N_, InvalidInput, NotFound

_LONGEST_NAME = 120


@service("identity.create_user")
def create_user(
    *, actor: Actor, email: str, name: str, password: str, language: str = "en", is_staff: bool = True
) -> str:
    """Create a user who logs in with e-mail and password ("" = none yet), and return the public id.

    Raises:
        InvalidInput: the e-mail is none.
        WeakPassword: the password is too short or too common.
        EmailTaken: somebody already logs in with that e-mail.
    """
    address = _address(email)
    if password:
        _strong(password)
    user = User(email=address, name=_name(name), password=_hashed(password), language=language[:12], is_staff=is_staff)
    if not User.objects.bulk_create([user], ignore_conflicts=True) or not _stored(user):
        raise EmailTaken()
    return str(user.public_id)


@service("identity.invite_staff")
def invite_staff(*, actor: Actor, email: str, name: str, language: str = "en") -> str:
    """Take somebody on, without a password, and return the public id; a mailed one-time link lets them choose one.

    Raises InvalidInput, EmailTaken.
    """
    user = User(email=_address(email), name=_name(name), password=_hashed(""), language=language[:12], is_staff=True)
    if not User.objects.bulk_create([user], ignore_conflicts=True) or not _stored(user):
        raise EmailTaken()
    return str(user.public_id)


@service("identity.invite_staff")
def invite_anew(*, actor: Actor, user_id: str, at: dt.datetime, lasts: dt.timedelta) -> str:
    """Return a fresh invitation key for somebody who works here; the older one opens nothing more.

    Raises BeyondOwn: the user may more than the actor, who could else become him. NotFound: nobody active works here so.
    """
    _refuse_higher(actor, user_id)
    if not User.objects.filter(public_id=user_id, is_staff=True, is_active=True).exists():
        raise NotFound(kind="member of staff", key=user_id)
    return issue_key(actor=SYSTEM, kind="invite", user_id=user_id, at=at, lasts=lasts)


@service("identity.manage_own")
def set_password(*, actor: Actor, user_id: str, password: str) -> None:
    """Give a user a new password; the sessions of the old one end. One's own, or anybody's for who manages people.

    Raises WeakPassword, NotFound, PermissionDenied.
    """
    _own_or(actor, user_id, "identity.set_password")
    _strong(password)
    if not User.objects.filter(public_id=user_id).update(password=_hashed(password)):
        raise NotFound(kind="user", key=user_id)
    LoginSession.objects.filter(user__public_id=user_id).delete()


@service("identity.manage_own")
def rename_user(*, actor: Actor, user_id: str, name: str) -> None:
    """Change the name a person goes by. Raises InvalidInput, NotFound, PermissionDenied."""
    _own_or(actor, user_id, "identity.invite_staff")
    if not User.objects.filter(public_id=user_id).update(name=_name(name)):
        raise NotFound(kind="user", key=user_id)


@service("identity.set_language")
def set_language(*, actor: Actor, user_id: str, language: str) -> None:
    """Keep the language a user works in. Raises PermissionDenied, BeyondOwn."""
    _own_or(actor, user_id, "identity.invite_staff")
    User.objects.filter(public_id=user_id).update(language=language)


@service("identity.deactivate")
def deactivate(*, actor: Actor, user_id: str) -> None:
    """Let a user log in no more, end the sessions and revoke the API keys they made; what they did stays in the log.

    Raises:
        LastOwner: somebody must be able to mend things.
        BeyondOwn: the user may more than the actor.
        NotFound: there is no such user.
    """
    _refuse_higher(actor, user_id)
    _keep_an_owner(without=user_id)
    if not User.objects.filter(public_id=user_id).update(is_active=False):
        raise NotFound(kind="user", key=user_id)
    LoginSession.objects.filter(user__public_id=user_id).delete()
    OneTimeKey.objects.filter(user__public_id=user_id).delete()
    ApiKey.objects.filter(created_by=str(user_id), revoked_at=None).update(revoked_at=Now())


@service("identity.deactivate")
def reactivate(*, actor: Actor, user_id: str) -> None:
    """Let a user who had left log in again. Raises BeyondOwn, NotFound."""
    _refuse_higher(actor, user_id)
    if not User.objects.filter(public_id=user_id).update(is_active=True):
        raise NotFound(kind="user", key=user_id)


@service("identity.erase_user")
def erase_user(*, actor: Actor, user_id: str) -> tuple[str, ...]:
    """Overwrite what a closed account held: e-mail, name, password, passkeys, codes, sessions.

    The row stays, for the audit log names its id. Returns the fields that were overwritten, as `Model.field`.
    """
    user = User.objects.filter(public_id=user_id, is_staff=False).first()
    if user is None:
        return ()
    for model in (LoginSession, Passkey, CodeApp, RecoveryCode, OneTimeKey, Grant, SavedView):
        model._default_manager.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(
        email=f"{user.public_id}@erased.invalid", name="", password=_hashed(""), is_active=False
    )
    return ERASED


# What `erase_user` overwrites or deletes.
ERASED = (
    "identity.User.email", "identity.User.name", "identity.LoginSession.device", "identity.Passkey.name",
    "identity.CodeApp.secret", "identity.CodeApp.waiting_secret", "identity.OneTimeKey.email", "identity.OneTimeKey.name",
    "identity.SavedView.name",
)  # fmt: skip


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as fault:
        raise InvalidInput(
            field="email", value=email[:60], rule=N_("An e-mail looks like name@example.com.")
        ) from fault
    return address


def _name(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > _LONGEST_NAME or "\x00" in plain:
        raise InvalidInput(field="name", value=plain[:60], rule=N_("A name has 1 to 120 characters."))
    return plain


def _hashed(password: str) -> str:
    return make_password(password or None)


def _strong(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as fault:
        raise WeakPassword(field="password", rule=fault.messages[0]) from fault


def _stored(user: User) -> bool:
    return User.objects.filter(public_id=user.public_id).exists()
