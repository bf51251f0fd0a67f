"""Requests about personal data: what is open until when, what was done, what was kept and why."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from entrepot.domains.identity import queries as identity
from entrepot.domains.parties import queries as parties
from entrepot.interfaces.console import door, look


@door.page("console.see_privacy")
def listing(request: HttpRequest) -> HttpResponse:
    """List open requests by their deadline, and the latest of all."""
    pending = parties.privacy_requests(open_only=True)
    rows = [row for row in parties.privacy_requests(limit=100) if row.state != "asked"]
    names = identity.names(user_ids={row.account_id for row in (*pending, *rows)})
    return look.draw(request, "console/privacy.html", {"pending": pending, "rows": rows, "names": names})
