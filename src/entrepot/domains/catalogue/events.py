"""Facts the catalogue tells. They carry many ids: an import publishes one event per batch, not one per product."""

from entrepot.kernel.event import Event


class ProductsChanged(Event, frozen=True, topic="catalogue.products_changed.v1"):
    """Products were added, or their data changed."""

    product_ids: tuple[str, ...]


class ProductsPublished(Event, frozen=True, topic="catalogue.products_published.v1"):
    """Products may now be offered in a market."""

    product_ids: tuple[str, ...]
    market: str


class ProductsWithdrawn(Event, frozen=True, topic="catalogue.products_withdrawn.v1"):
    """Products may no longer be offered in a market."""

    product_ids: tuple[str, ...]
    market: str
