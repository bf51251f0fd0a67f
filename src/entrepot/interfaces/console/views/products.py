"""Products: the list, one product with its variants, texts and markets."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue import services
from entrepot.domains.catalogue.engine.language import tag
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.markets import queries as markets
from entrepot.infra import db
from entrepot.infra.memo import Memo
from entrepot.interfaces.console import bulk, door, lists, look
from entrepot.interfaces.console.views.orders import market_choices
from entrepot.kernel.errors import N_, NotFound

PAGE = 50
_shelf_names = Memo(ttl_s=5)  # a form asks for them twice: what may be chosen, and what was


def _shelves() -> Sequence[tuple[str, str]]:
    language = look.content_language()
    return _shelf_names.get(
        language, lambda: [(shelf.slug, shelf.name) for shelf in catalogue.categories(language=language)]
    )


def _customs() -> Sequence[tuple[str, str]]:
    return [("assumed", _("Only assumed"))]


LIST = lists.Listing(
    page="products",
    path="/console/products",
    fields=(
        lists.Field("q", N_("Title, SKU or HS code")),
        lists.Field("category", N_("Shelf"), "choice", _shelves, N_("All shelves")),
        lists.Field("market", N_("Sold in"), "choice", market_choices, N_("All markets")),
        lists.Field("customs", N_("Customs data"), "choice", _customs, N_("All of them")),
    ),
    sorts=(("oldest", N_("Oldest first")), ("newest", N_("Newest first"))),
)


@door.page("console.see_products")
def listing(request: HttpRequest) -> HttpResponse:
    """List products, 50 a page; a whole SKU goes straight to its product."""
    sku = request.GET.get("sku", "").strip()[:100].replace("\x00", "")
    if sku:
        found = catalogue.variant_facts(skus=[sku])
        if found:
            return HttpResponseRedirect(f"/console/products/{found[sku].product_id}")
        door.say(request, _("There is no SKU “%(sku)s”.") % {"sku": sku}, "warn")
    kept, way = lists.opening(request, LIST)
    if way:
        return way
    asked = lists.read(request, LIST)
    ids = catalogue.find_products(
        text=asked["q"], category=asked["category"], market=asked["market"], assumed=bool(asked["customs"]),
        newest=asked.sort == "newest", after=door.public_id(asked.before, "product") if asked.before else "",
        limit=PAGE + 1,
    )  # fmt: skip
    views = catalogue.products(ids=ids[:PAGE], language=_language(request))
    context = {
        **lists.frame(LIST, asked, kept),
        "rows": [views[i] for i in ids[:PAGE] if i in views],
        "published": catalogue.markets_of(product_ids=ids[:PAGE]),
        "next_before": ids[PAGE - 1] if len(ids) > PAGE else "",
        "deeds": bulk.DEEDS["products"],
        "markets": markets.markets(),
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
        "lacks": _lacks(product_id),
    }
    return look.draw(request, "console/product.html", context)


def _lacks(product_id: str) -> dict[str, list[str]]:
    """Return market code → languages of the market in which the product has no words."""
    spoken = {m.code: [tag(locale) for locale in m.locales] for m in markets.markets()}
    every = sorted({language for tags in spoken.values() for language in tags})
    (gaps,) = catalogue.gaps(languages=every, product_id=product_id) or (None,)
    return {code: [t for t in tags if gaps and t in gaps.languages] for code, tags in spoken.items()}


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
