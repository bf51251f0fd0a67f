"""Reads of identity."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

from entrepot.domains.identity.engine import permissions
from entrepot.domains.identity.models import AuditEntry, Role, User
from entrepot.domains.identity.types import AuditView, GrantInfo, RoleInfo, StaffInfo
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
