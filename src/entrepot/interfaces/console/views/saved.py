"""Saved views of lists, and how the console looks to a person."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entrepot.domains.identity import services
from entrepot.infra import db
from entrepot.interfaces.console import door, lists
from entrepot.interfaces.console.views import orders, products, shipments, stock
from entrepot.kernel.errors import NotFound

LISTS = {one.page: one for one in (orders.LIST, shipments.LIST, products.LIST, stock.LIST)}


def _list(page: str) -> lists.Listing:
    if page not in LISTS:
        raise NotFound(kind="list", key=page[:20])
    return LISTS[page]


@require_POST
@door.page()
def save(request: HttpRequest) -> HttpResponse:
    """Keep a list's filters and order under a name, and go back to it."""
    listing = _list(request.POST.get("page", ""))
    query = lists.kept(listing, request.POST.get("query", ""))
    with db.transaction():
        services.save_view(
            actor=request.desk.actor,
            page=listing.page,
            name=request.POST.get("name", "")[:200],
            query=query,
            shared=request.POST.get("shared") == "1",
            is_default=request.POST.get("is_default") == "1",
        )
    door.say(request, _("The view is kept."))
    return HttpResponseRedirect(f"{listing.path}?{query or 'sort=' + listing.sorts[0][0]}")


@require_POST
@door.page()
def remove(request: HttpRequest, view_id: str) -> HttpResponse:
    """Take a saved view away."""
    with db.transaction():
        page = services.remove_view(actor=request.desk.actor, view_id=door.public_id(view_id, "view"))
    door.say(request, _("The view is gone."))
    listing = _list(page)
    return HttpResponseRedirect(f"{listing.path}?sort={listing.sorts[0][0]}")


@require_POST
@door.page()
def theme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark or as the device has it, for the person and, so that the log-in looks alike, for this browser."""
    wished = request.POST.get("theme", "")
    with db.transaction():
        services.set_theme(actor=request.desk.actor, theme=wished)
    response = door.back(request, "/console/")
    response.set_cookie(
        door.THEME_COOKIE,
        wished,
        max_age=365 * 86400,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response
