"""A fresh proof of who somebody is, asked before a dangerous act and remembered for a while; and who lacks a second factor."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity.types import StaffInfo
from entrepot.infra import clock
from entrepot.interfaces.console import look

LASTS = dt.timedelta(minutes=15)


def needed(request: HttpRequest) -> bool:
    """Say whether the person's last proof is too old for a dangerous act."""
    proved = request.desk.staff.proved_at
    return proved is None or not dt.timedelta(0) <= clock.now() - proved < LASTS


def ask(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    """Draw the page that asks for the proof; a form that was sent is kept in it and goes on afterwards."""
    posted = request.method == "POST" and request.path != "/console/prove"
    kept = kept_fields(request)
    context = {
        "go": request.path if posted else target(request),
        "fields": kept,
        "posted": posted or request.POST.get("posted") == "1",
        "factors": identity.factors(user_id=request.desk.staff.id),
        "error": error,
    }
    return look.draw(request, "console/prove.html", context, status=status)


def target(request: HttpRequest) -> str:
    """Return where the person goes after the proof: a page of the console."""
    wished = request.POST.get("go", "") if request.path == "/console/prove" else request.get_full_path()
    return wished if wished.startswith("/console/") and "\\" not in wished and "//" not in wished else "/console/"


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of the form that waits for the proof, as (name, value)."""
    if request.path == "/console/prove":
        pairs = zip(request.POST.getlist("field"), request.POST.getlist("value"), strict=False)
        return [(name, value) for name, value in pairs if name != "csrfmiddlewaretoken"]
    if request.method != "POST":
        return []
    return [(name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"]


def lacks_factor(member: StaffInfo) -> bool:
    """Say whether a role asks for a second factor that is not set up, and the house lets nobody in without it."""
    missing = member.second_factor_required and not member.has_second_factor
    return missing and settings.ENTREPOT_SECOND_FACTOR == "required"
