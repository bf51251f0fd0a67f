"""Products: the list, one product with its variants, texts and markets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue import services
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.markets import queries as markets
from entrepot.infra import db
from entrepot.interfaces.console import door, look
from entrepot.kernel.errors import NotFound

PAGE = 50


@door.page("console.see_products")
def listing(request: HttpRequest) -> HttpResponse:
    """List products by shelf, 50 a page."""
    category = request.GET.get("category", "")[:80]
    sku = request.GET.get("sku", "").strip()[:100].replace("\x00", "")
    if sku:
        found = catalogue.variant_facts(skus=[sku])
        if found:
            return HttpResponseRedirect(f"/console/products/{found[sku].product_id}")
        door.say(request, _("There is no SKU “%(sku)s”.") % {"sku": sku}, "warn")
    ids = catalogue.product_ids(after=request.GET.get("before", ""), limit=PAGE + 1, category=category)
    views = catalogue.products(ids=ids[:PAGE], language=_language(request))
    context = {
        "rows": [views[i] for i in ids[:PAGE] if i in views],
        "published": catalogue.markets_of(product_ids=ids[:PAGE]),
        "next_before": ids[PAGE - 1] if len(ids) > PAGE else "",
        "categories": catalogue.categories(language=_language(request)),
        "category": category,
    }
    return look.draw(request, "console/products.html", context)


@door.page("console.see_products")
def detail(request: HttpRequest, product_id: str) -> HttpResponse:
    """Show a product: its variants with customs data and stock, the markets it is in."""
    product = catalogue.product(product_id=product_id, language=_language(request))
    skus = [v.sku for v in product.variants]
    context = {
        "product": product,
        "stock": inventory.available(skus=skus),
        "published": catalogue.markets_of(product_ids=[product_id]).get(product_id, ()),
        "markets": markets.markets(),
    }
    return look.draw(request, "console/product.html", context)


@require_POST
@door.page("catalogue.publish")
def publish(request: HttpRequest, product_id: str) -> HttpResponse:
    """Publish a product to a market, or withdraw it."""
    market = request.POST.get("market", "")[:10]
    verb = services.publish_products if request.POST.get("deed") == "publish" else services.withdraw_products
    if market not in {m.code for m in markets.markets()}:
        raise NotFound(kind="market", key=market)
    with db.transaction():
        verb(actor=request.desk.anywhere, product_ids=[product_id], market=market)
    door.say(request, _("Done; the shop follows within seconds."))
    return HttpResponseRedirect(f"/console/products/{product_id}")


def _language(request: HttpRequest) -> str:
    return "zh-Hans" if request.desk.staff.language == "zh-hans" else "en"
