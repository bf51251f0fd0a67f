"""Who does something: a kind, a public id and the permissions held for this one call."""

from __future__ import annotations

from typing import Literal

import msgspec

from entrepot.kernel.errors import PermissionDenied

ActorKind = Literal["buyer", "staff", "system", "provider"]


class Actor(msgspec.Struct, frozen=True):
    """An actor. Permissions are `<domain>.<verb>` or `<domain>.*`; `*` holds all (the system's own jobs)."""

    kind: ActorKind
    id: str
    permissions: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        """Say whether the actor holds the permission."""
        held = self.permissions
        return "*" in held or permission in held or f"{permission.partition('.')[0]}.*" in held

    def require(self, permission: str) -> None:
        """Raise PermissionDenied unless the actor holds the permission."""
        if not self.may(permission):
            raise PermissionDenied(permission=permission)


SYSTEM = Actor("system", "system", frozenset({"*"}))
