"""Who does something: a kind, a public id and the permissions held for this one call."""

from __future__ import annotations

from typing import Literal

import msgspec

from entrepot.kernel.errors import PermissionDenied

ActorKind = Literal["buyer", "staff", "key", "system", "provider"]
"""`key` is a program that calls the API with a server key: it is logged like staff."""


class Actor(msgspec.Struct, frozen=True):
    """An actor. Permissions are `<domain>.<verb>` or `<domain>.*`; `*` holds all (the system's own jobs).

    `permissions` hold everywhere. `scoped` are (scope, permissions) that hold in one place alone (`warehouse:RTM`), and
    `inside` names the places this call is about: what is held there counts too.
    """

    kind: ActorKind
    id: str
    permissions: frozenset[str] = frozenset()
    scoped: tuple[tuple[str, frozenset[str]], ...] = ()
    inside: tuple[str, ...] = ()

    def may(self, permission: str, scope: str = "") -> bool:
        """Say whether the actor holds the permission: everywhere, in `scope`, or (none given) where the call is inside."""
        if _holds(self.permissions, permission):
            return True
        if not self.scoped:
            return False
        places = (scope,) if scope else self.inside
        return any(place in places and _holds(held, permission) for place, held in self.scoped)

    def may_somewhere(self, permission: str) -> bool:
        """Say whether the actor holds the permission everywhere or in any place: enough to open a page, not to act."""
        return _holds(self.permissions, permission) or any(_holds(held, permission) for _, held in self.scoped)

    def require(self, permission: str, scope: str = "") -> None:
        """Raise PermissionDenied unless the actor holds the permission (see `may`)."""
        if not self.may(permission, scope):
            raise PermissionDenied(permission=permission)


def _holds(held: frozenset[str], permission: str) -> bool:
    return "*" in held or permission in held or f"{permission.partition('.')[0]}.*" in held


SYSTEM = Actor("system", "system", frozenset({"*"}))
