"""The door of every write: `@service("inventory.reserve_stock")`.

A service is keyword-only, takes `actor=`, checks its permission before anything else and runs inside a
transaction that its caller opened. What staff do is handed to the audit sink that `identity` installs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from entrepot.infra import db
from entrepot.kernel.actor import Actor

P = ParamSpec("P")
R = TypeVar("R")

AuditSink = Callable[[Actor, str, dict[str, Any]], None]
_audit_sinks: list[AuditSink] = []


def install_audit_sink(sink: AuditSink) -> None:
    """Let a higher floor record what staff do; called once from an AppConfig."""
    if sink not in _audit_sinks:
        _audit_sinks.append(sink)


def service(permission: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a write and the permission it needs.

    Raises:
        PermissionDenied: the actor lacks it.
        NotInTransaction: the caller opened no transaction.
    """

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            actor = kwargs.get("actor")
            if args or not isinstance(actor, Actor):
                raise TypeError(f"{function.__name__} takes keyword arguments only, actor= among them")
            actor.require(permission)
            db.require_transaction()
            result = function(*args, **kwargs)
            if actor.kind == "staff":
                for sink in _audit_sinks:
                    sink(actor, permission, {k: v for k, v in kwargs.items() if k != "actor"})
            return result

        call.permission = permission  # type: ignore[attr-defined]
        return call

    return declare
