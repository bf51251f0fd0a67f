"""One box for everything: an order number, an e-mail, a tracking number, a SKU."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.orders import queries as orders
from entrepot.interfaces.console import door


@door.page("console.see_orders")
def search(request: HttpRequest) -> HttpResponse:
    """Go straight to the one thing that fits, else to the list of orders with the words as its filter."""
    text = request.GET.get("q", "").strip()[:120].replace("\x00", "")
    if not text:
        return HttpResponseRedirect("/console/orders")
    found = orders.orders(text=text, limit=2)
    if len(found) == 1:
        return HttpResponseRedirect(f"/console/orders/{found[0].id}")
    if not found:
        order_id = logistics.order_of_tracking(tracking_number=text)
        if order_id:
            return HttpResponseRedirect(f"/console/orders/{order_id}")
        facts = catalogue.variant_facts(skus=[text])
        if facts and request.desk.may("console.see_products"):
            return HttpResponseRedirect(f"/console/products/{facts[text].product_id}")
        door.say(request, _("Nothing was found for “%(text)s”.") % {"text": text}, "warn")
    return HttpResponseRedirect("/console/orders?" + urlencode({"q": text}))
