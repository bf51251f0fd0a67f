"""The operations of version 1, built once at the first call."""

from __future__ import annotations

from django.urls import path

from entrepot.interfaces.api.document import Api, Renderer, catch
from entrepot.interfaces.api.reference import Reference
from entrepot.interfaces.api.resources import carts, goods, hooks, orders, parcels, products, quotes, stock

api = Api(
    title="Entrepôt",
    version="1",
    description=(
        "Landed prices, carts, orders and parcels of a shop, for other programs. Amounts are whole minor units with their"
        " currency; ids are UUIDs; lists come in pages with opaque cursors; errors are RFC 9457 problems."
    ),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api-v1",
    renderer=Renderer(),
)
catch(api)
for resource, tag in (
    (goods, "catalogue"),
    (quotes, "quotes"),
    (carts, "carts"),
    (orders, "orders"),
    (parcels, "tracking"),
    (products, "products"),
    (stock, "stock"),
    (hooks, "webhooks"),
):
    api.add_router("", resource.router, tags=[tag])

reference = Reference(api)
urlpatterns = [
    path("openapi.json", reference.openapi, name="openapi"),
    path("reference", reference.page, name="reference"),
    *api.urls[0],
]
