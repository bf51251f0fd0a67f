"""The door of every write: `@service("inventory.reserve_stock")`.

A service is keyword-only, takes `actor=`, checks its permission before anything else and runs inside a
transaction that its caller opened. What staff (and the API's server keys) do is handed to the audit sink that `identity` installs.

A write that belongs to a place says so: `@service("inventory.receive", scope=at("warehouse"))`. Who holds the permission
in one place alone may do it there and nowhere else; who holds it everywhere costs nothing more.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ParamSpec, TypeVar

from entrepot.infra import db, recall
from entrepot.kernel.actor import Actor

P = ParamSpec("P")
R = TypeVar("R")

Scope = Callable[[Mapping[str, Any]], Iterable[str]]
AuditSink = Callable[[Actor, str, dict[str, Any]], None]
_audit_sinks: list[AuditSink] = []


def install_audit_sink(sink: AuditSink) -> None:
    """Let a higher floor record what staff do; called once from an AppConfig."""
    if sink not in _audit_sinks:
        _audit_sinks.append(sink)


def at(argument: str) -> Scope:
    """Return the scope of a write whose argument names its place: `at("warehouse")` → `warehouse:<value>`."""
    return lambda arguments: (f"{argument}:{arguments.get(argument, '')}",)


def service(permission: str, *, scope: Scope | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a write and the permission it needs.

    Args:
        scope: names the places a call touches; asked only of an actor who does not hold the permission everywhere.
    Raises:
        PermissionDenied: the actor lacks it, or lacks it in one of those places.
        NotInTransaction: the caller opened no transaction.
    """

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        domain = function.__module__.removeprefix("entrepot.domains.").partition(".")[0]

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            actor = kwargs.get("actor")
            if args or not isinstance(actor, Actor):
                raise TypeError(f"{function.__name__} takes keyword arguments only, actor= among them")
            _admit(actor, permission, scope, kwargs)
            db.require_transaction()
            recall.forget(domain)
            try:
                result = function(*args, **kwargs)
            finally:
                recall.forget(domain)
            if actor.kind in ("staff", "key"):
                for sink in _audit_sinks:
                    sink(actor, permission, {k: v for k, v in kwargs.items() if k != "actor"})
            return result

        call.permission = permission  # type: ignore[attr-defined]
        return call

    return declare


def _admit(actor: Actor, permission: str, scope: Scope | None, arguments: Mapping[str, Any]) -> None:
    places = tuple(scope(arguments)) if scope is not None and actor.scoped else ()
    for place in places:
        actor.require(permission, place)
    if not places:
        actor.require(permission)
