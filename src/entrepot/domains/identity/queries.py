"""Reads of identity."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from typing import Any

from entrepot.domains.identity.engine import api_keys as keys
from entrepot.domains.identity.engine import permissions
from entrepot.domains.identity.models import ApiKey, AuditEntry, Role, User
from entrepot.domains.identity.types import ApiKeyView, AuditView, GrantInfo, RoleInfo, StaffInfo
from entrepot.infra import db
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import NotFound

_STAFF = """
SELECT u.public_id::text, u.email, u.name, u.language, u.is_active, u.password,
       coalesce(json_agg(json_build_array(r.code, r.name, g.scope, r.permissions) ORDER BY r.id, g.scope)
                FILTER (WHERE r.id IS NOT NULL), '[]')
FROM identity_user u
LEFT JOIN identity_grant g ON g.user_id = u.id
LEFT JOIN identity_role r ON r.id = g.role_id
WHERE u.is_staff {where} GROUP BY u.id ORDER BY u.email
"""


def staff(*, user_id: str) -> StaffInfo:
    """Return a member of staff with the roles held, in one statement; raise NotFound for anybody else."""
    rows = db.fetch(_STAFF.format(where="AND u.public_id = %s"), [user_id])
    if not rows:
        raise NotFound(kind="member of staff", key=user_id)
    return _staff(rows[0])


def all_staff() -> tuple[StaffInfo, ...]:
    """Return everybody who works here, by e-mail."""
    return tuple(_staff(row) for row in db.fetch(_STAFF.format(where="")))


def actor_for(*, user_id: str, scopes: Collection[str] = ()) -> Actor:
    """Return the actor of a member of staff: kind staff, the permissions held everywhere and in the given scopes.

    Raises:
        NotFound: no such member of staff, or no longer active.
    """
    return actor_of(staff(user_id=user_id), scopes=scopes)


def actor_of(member: StaffInfo, *, scopes: Collection[str] = ()) -> Actor:
    """Return the actor of a member of staff that was read before; raise NotFound when no longer active."""
    if not member.is_active:
        raise NotFound(kind="member of staff", key=member.id)
    return Actor("staff", member.id, permissions.held(member.grants, scopes))


def roles_with(*, permission: str) -> tuple[str, ...]:
    """Return the names of the roles that allow a permission, so that a page can say who may do what it hides."""
    rows = db.fetch("SELECT name, permissions FROM identity_role ORDER BY id")
    return tuple(name for name, allowed in rows if permissions.allows(db.as_json(allowed), permission))


def names(*, user_ids: Collection[str]) -> dict[str, str]:
    """Return the names of users by public id; unknown ids (a system's, a provider's) are left out."""
    uuids = [u for u in set(user_ids) if len(u) == 36]
    if not uuids:
        return {}
    return {str(u): n for u, n in User.objects.filter(public_id__in=uuids).values_list("public_id", "name")}


def audit_entries(
    *, actor_id: str = "", action: str = "", subject: str = "", before: int = 0, limit: int = 50
) -> tuple[AuditView, ...]:
    """Return entries of the audit log, newest first; `before` is the id of the last one already seen."""
    rows = AuditEntry.objects.order_by("-id")
    if actor_id:
        rows = rows.filter(actor_id=actor_id)
    if action:
        rows = rows.filter(action__startswith=action)
    if subject:
        rows = rows.filter(subject=subject)
    if before:
        rows = rows.filter(id__lt=before)
    return tuple(
        AuditView(
            id=r.id,
            at=r.at,
            actor_kind=r.actor_kind,
            actor_id=r.actor_id,
            action=r.action,
            subject=r.subject,
            details=r.details,
            request_id=r.request_id,
        )
        for r in rows[:limit]
    )


def _staff(row: tuple[Any, ...]) -> StaffInfo:
    user_id, email, name, language, active, password, grants = row
    return StaffInfo(
        id=user_id,
        email=email,
        name=name,
        language=language,
        is_active=active,
        grants=tuple(
            GrantInfo(code, title, scope, tuple(allowed)) for code, title, scope, allowed in db.as_json(grants)
        ),
        session_mark=hashlib.sha256(password.encode()).hexdigest()[:32],
    )


def roles() -> tuple[RoleInfo, ...]:
    """Return all roles with their permissions."""
    rows = Role.objects.order_by("id").values_list("code", "name", "permissions")
    return tuple(RoleInfo(code, name, tuple(allowed)) for code, name, allowed in rows)


def api_keys(*, with_revoked: bool = True) -> tuple[ApiKeyView, ...]:
    """Return the API keys without their secrets, newest first."""
    rows = ApiKey.objects.select_related("store").order_by("-id")
    if not with_revoked:
        rows = rows.filter(revoked_at=None)
    return tuple(_key(row) for row in rows[:500])


def api_key(*, text: str) -> ApiKeyView | None:
    """Return the key somebody shows, whatever its state (see `ApiKeyView.usable`); None when there is no such key."""
    parsed = keys.parse(text)
    if parsed is None:
        return None
    kind, prefix, secret = parsed
    row = ApiKey.objects.select_related("store").filter(prefix=prefix, kind=kind).first()
    return _key(row) if row is not None and keys.matches(secret, row.secret_hash) else None


def api_origins(*, at: dt.datetime) -> frozenset[str]:
    """Return the web origins that some usable public key answers, for a browser that asks before it shows its key."""
    rows = ApiKey.objects.filter(kind="public", revoked_at=None).exclude(expires_at__lte=at)
    return frozenset(o for origins in rows.values_list("origins", flat=True) for o in origins)


def _key(row: ApiKey) -> ApiKeyView:
    return ApiKeyView(
        id=str(row.public_id),
        kind=row.kind,
        name=row.name,
        prefix=row.prefix,
        scopes=tuple(row.scopes),
        store_id=str(row.store_id),
        store_code=row.store.code,
        origins=tuple(row.origins),
        per_minute=row.per_minute,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        last_used_on=row.last_used_on,
        revoked_at=row.revoked_at,
    )
