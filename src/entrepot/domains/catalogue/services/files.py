"""Files that a person sends to be brought in: kept, confirmed, and told how far they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from entrepot.domains.catalogue.models import FileImport
from entrepot.domains.catalogue.types import ImportSettingsView
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import Conflict, NotFound


@service("catalogue.import")
def send_file(*, actor: Actor, name: str, document: str, chosen: ImportSettingsView) -> str:
    """Keep a stored file to be previewed by the worker, and return the import's id."""
    row = FileImport.objects.create(
        name=name[:200],
        document=document,
        settings=msgspec.to_builtins(chosen),
        sent_by=f"{actor.kind}:{actor.id}"[:60],
    )
    return str(row.public_id)


@service("catalogue.import")
def confirm_file(*, actor: Actor, import_id: str) -> None:
    """Let a previewed file be brought in; raise NotFound, or Conflict when it waits for no confirmation."""
    row = FileImport.objects.select_for_update().filter(public_id=import_id).first()
    if row is None:
        raise NotFound(kind="import", key=import_id)
    if row.state != "previewed":
        raise Conflict(
            kind="import", key=row.name, state=row.state, reason="It can be confirmed once, after its preview."
        )
    row.state, row.report = "confirmed", {}
    row.save(update_fields=["state", "report"])


@service("catalogue.import")
def record_import(
    *, actor: Actor, import_id: str, report: Mapping[str, int], state: str = "", errors: str = "", fault: str = ""
) -> None:
    """Record how far an import is; with a state, that it has come to it, and the stored file of refused rows."""
    fields: dict[str, Any] = {"report": dict(report)}
    if state:
        fields |= {"state": state, "errors": errors, "fault": fault[:500]}
    FileImport.objects.filter(public_id=import_id).update(**fields)
