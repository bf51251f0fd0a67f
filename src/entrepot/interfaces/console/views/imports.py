"""Bring a catalogue file in: send it, see what it would do, confirm; the worker does the work, this shows how far it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue import services
from entrepot.domains.catalogue.types import ImportSettingsView
from entrepot.domains.documents import queries as document_queries
from entrepot.domains.documents import services as documents
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.markets import queries as markets
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.pricing import queries as pricing
from entrepot.infra import db
from entrepot.interfaces.console import door, look
from entrepot.interfaces.console.views.texts import languages
from entrepot.kernel.errors import InvalidInput, NotFound

HERE = "/console/imports"
MOST_BYTES = 50_000_000


@require_http_methods(["GET", "POST"])
@door.page("console.see_products")
def listing(request: HttpRequest) -> HttpResponse:
    """List what was sent, and take a file."""
    if request.method == "POST":
        return HttpResponseRedirect(f"{HERE}/{_take(request)}")
    context = {
        "rows": catalogue.file_imports(), "markets": markets.markets(), "languages": languages(),
        "warehouses": inventory.warehouses(), "lists": pricing.all_price_lists(store_id=organisation.store().id),
    }  # fmt: skip
    return look.draw(request, "console/imports.html", context)


def _take(request: HttpRequest) -> str:
    request.desk.anywhere.require("catalogue.import")
    sent, form = request.FILES.get("file"), request.POST
    if sent is None or not sent.size:
        raise InvalidInput(field=_("File"), value=getattr(sent, "name", ""), rule=_("Choose a file that is not empty."))
    if sent.size > MOST_BYTES:
        rule = _("A file sent here has at most 50 MB; “entrepot import catalogue” takes larger ones.")
        raise InvalidInput(field=_("File"), value=sent.name, rule=rule)
    currencies = {one.currency for one in pricing.all_price_lists(store_id=organisation.store().id)}
    chosen = ImportSettingsView(
        language=form["language"] if form.get("language") in languages() else "en",
        currency=form["currency"] if form.get("currency") in currencies else "",
        warehouse=form["warehouse"] if form.get("warehouse") in inventory.warehouses() else "",
        markets=tuple(m.code for m in markets.markets() if m.code in form.getlist("market")),
    )
    with db.transaction():
        key = documents.store_file(
            actor=request.desk.anywhere,
            content=sent.read(),
            mime="text/plain",
            name=sent.name or "file",
            retention="public",
        )
        return services.send_file(actor=request.desk.anywhere, name=sent.name or "file", document=key, chosen=chosen)


@door.page("console.see_products")
def detail(request: HttpRequest, import_id: str) -> HttpResponse:
    """Show what a file would do or did; while the worker is at it, the page asks again every few seconds."""
    sent = catalogue.file_import(import_id=door.public_id(import_id, "import"))
    response = look.draw(request, "console/import.html", {"sent": sent, "counts_": _counts(sent.report)})
    if sent.state in ("sent", "confirmed"):
        response["Refresh"] = "3"
    return response


@require_POST
@door.page("catalogue.import")
def confirm(request: HttpRequest, import_id: str) -> HttpResponse:
    """Let a previewed file be brought in."""
    key = door.public_id(import_id, "import")
    with db.transaction():
        services.confirm_file(actor=request.desk.anywhere, import_id=key)
    return HttpResponseRedirect(f"{HERE}/{key}")


@door.page("console.see_products")
def errors(request: HttpRequest, import_id: str) -> HttpResponse:
    """Download the refused rows of a file: row, field, value, rule."""
    sent = catalogue.file_import(import_id=door.public_id(import_id, "import"))
    if not sent.errors:
        raise NotFound(kind="file", key="errors.csv")
    content, mime, name = document_queries.file(id=sent.errors)
    return HttpResponse(
        content, content_type=f"{mime}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )  # fmt: skip


def _counts(report: dict[str, int]) -> list[tuple[str, int]]:
    words = {
        "added": _("products added"), "changed": _("products changed"), "unchanged": _("products as they were"),
        "refused_products": _("products refused"), "refused_rows": _("rows refused"), "variants": _("articles (SKU)"),
        "assumed": _("… with assumed customs data"), "prices_changed": _("prices set"),
        "stock_received": _("units received"), "published": _("publications"),
    }  # fmt: skip
    return [(words[name], report[name]) for name in words if name in report]
