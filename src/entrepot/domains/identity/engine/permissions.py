"""What roles allow: patterns `<domain>.<verb>`, `<domain>.*` and `*`, everywhere or within a scope."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from entrepot.domains.identity.types import GrantInfo
from entrepot.kernel.actor import Actor

# What everybody who is logged in may do: look after the own password, passkeys and sessions.
OWN = frozenset({"identity.manage_own"})


def held(grants: Iterable[GrantInfo], scopes: Collection[str] = ()) -> frozenset[str]:
    """Return the permissions of the grants that count: those held everywhere, and those of the given scopes."""
    return frozenset(p for grant in grants if not grant.scope or grant.scope in scopes for p in grant.permissions)


def by_scope(grants: Iterable[GrantInfo]) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return (scope, permissions) of what is held in one place alone."""
    found: dict[str, set[str]] = {}
    for grant in grants:
        if grant.scope:
            found.setdefault(grant.scope, set()).update(grant.permissions)
    return tuple((scope, frozenset(allowed)) for scope, allowed in sorted(found.items()))


def allows(permissions: Collection[str], permission: str) -> bool:
    """Say whether a set of patterns allows a permission.

    >>> allows({"orders.*"}, "orders.cancel"), allows({"orders.*"}, "ledger.post"), allows({"*"}, "ledger.post")
    (True, False, True)
    """
    return Actor("staff", "", frozenset(permissions)).may(permission)
