"""Facts the catalogue tells. They carry many ids: an import publishes one event per batch, not one per product."""

from entrepot.kernel.event import Event


class ProductsAdded(Event, frozen=True, topic="catalogue.products_added.v1"):
    """Products are new; nobody is offered them before ProductsPublished."""

    product_ids: tuple[str, ...]


class ProductsChanged(Event, frozen=True, topic="catalogue.products_changed.v1"):
    """Data of products that were there before changed (or, told by an import, their prices or first stock)."""

    product_ids: tuple[str, ...]


class ProductsPublished(Event, frozen=True, topic="catalogue.products_published.v1"):
    """Products may now be offered in these markets (codes); one event for all of them, so that facts are read once."""

    product_ids: tuple[str, ...]
    markets: tuple[str, ...]


class ProductsWithdrawn(Event, frozen=True, topic="catalogue.products_withdrawn.v1"):
    """Products may no longer be offered in a market."""

    product_ids: tuple[str, ...]
    market: str
