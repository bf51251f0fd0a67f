"""The audit log: who did what, when; it only grows and holds no personal data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from entrepot.domains.identity import queries as identity
from entrepot.interfaces.console import door, look

PAGE = 50


@door.page("console.see_audit")
def listing(request: HttpRequest) -> HttpResponse:
    """List entries, newest first, of a person, an action or a thing."""
    before = request.GET.get("before", "")
    chosen = {name: request.GET.get(name, "").strip()[:100].replace("\x00", "") for name in ("who", "action", "about")}
    rows = identity.audit_entries(
        actor_id=chosen["who"],
        action=chosen["action"],
        subject=chosen["about"],
        before=int(before) if before.isdecimal() and len(before) < 18 else 0,
        limit=PAGE + 1,
    )
    context = {
        "rows": rows[:PAGE],
        "staff": (members := identity.all_staff()),
        "names": {member.id: member.name for member in members},
        "chosen": chosen,
        "next_before": str(rows[PAGE - 1].id) if len(rows) > PAGE else "",
    }
    return look.draw(request, "console/audit.html", context)
