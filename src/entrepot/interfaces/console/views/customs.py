"""Customs data that nobody has confirmed: look, mend, confirm many at once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue import services
from entrepot.infra import db
from entrepot.interfaces.console import door, look

PAGE = 50
FIELDS = ("hs_code", "origin", "mass_g", "length_mm", "width_mm", "height_mm", "customs_description")


@door.page("console.see_products")
def listing(request: HttpRequest) -> HttpResponse:
    """List SKUs with assumed data, each value editable; `sku` shows one that a refusal named, assumed or not."""
    category = request.GET.get("category", "")[:80]
    named = request.GET.get("sku", "")[:100]
    if named:
        rows = tuple(catalogue.variant_facts(skus=[named], language=look.content_language()).values())
    else:
        after = request.GET.get("before", "")[:100]
        rows = catalogue.customs_to_confirm(after=after, category=category, limit=PAGE + 1)
    context = {
        "rows": rows[:PAGE],
        "fields": FIELDS,
        "next_before": rows[PAGE - 1].sku if len(rows) > PAGE else "",
        "total": catalogue.assumed_count(),
        "categories": catalogue.categories(language="zh-Hans" if request.desk.staff.language == "zh-hans" else "en"),
        "category": category,
        "named": named,
    }
    return look.draw(request, "console/customs.html", context)


@require_POST
@door.page("catalogue.confirm_customs")
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirm the chosen SKUs as typed, all or none; equal data go in one call."""
    skus = request.POST.getlist("sku")[:PAGE]
    if not skus:
        text = _(
            "Nothing was chosen, so nothing was confirmed. Tick the articles whose data are right, then confirm them."
        )
        door.say(request, text, "warn")
        return door.back(request, "/console/customs")
    groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for sku in skus:
        typed = tuple((name, request.POST.get(f"{name}:{sku}", "").strip()[:200]) for name in FIELDS)
        groups.setdefault(typed, []).append(sku)
    with db.transaction():
        for typed, members in groups.items():
            fields = {name: value for name, value in typed if value}
            services.confirm_customs_data(actor=request.desk.anywhere, skus=members, fields=fields)
    text = ngettext("Customs data of %(n)s article confirmed.", "Customs data of %(n)s articles confirmed.", len(skus))
    door.say(request, text % {"n": len(skus)})
    return door.back(request, "/console/customs")
