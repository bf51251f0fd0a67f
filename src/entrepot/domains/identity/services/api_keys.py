"""API keys: made, revoked, noted as used."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence

from entrepot.domains.identity.engine import api_keys
from entrepot.domains.identity.errors import KeyRule
from entrepot.domains.identity.models import ApiKey
from entrepot.domains.identity.types import KeyKind, MintedKey
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_

_PREFIX_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


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
        label=title,
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
