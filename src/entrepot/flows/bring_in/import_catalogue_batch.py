"""One batch of an import: whole products into catalogue, pricing and inventory, inside the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from entrepot.domains.catalogue import services as catalogue
from entrepot.domains.catalogue.engine.check import Checked
from entrepot.domains.catalogue.engine.defaults import Defaults
from entrepot.domains.catalogue.types import CategoryDraft
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.inventory import services as stock
from entrepot.domains.organisation.types import StoreInfo
from entrepot.domains.pricing import queries as pricing
from entrepot.domains.pricing import services as prices
from entrepot.flows.bring_in.import_catalogue_pictures import PictureBook
from entrepot.kernel.actor import Actor

OPENING = "opening"


class Batch(msgspec.Struct, frozen=True):
    """Where the goods of an import go: lists by currency, a warehouse, a day from which prices hold, markets, shelves."""

    store: StoreInfo
    lists: Mapping[str, str]
    warehouse: str
    on: dt.date
    markets: tuple[str, ...]
    defaults: Defaults


class BatchCounts(msgspec.Struct, frozen=True):
    """What a batch did; products are counted whole."""

    added: int
    changed: int
    unchanged: int
    variants: int
    prices_changed: int
    stock_received: int
    published: int
    assumed: int


def write_batch(*, actor: Actor, products: Sequence[Checked], batch: Batch, pictures: PictureBook) -> BatchCounts:
    """Write checked products with prices, opening stock and publication; about 25 statements however many products.

    A product whose own data are the same, but whose price or first stock is new, counts as changed and is told.
    """
    catalogue.upsert_categories(actor=actor, drafts=_shelves(products, batch.defaults))
    drafts = [pictures.illustrate(product.draft, batch.defaults) for product in products]
    pictures.keep(actor=actor)
    done = catalogue.upsert_products(actor=actor, drafts=drafts)
    repriced = _set_prices(actor, products, batch)
    stocked = _receive(actor, products, batch)
    touched = set(done.changed_ids)
    owner = _owner(products)
    aside = {done.ids[owner[sku]] for sku in {*repriced, *stocked}} - touched
    catalogue.tell_changed(actor=actor, product_ids=sorted(aside))
    public = [done.ids[product.draft.handle] for product in products if product.published]
    fresh = catalogue.publish_products(actor=actor, product_ids=public, markets=batch.markets)
    return BatchCounts(
        added=done.added,
        changed=done.changed + len(aside),
        unchanged=done.unchanged - len(aside),
        variants=sum(len(draft.variants) for draft in drafts),
        prices_changed=len(repriced),
        stock_received=len(stocked),
        published=len(fresh),
        assumed=sum(1 for draft in drafts for variant in draft.variants if variant.assumed),
    )


def _owner(products: Sequence[Checked]) -> dict[str, str]:
    return {variant.sku: product.draft.handle for product in products for variant in product.draft.variants}


def _shelves(products: Sequence[Checked], defaults: Defaults) -> list[CategoryDraft]:
    """Return the shelves these products stand on with what is above them, parents first; known ones alone are not made."""
    used: set[str] = set()
    for slug in {product.draft.category for product in products}:
        while slug and slug in defaults.shelves:
            used.add(slug)
            slug = defaults.shelves[slug].draft.parent
    return [shelf.draft for slug, shelf in defaults.shelves.items() if slug in used]


def _set_prices(actor: Actor, products: Sequence[Checked], batch: Batch) -> list[str]:
    """Set the prices that differ from those in force and return their SKUs."""
    wanted: dict[str, dict[str, Decimal | None]] = {}
    for product in products:
        for sku, (price, currency) in product.prices.items():
            wanted.setdefault(currency, {})[sku] = price
    changed = []
    for currency, rows in wanted.items():
        now = pricing.prices(skus=rows, currency=currency, store_id=batch.store.id, on=batch.on)
        code = batch.lists[currency]
        differ = [
            (sku, price)
            for sku, price in rows.items()
            if sku not in now or now[sku].price_list != code or now[sku].unit_price != price
        ]
        if differ:
            prices.set_prices(actor=actor, price_list=code, rows=differ, from_date=batch.on)
            changed += [sku for sku, _ in differ]
    return changed


def _receive(actor: Actor, products: Sequence[Checked], batch: Batch) -> list[str]:
    """Receive opening stock of SKUs that the warehouse never held and return them."""
    wanted = {sku: units for product in products for sku, units in product.stock.items() if units > 0}
    if not wanted:
        return []
    held = inventory.available(skus=wanted)
    rows = [(batch.warehouse, sku, units) for sku, units in wanted.items() if batch.warehouse not in held[sku]]
    if rows:
        stock.receive_stocks(actor=actor, rows=rows, reference=OPENING)
    return [sku for _, sku, _ in rows]
