"""How the shop works, in plain words: prices, duties, rates, delivery, cancelling, who sells, data, accessibility."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from entrepot.domains.organisation import queries as organisation
from entrepot.interfaces.storefront.place import Shop, draw, page


@require_GET
@page
def help_page(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Show all of it on one page, each part with an address of its own."""
    return draw(request, shop, "shop/help.html", entity=organisation.store().entity)
