"""Writes of identity."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from entrepot.domains.identity.engine import api_keys, audit, throttle
from entrepot.domains.identity.errors import EmailTaken, KeyRule, WeakPassword
from entrepot.domains.identity.models import ApiKey, AuditEntry, Grant, LoginFailure, Role, User
from entrepot.domains.identity.types import KeyKind, LoginOutcome, MintedKey
from entrepot.infra import crypto, db, events
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, InvalidInput, NotFound

ROLES = Path(__file__).parent / "refdata" / "roles.json"
_PREFIX_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


@service("identity.set_up_roles")
def set_up_roles(*, actor: Actor) -> int:
    """Create or update the house's roles (owner, operator, warehouse, finance, auditor) and return how many."""
    rows = [Role(**role) for role in json.loads(ROLES.read_text(encoding="utf-8"))["roles"]]
    Role.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "permissions"])
    return len(rows)


@service("identity.create_user")
def create_user(
    *, actor: Actor, email: str, name: str, password: str, language: str = "en", is_staff: bool = True
) -> str:
    """Create a user who logs in with e-mail and password, and return the public id.

    Raises:
        InvalidInput: the e-mail is none.
        WeakPassword: the password is too short or too common.
        EmailTaken: somebody already logs in with that e-mail.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as fault:
        raise InvalidInput(field="email", value=email, rule="An e-mail looks like name@example.com.") from fault
    _strong(password)
    user = User(
        email=address, name=name.strip(), password=make_password(password), language=language, is_staff=is_staff
    )
    if not User.objects.bulk_create([user], ignore_conflicts=True) or not _stored(user):
        raise EmailTaken()
    return str(user.public_id)


@service("identity.set_password")
def set_password(*, actor: Actor, user_id: str, password: str) -> None:
    """Give a user a new password; sessions of the old one end."""
    _strong(password)
    if not User.objects.filter(public_id=user_id).update(password=make_password(password)):
        raise NotFound(kind="user", key=user_id)


@service("identity.set_language")
def set_language(*, actor: Actor, user_id: str, language: str) -> None:
    """Keep the language a user works in."""
    User.objects.filter(public_id=user_id).update(language=language)


@service("identity.grant")
def grant(*, actor: Actor, user_id: str, role: str, scope: str = "") -> None:
    """Give a user a role, everywhere or within a scope; harmless when held already. Raises NotFound."""
    user = User.objects.filter(public_id=user_id).first()
    kept = Role.objects.filter(code=role).first()
    if user is None or kept is None:
        raise NotFound(kind="role" if user else "user", key=role if user else user_id)
    Grant.objects.bulk_create([Grant(user=user, role=kept, scope=scope)], ignore_conflicts=True)


@service("identity.revoke")
def revoke(*, actor: Actor, user_id: str, role: str, scope: str = "") -> bool:
    """Take a role away and say whether it was held."""
    gone, _ = Grant.objects.filter(user__public_id=user_id, role__code=role, scope=scope).delete()
    return bool(gone)


@service("identity.deactivate")
def deactivate(*, actor: Actor, user_id: str) -> None:
    """Let a user log in no more; what they did stays in the log."""
    if not User.objects.filter(public_id=user_id).update(is_active=False):
        raise NotFound(kind="user", key=user_id)


@service("identity.authenticate")
def authenticate(*, actor: Actor, email: str, password: str, address: str, at: dt.datetime) -> LoginOutcome:
    """Check a log-in and count a failure. Returns the outcome instead of raising, so that the count is kept.

    A wrong password and an unknown e-mail take as long and sound alike. After five failures of an e-mail, or thirty
    from a network address, within fifteen minutes nothing is checked until the window moves on.
    """
    name = crypto.blind_index(email, "identity.login.email")
    place = crypto.blind_index(address, "identity.login.address")
    db.advisory_lock(f"identity.login:{name}")  # tries at the same moment are counted one after the other
    failed: dict[str, list[dt.datetime]] = {name: [], place: []}
    since = at - throttle.WINDOW
    for subject, moment in LoginFailure.objects.filter(subject__in=[name, place], at__gt=since).values_list(
        "subject", "at"
    ):
        failed[subject].append(moment)
    wait = max(
        throttle.wait_s(failed[name], at, throttle.TRIES_PER_EMAIL),
        throttle.wait_s(failed[place], at, throttle.TRIES_PER_ADDRESS),
    )
    if wait:
        return LoginOutcome(user_id="", wait_s=wait)
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is not None and check_password(password, user.password):
        LoginFailure.objects.filter(subject=name).delete()
        User.objects.filter(pk=user.pk).update(last_login=at)
        return LoginOutcome(user_id=str(user.public_id))
    if user is None:
        make_password(password)  # so that an unknown e-mail costs the same time
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


@service("identity.create_api_key")
def create_api_key(
    *,
    actor: Actor,
    kind: KeyKind,
    name: str,
    scopes: Sequence[str],
    store_id: str,
    at: dt.datetime,
    origins: Sequence[str] = (),
    per_minute: int = 120,
    expires_at: dt.datetime | None = None,
) -> MintedKey:
    """Make an API key and return it with its text, which is shown once and kept nowhere.

    Nobody gives a key more than he may himself, and a public key gets no more than a visitor may.

    Args:
        origins: the web origins (`https://shop.example`) whose pages may use a public key.
        per_minute: how many calls a minute are heard, 1 to 60,000.
    Raises:
        KeyRule: no name, no scope or one the kind cannot have, no web origin, a rate or an expiry out of bounds.
        PermissionDenied: the actor lacks one of the scopes.
    """
    title = " ".join(name.split())[:80]
    known = api_keys.scopes_of(kind)
    wanted = list(dict.fromkeys(scopes))
    plain = [api_keys.origin(text) for text in origins if text.strip()]
    for broken, field, rule in (
        (not title, "name", N_("Give it a name that says who uses it.")),
        (not wanted, "scopes", N_("Choose at least one thing it may do.")),
        (not set(wanted) <= set(known), "scopes", N_("A key of this kind cannot be given that.")),
        ("" in plain, "origins", N_("An origin looks like https://shop.example, without a path.")),
        (not 1 <= per_minute <= 60_000, "per_minute", N_("Calls a minute are 1 to 60,000.")),
        (expires_at is not None and expires_at <= at, "expires_at", N_("The expiry must lie ahead.")),
    ):
        if broken:
            raise KeyRule(field=field, value="", rule=rule)
    for permission in wanted:
        actor.require(permission)
    prefix = "".join(secrets.choice(_PREFIX_LETTERS) for _ in range(api_keys.PREFIX_LENGTH))
    secret = secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        kind=kind,
        name=title,
        prefix=prefix,
        secret_hash=api_keys.digest(secret),
        scopes=wanted,
        store_id=store_id,
        origins=plain if kind == "public" else [],
        per_minute=per_minute,
        created_at=at,
        created_by=actor.id[:64],
        expires_at=expires_at,
    )
    return MintedKey(id=str(row.public_id), text=api_keys.spell(kind, prefix, secret))


@service("identity.revoke_api_key")
def revoke_api_key(*, actor: Actor, key_id: str, at: dt.datetime) -> bool:
    """Let a key open nothing any more (within five seconds everywhere); False when it was revoked before."""
    return bool(ApiKey.objects.filter(public_id=key_id, revoked_at=None).update(revoked_at=at))


@service("identity.note_key_use")
def note_key_use(*, actor: Actor, key_id: str, on: dt.date) -> None:
    """Keep the day a key was last used; the row is written once a day."""
    ApiKey.objects.filter(public_id=key_id).exclude(last_used_on=on).update(last_used_on=on)


def _record_audit(actor: Actor, action: str, arguments: dict[str, Any]) -> None:
    """Append to the audit log what an actor did: the sink that the service door calls after each staff write.

    Keeps ids, codes, counts and sums only (engine.audit); the request id ties the entry to logs and events.
    """
    AuditEntry.objects.create(
        actor_kind=actor.kind,
        actor_id=actor.id,
        action=action,
        subject=audit.subject(arguments),
        details=audit.details(arguments),
        request_id=events.request_id.get(),
    )


def _strong(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as fault:
        raise WeakPassword(field="password", rule=" ".join(fault.messages)) from fault


def _stored(user: User) -> bool:
    return User.objects.filter(public_id=user.public_id).exists()
