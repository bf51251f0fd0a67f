"""Who may give what: nobody gives away, or takes away, more than they hold themselves; pure."""

from __future__ import annotations

from collections.abc import Iterable

from entrepot.kernel.actor import Actor


def beyond(actor: Actor, permissions: Iterable[str], scope: str = "") -> str:
    """Return the first permission pattern that an actor does not hold, "" when all are.

    A pattern is held when it is named, or covered by `<domain>.*` or `*`; a permission held in one place covers that
    place alone.
    """
    held = set(actor.permissions)
    for place, own in actor.scoped:
        if scope and place == scope:
            held |= own
    for pattern in permissions:
        if not ("*" in held or pattern in held or (f"{pattern.partition('.')[0]}.*" in held and pattern != "*")):
            return pattern
    return ""
