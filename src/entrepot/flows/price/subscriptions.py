"""What starts pricing's reactions."""

from entrepot.domains.catalogue.events import ProductsChanged, ProductsPublished, ProductsWithdrawn
from entrepot.flows.price.follow_catalogue import on_changed, on_published, on_withdrawn
from entrepot.infra.events import Subscription

SUBSCRIPTIONS = (
    Subscription("price.on_changed", ProductsChanged, on_changed),
    Subscription("price.on_published", ProductsPublished, on_published),
    Subscription("price.on_withdrawn", ProductsWithdrawn, on_withdrawn),
)
