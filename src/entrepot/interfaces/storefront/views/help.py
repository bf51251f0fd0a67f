"""How the shop works, in plain words: prices, duties, rates, delivery, cancelling, sending back, terms, who sells, data, accessibility."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from entrepot.domains.organisation import queries as organisation
from entrepot.domains.organisation.types import STORE_TEXTS
from entrepot.interfaces.storefront.place import Shop, draw, page


@require_GET
@page
def help_page(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Show all of it on one page, each part with an address of its own."""
    store = organisation.store()
    told = organisation.store_words(store_code=store.code, language=shop.language)
    texts = [(kind, name, told[kind]) for kind, name in STORE_TEXTS.items() if kind in told]
    return draw(request, shop, "shop/help.html", entity=store.entity, store=store, texts=texts)
