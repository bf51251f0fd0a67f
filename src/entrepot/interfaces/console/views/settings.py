"""Settings: pages of plain records, drawn from what services and queries declare (see `drawn`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entrepot.flows.price.compute_anew import compute_anew
from entrepot.infra import db
from entrepot.interfaces.console import door, look
from entrepot.interfaces.console.drawn import fields as drawing
from entrepot.interfaces.console.drawn.pages import PAGES, Page, Write
from entrepot.interfaces.web import words
from entrepot.kernel.errors import EntrepotError, NotFound

HERE = "/console/settings"
MOST = 25_000  # signs of one field that are looked at; a longer text is refused by the service that takes it


@door.page("console.see_markets")
def index(request: HttpRequest) -> HttpResponse:
    """List the pages of settings."""
    return look.draw(request, "console/settings.html", {"pages": PAGES.values()})


@door.page("console.see_markets")
def records(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the records of a page in a table, with what can be done to them."""
    page = _page(slug)
    context = {"page_": page, "columns": page.columns(), "rows": page.rows(), "links": _links(page)}
    return look.draw(request, "console/records.html", context)


@require_http_methods(["GET", "POST"])
@door.page("console.see_markets")
def form(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Draw a form, or take it: what is wrong is said above its field and what was typed stays."""
    page = _page(slug)
    write = next((w for w in page.writes if w.slug == verb), None)
    if write is None:
        raise NotFound(kind="step", key=verb[:40])
    request.desk.anywhere.require(write.permission)
    fields = write.fields()
    typed = {f.name: _asked(request, f) for f in fields}
    if request.method == "GET" and page.change == write.slug:
        typed |= _long_texts(page, fields, typed)
    faults: dict[str, str] = {}
    error, preview = "", None
    if request.method == "POST":
        values, faults = drawing.read(fields, typed)
        if not faults:
            try:
                if write.preview and not request.POST.get("confirmed"):
                    preview = write.preview(request.desk.anywhere, values)
                else:
                    _do(request, write, values)
                    door.say(request, _("Saved."))
                    return HttpResponseRedirect(f"{HERE}/{page.slug}")
            except EntrepotError as fault:
                name = str(fault.params.get("field", ""))
                error = "" if name in typed else words.say(fault)
                faults = {name: str(fault.params.get("rule") or words.say(fault))} if name in typed else {}
    context = {
        "page_": page, "write": write, "fields": fields, "typed": typed, "faults": faults, "error": error,
        "preview": preview,
    }  # fmt: skip
    return look.draw(request, "console/drawn.html", context, status=422 if faults or error else 200)


def _do(request: HttpRequest, write: Write, values: Mapping[str, Any]) -> None:
    with db.transaction():
        write.service(actor=request.desk.anywhere, **write.given(), **values)
        if write.shelves:
            compute_anew(market_codes=write.shelves(values))


def _page(slug: str) -> Page:
    if slug not in PAGES:
        raise NotFound(kind="page", key=slug[:40])
    return PAGES[slug]


def _asked(request: HttpRequest, field: drawing.Field) -> str | list[str]:
    """Return what stands in a field: what was posted, else what a link brought along, else its default."""
    source = request.POST if request.method == "POST" else request.GET
    if request.method != "POST" and field.name not in source:
        return field.initial()
    found = [value.replace("\x00", "")[:MOST] for value in source.getlist(field.name)]
    if field.kind == "words":
        return [line for value in found for line in value.splitlines()]
    return found if field.kind == "many" else (found[-1] if found else "")


def _links(page: Page) -> list[list[tuple[str, str]]]:
    """Return, for each row, the fields of the form that changes it, filled in."""
    write = next((w for w in page.writes if w.slug == page.change), None)
    if write is None:
        return []
    return [_filled(write, row, page.fill(row)) for row in page.rows()]


def _filled(write: Write, row: Any, more: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for field in write.fields():
        # A text of many lines does not go into an address: the form fetches it itself.
        if field.kind != "long" and (field.name in more or hasattr(row, field.name)):
            found += _pairs(field, more.get(field.name, getattr(row, field.name, None)))
    return found


def _long_texts(page: Page, fields: Sequence[drawing.Field], typed: Mapping[str, Any]) -> dict[str, str]:
    """Return the long texts of the record whose other fields a link has brought along."""
    long = [field for field in fields if field.kind == "long"]
    if not long:
        return {}
    for row in page.rows():
        keys = [field for field in fields if field.kind != "long" and hasattr(row, field.name)]
        if all(_pairs(field, getattr(row, field.name)) == [(field.name, typed[field.name])] for field in keys):
            return {field.name: drawing.written(field.kind, getattr(row, field.name, "")) for field in long}
    return {}


def _pairs(field: drawing.Field, value: Any) -> list[tuple[str, str]]:
    if field.kind in ("many", "words"):
        return [(field.name, str(one)) for one in value if isinstance(one, str)]
    return [(field.name, drawing.written(field.kind, value))]
