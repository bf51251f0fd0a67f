"""Passkeys (WebAuthn level 2). What a browser answers is verified by fido2 (Yubico); we keep the public key.

The challenge is a one-time key, so that an answer counts once; the user must be verified by the device (PIN, finger,
face), so that a passkey alone is both factors.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

from entrepot.domains.identity.errors import PasskeyRefused
from entrepot.domains.identity.models import OneTimeKey, Passkey, User
from entrepot.domains.identity.queries import key_hash
from entrepot.domains.identity.services.guard import _own_or
from entrepot.domains.identity.services.logins import _count_failure, _is_heard
from entrepot.domains.identity.types import LoginOutcome
from entrepot.infra import lazy
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound

LASTS = dt.timedelta(minutes=5)
_CHALLENGE = "challenge"
_NOBODY = "passkey"  # what failures of unknown passkeys are counted under


@service("identity.manage_own")
def begin_passkey(*, actor: Actor, user_id: str, host: str, at: dt.datetime) -> dict[str, Any]:
    """Return what `navigator.credentials.create` takes (JSON form) for a new passkey of a person.

    Args:
        host: the site's host name without port, which becomes the relying party's id.
    Raises PermissionDenied, NotFound.
    """
    _own_or(actor, user_id, "identity.manage_factors")
    user = User.objects.filter(public_id=user_id, is_active=True).first()
    if user is None:
        raise NotFound(kind="user", key=user_id)
    person = {"id": user.public_id.bytes, "name": user.email, "displayName": user.name}
    known = [_described(bytes(k.credential_id)) for k in Passkey.objects.filter(user=user)]
    options, state = _server(host).register_begin(
        person, known, resident_key_requirement="required", user_verification="required"
    )
    _remember(state, user, at)
    return dict(options)["publicKey"]


@service("identity.manage_own")
def add_passkey(*, actor: Actor, user_id: str, name: str, answer: str, host: str, at: dt.datetime) -> str:
    """Keep a new passkey from what the browser answered (JSON) and return its public id. Raises PasskeyRefused."""
    _own_or(actor, user_id, "identity.manage_factors")
    told = _read(answer)
    user = User.objects.filter(public_id=user_id, is_active=True).first()
    state = _state(told, at, user)
    if user is None or state is None:
        raise PasskeyRefused(field="passkey", value="", rule="")
    try:
        data = _server(host).register_complete(state, told)
    except (ValueError, TypeError, KeyError) as fault:
        raise PasskeyRefused(field="passkey", value="", rule="") from fault
    credential = data.credential_data
    if Passkey.objects.filter(credential_id=credential.credential_id).exists():
        raise PasskeyRefused(field="passkey", value="", rule="")
    row = Passkey.objects.create(
        user=user, name=" ".join(name.split())[:60] or "Passkey", credential_id=credential.credential_id,
        public_key=bytes(credential), uses=data.counter, created_at=at,
    )  # fmt: skip
    return str(row.public_id)


@service("identity.manage_own")
def remove_passkey(*, actor: Actor, user_id: str, passkey_id: str) -> bool:
    """Take a passkey away; False when there was none. Raises PermissionDenied, BeyondOwn."""
    _own_or(actor, user_id, "identity.manage_factors")
    gone, _ = Passkey.objects.filter(user__public_id=user_id, public_id=passkey_id).delete()
    return bool(gone)


@service("identity.authenticate")
def begin_passkey_login(*, actor: Actor, host: str, at: dt.datetime) -> dict[str, Any]:
    """Return what `navigator.credentials.get` takes (JSON form); the device itself knows whose passkeys it holds."""
    options, state = _server(host).authenticate_begin(user_verification="required")
    _remember(state, None, at)
    return dict(options)["publicKey"]


@service("identity.authenticate")
def take_passkey(*, actor: Actor, answer: str, host: str, address: str, at: dt.datetime) -> LoginOutcome:
    """Check what a passkey answered (JSON). Returns the outcome instead of raising, so that a failure is counted.

    A counter that runs backwards tells of a copied key and is refused.
    """
    wait = _is_heard(_NOBODY + address, address, at)
    if wait:
        return LoginOutcome(user_id="", wait_s=wait)
    row = _verified(answer, host, at)
    if row is None:
        return _count_failure(_NOBODY + address, address, at)
    User.objects.filter(pk=row.user_id).update(last_login=at)
    return LoginOutcome(user_id=str(row.user.public_id), is_staff=row.user.is_staff)


def _verified(answer: str, host: str, at: dt.datetime) -> Passkey | None:
    try:
        told = _read(answer)
        raw = _bytes(told["rawId"] if "rawId" in told else told["id"])
        state = _state(told, at, None)
    except (PasskeyRefused, KeyError, TypeError, ValueError):
        return None
    row = (
        Passkey.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(credential_id=raw, user__is_active=True)
        .first()
    )
    if row is None or state is None:
        return None
    webauthn = lazy.module("fido2.webauthn")
    try:
        credential = webauthn.AttestedCredentialData(bytes(row.public_key))
        _server(host).authenticate_complete(state, [credential], told)
        counter = webauthn.AuthenticationResponse.from_dict(told).response.authenticator_data.counter
    except (ValueError, TypeError, KeyError):
        return None
    if (counter or row.uses) and counter <= row.uses:
        return None
    Passkey.objects.filter(pk=row.pk).update(uses=counter, used_at=at)
    return row


def _server(host: str) -> Any:
    webauthn, server = lazy.module("fido2.webauthn"), lazy.module("fido2.server")
    return server.Fido2Server(webauthn.PublicKeyCredentialRpEntity(id=host, name="Entrepôt"))


def _described(credential_id: bytes) -> Any:
    return lazy.module("fido2.webauthn").PublicKeyCredentialDescriptor(type="public-key", id=credential_id)


def _remember(state: dict[str, Any], user: User | None, at: dt.datetime) -> None:
    digest = key_hash(_CHALLENGE, "", state["challenge"])
    OneTimeKey.objects.create(kind=_CHALLENGE, user=user, key_hash=digest, expires_at=at + LASTS)


def _state(told: dict[str, Any], at: dt.datetime, user: User | None) -> dict[str, Any] | None:
    """Return the state fido2 left with us, used up; None when the answer is to no challenge of ours (any more)."""
    try:
        challenge = str(json.loads(_bytes(told["response"]["clientDataJSON"]))["challenge"]).rstrip("=")
    except (KeyError, TypeError, ValueError) as fault:
        raise PasskeyRefused(field="passkey", value="", rule="") from fault
    used = OneTimeKey.objects.filter(
        kind=_CHALLENGE, key_hash=key_hash(_CHALLENGE, "", challenge), user=user, used_at=None, expires_at__gt=at
    ).update(used_at=at)
    return {"challenge": challenge, "user_verification": "required"} if used else None


def _read(answer: str) -> dict[str, Any]:
    try:
        told = json.loads(answer[:20_000])
    except ValueError as fault:
        raise PasskeyRefused(field="passkey", value="", rule="") from fault
    if not isinstance(told, dict):
        raise PasskeyRefused(field="passkey", value="", rule="")
    return told


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(str(text) + "=" * (-len(str(text)) % 4))
