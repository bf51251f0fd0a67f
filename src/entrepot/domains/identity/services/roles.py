"""Roles: the house's own and those a shop makes; who holds which, everywhere or in one place."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from entrepot.domains.identity.errors import OwnRoleOnly, RoleHeld
from entrepot.domains.identity.models import Grant, Role, User
from entrepot.domains.identity.services.guard import OWNER, _keep_an_owner, _refuse_beyond
from entrepot.infra.ids import new_id
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, InvalidInput, NotFound

ROLES = Path(__file__).parents[1] / "refdata" / "roles.json"
_SCOPE = re.compile(r"(?:entity|store|warehouse):[\w-]{1,64}")
_PERMISSION = re.compile(r"\*|[a-z_]+\.(?:\*|[a-z_]+)")


@service("identity.set_up_roles")
def set_up_roles(*, actor: Actor) -> int:
    """Create or update the house's roles (owner, operator, warehouse, finance, auditor) and return how many.

    Whether a role asks for a second factor is the shop's to say once it is set up.
    """
    rows = [Role(**role) for role in json.loads(ROLES.read_text(encoding="utf-8"))["roles"]]
    Role.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "permissions"])
    return len(rows)


@service("identity.grant")
def grant(*, actor: Actor, user_id: str, role: str, scope: str = "") -> None:
    """Give a user a role, everywhere or within a scope; harmless when held already.

    Args:
        scope: "" or `entity:<id>`, `store:<id>`, `warehouse:<code>`.
    Raises:
        NotFound: no such user or role.
        BeyondOwn: the role may what the actor may not.
        InvalidInput: the scope is of no known kind.
    """
    user = User.objects.filter(public_id=user_id, is_staff=True).first()
    kept = Role.objects.filter(code=role).first()
    if user is None or kept is None:
        raise NotFound(kind="role" if user else "user", key=role if user else user_id)
    if scope and not _SCOPE.fullmatch(scope):
        raise InvalidInput(field="scope", value=scope[:60], rule=N_("A place looks like warehouse:RTM."))
    _refuse_beyond(actor, kept.permissions, scope)
    Grant.objects.bulk_create([Grant(user=user, role=kept, scope=scope)], ignore_conflicts=True)


@service("identity.revoke")
def revoke(*, actor: Actor, user_id: str, role: str, scope: str = "") -> bool:
    """Take a role away and say whether it was held. Raises BeyondOwn, LastOwner."""
    kept = Role.objects.filter(code=role).first()
    if kept is None:
        return False
    _refuse_beyond(actor, kept.permissions, scope)
    if role == OWNER and not scope:
        _keep_an_owner(without=user_id)
    gone, _ = Grant.objects.filter(user__public_id=user_id, role=kept, scope=scope).delete()
    return bool(gone)


@service("identity.save_role")
def save_role(*, actor: Actor, name: str, permissions: Sequence[str], code: str = "") -> str:
    """Make a role of one's own, or change one by its code; return the code.

    Raises:
        InvalidInput: no name, no permission, or one that is none.
        BeyondOwn: it may what the actor may not, before or after.
        OwnRoleOnly: a role of the house is not changed here.
    """
    title, wanted = " ".join(name.split())[:80], sorted(set(permissions))
    if not title:
        raise InvalidInput(field="name", value="", rule=N_("Give the role a name."))
    if not wanted or not all(_PERMISSION.fullmatch(p) for p in wanted):
        raise InvalidInput(field="permissions", value="", rule=N_("Choose at least one thing the role may do."))
    _refuse_beyond(actor, wanted)
    if not code:
        row = Role.objects.create(code=f"own-{new_id().hex[-10:]}", name=title, permissions=wanted, own=True)
        return row.code
    kept = _own_role(code)
    _refuse_beyond(actor, kept.permissions)
    kept.name, kept.permissions = title, wanted
    kept.save(update_fields=["name", "permissions"])
    return kept.code


@service("identity.save_role")
def remove_role(*, actor: Actor, code: str) -> None:
    """Delete a role of one's own that nobody holds. Raises NotFound, OwnRoleOnly, RoleHeld, BeyondOwn."""
    kept = _own_role(code)
    _refuse_beyond(actor, kept.permissions)
    holders = Grant.objects.filter(role=kept).count()
    if holders:
        raise RoleHeld(number=holders)
    kept.delete()


@service("identity.save_role")
def require_second_factor(*, actor: Actor, code: str, required: bool) -> None:
    """Say whether holders of a role must log in with a second factor. Raises NotFound, BeyondOwn."""
    kept = Role.objects.filter(code=code).first()
    if kept is None:
        raise NotFound(kind="role", key=code[:40])
    _refuse_beyond(actor, kept.permissions)
    Role.objects.filter(pk=kept.pk).update(second_factor=required)


def _own_role(code: str) -> Role:
    kept = Role.objects.select_for_update().filter(code=code).first()
    if kept is None:
        raise NotFound(kind="role", key=code[:40])
    if not kept.own:
        raise OwnRoleOnly(role=kept.name)
    return kept
