"""The audit log: appended to by the service door after each write of a member of staff."""

from __future__ import annotations

from typing import Any

from entrepot.domains.identity.engine import audit
from entrepot.domains.identity.models import AuditEntry
from entrepot.infra import events
from entrepot.kernel.actor import Actor


def _record_audit(actor: Actor, action: str, arguments: dict[str, Any]) -> None:
    """Append to the audit log what an actor did: the sink that the service door calls after each staff write.

    Keeps ids, codes, counts and sums only (engine.audit); the request id ties the entry to logs and events.
    """
    AuditEntry.objects.create(
        actor_kind=actor.kind,
        actor_id=actor.id,
        action=action,
        subject=audit.subject(arguments),
        details=audit.details(arguments),
        request_id=events.request_id.get(),
    )
