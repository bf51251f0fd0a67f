"""A buyer's own data: a copy of everything, and deletion with seven days to change one's mind."""

from __future__ import annotations

import base64
import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_POST

from entrepot.domains.identity.types import AccountInfo
from entrepot.domains.parties import queries as parties
from entrepot.flows.comply import ask
from entrepot.infra import clock
from entrepot.interfaces.storefront import visitor
from entrepot.interfaces.storefront.place import Shop, draw
from entrepot.interfaces.web import words
from entrepot.kernel.errors import EntrepotError


@require_GET
@visitor.member
def page(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """Show what may be asked for, and what was."""
    return _page(request, shop, who)


def _page(request: HttpRequest, shop: Shop, who: AccountInfo, said: str = "", status: int = 200) -> HttpResponse:
    rows = parties.privacy_requests(account_id=who.id, limit=10)
    erasure = next((row for row in rows if row.kind == "erasure" and row.state == "asked"), None)
    copies = [row for row in rows if row.kind == "export" and row.state in ("asked", "done")]
    return draw(
        request, shop, "shop/account/data.html", status=status, who=who, here="data", erasure=erasure, copies=copies,
        said=said,
    )  # fmt: skip


@require_POST
@visitor.member
@visitor.proven
def copy(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """Ask for a copy."""
    try:
        ask.ask_copy(actor=visitor.actor(who), account_id=who.id, locale=shop.locale, at=clock.now())
    except EntrepotError as fault:
        return _page(request, shop, who, words.say(fault), fault.status)
    return HttpResponseRedirect(f"{shop.url}account/data")


@require_GET
@visitor.member
@visitor.proven
def fetch(request: HttpRequest, shop: Shop, who: AccountInfo, request_id: uuid.UUID) -> HttpResponse:
    """Hand the copy out while its days last."""
    body = parties.archive(account_id=who.id, request_id=str(request_id), at=clock.now())
    response = HttpResponse(base64.b64decode(body), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="entrepot-data-{clock.now():%Y-%m-%d}.zip"'
    return response


@require_POST
@visitor.member
@visitor.proven
def erase(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """Ask for deletion."""
    try:
        ask.ask_erasure(actor=visitor.actor(who), account_id=who.id, locale=shop.locale, at=clock.now())
    except EntrepotError as fault:
        return _page(request, shop, who, words.say(fault), fault.status)
    return HttpResponseRedirect(f"{shop.url}account/data")


@require_POST
@visitor.member
def keep(request: HttpRequest, shop: Shop, who: AccountInfo) -> HttpResponse:
    """Call the deletion off."""
    ask.call_off_erasure(actor=visitor.actor(who), account_id=who.id, locale=shop.locale, at=clock.now())
    return HttpResponseRedirect(f"{shop.url}account/data")
