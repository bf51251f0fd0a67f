"""The law as data: tables of dated rows, each with its source and how sure we are of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from entrepot.interfaces.console import door, look


@door.page("console.see_law")
def listing(request: HttpRequest) -> HttpResponse:
    """Show the dated rows of a country and kind."""
    return look.draw(request, "console/law.html", {"tables": []})
