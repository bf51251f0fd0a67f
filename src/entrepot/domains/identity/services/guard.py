"""What no act on people may break: an owner is left, nobody rises above himself, one's own is one's own."""

from __future__ import annotations

from entrepot.domains.identity.engine import roles
from entrepot.domains.identity.errors import BeyondOwn, LastOwner
from entrepot.domains.identity.models import Grant
from entrepot.infra import db
from entrepot.kernel.actor import Actor

OWNER = "owner"


def _own_or(actor: Actor, user_id: str, permission: str) -> None:
    """Raise PermissionDenied unless the actor acts on himself or holds the permission over others (and as much as they)."""
    if actor.id == user_id:
        return
    actor.require(permission)
    _refuse_higher(actor, user_id)


def _refuse_higher(actor: Actor, user_id: str) -> None:
    """Raise BeyondOwn when a user holds more than the actor, who could else become him."""
    if actor.id == user_id:
        return
    for grant in Grant.objects.filter(user__public_id=user_id).select_related("role"):
        _refuse_beyond(actor, grant.role.permissions, grant.scope)


def _refuse_beyond(actor: Actor, permissions: list[str], scope: str = "") -> None:
    """Raise BeyondOwn when permissions go beyond the actor's own."""
    missing = roles.beyond(actor, permissions, scope)
    if missing:
        raise BeyondOwn(permission=missing)


def _keep_an_owner(*, without: str) -> None:
    """Raise LastOwner when a user is the only active owner; acts on owners go one after the other."""
    db.advisory_lock("identity.owners")
    held = Grant.objects.filter(role__code=OWNER, scope="", user__is_active=True)
    if held.filter(user__public_id=without).exists() and not held.exclude(user__public_id=without).exists():
        raise LastOwner()
