"""Bring a catalogue file in: good rows go in, bad rows go to the caller's error sink, nothing is half-written.

The file is read as a stream. Products are written in batches; each batch is one transaction that holds whole products
(texts, variants, prices, opening stock, publication), so that a kill in the middle leaves whole products and the same
command run again does the rest. A preview does the same work and rolls every batch back, so that its counts are exact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

import msgspec

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue.engine.check import Checked, Checker
from entrepot.domains.catalogue.engine.defaults import Defaults
from entrepot.domains.catalogue.engine.forms import FORMS
from entrepot.domains.catalogue.engine.raw import Problem, RawProduct
from entrepot.domains.organisation.types import StoreInfo
from entrepot.domains.pricing import queries as pricing
from entrepot.flows.bring_in.import_catalogue_batch import Batch, BatchCounts, write_batch
from entrepot.flows.bring_in.import_catalogue_pictures import PictureBook
from entrepot.infra import db
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import InvalidInput

BATCH = 1000


class ImportSettings(msgspec.Struct, frozen=True):
    """How a file is to be read and where its goods go.

    `form` is ours, shopify or icecat; `warehouse` (code) receives the opening stock, `stock` is that of a row without
    any; `markets` are published to; `language` is that of the file's texts.
    """

    form: str
    defaults: Defaults
    store: StoreInfo
    currency: str
    warehouse: str
    on: dt.date
    stock: int = 0
    markets: tuple[str, ...] = ()
    language: str = "en"
    preview: bool = False


class ImportReport(msgspec.Struct):
    """What an import did or, in a preview, would do. Products are counted whole; `refused_rows` are rows of the file."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused_products: int = 0
    refused_rows: int = 0
    variants: int = 0
    prices_changed: int = 0
    stock_received: int = 0
    published: int = 0
    assumed: int = 0

    @property
    def products(self) -> int:
        """Products that are in the catalogue after it."""
        return self.added + self.changed + self.unchanged

    def add(self, counts: BatchCounts) -> None:
        """Add what a batch did."""
        for name in counts.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(counts, name))


class _Undo(Exception):
    """Rolls a batch of a preview back."""


def import_catalogue(
    *,
    actor: Actor,
    lines: Iterable[str],
    settings: ImportSettings,
    refuse: Callable[[Problem], None],
    progress: Callable[[ImportReport], None] = lambda report: None,
) -> ImportReport:
    """Import the lines of a file and return what was done; `progress` hears the report after each batch.

    Bad rows go to `refuse`, in about the order of the file. Prices go to the store's list in their currency, from
    `settings.on`; stock is received once per SKU and warehouse (reference `opening`), never again by a re-import.

    Raises:
        InvalidInput: the form is unknown, the header lacks a needed column, or no price list has the currency.
        NotFound: the warehouse is not there.
    """
    if settings.form not in FORMS:
        raise InvalidInput(field="form", value=settings.form, rule=f"Known forms: {', '.join(FORMS)}.")
    found = FORMS[settings.form](lines)
    return import_products(actor=actor, found=found, settings=settings, refuse=refuse, progress=progress)


def import_products(
    *,
    actor: Actor,
    found: Iterable[RawProduct | Problem],
    settings: ImportSettings,
    refuse: Callable[[Problem], None],
    progress: Callable[[ImportReport], None] = lambda report: None,
) -> ImportReport:
    """Import products that somebody has read already (the API) by the same rules and with the same errors."""
    lists = pricing.price_lists(store_id=settings.store.id)
    if settings.currency not in lists:
        known = ", ".join(sorted(lists)) or "none yet"
        rule = f"There is no price list in it. Lists of this shop: {known}."
        raise InvalidInput(field="currency", value=settings.currency, rule=rule)
    checker = Checker(
        settings.defaults,
        language=settings.language,
        currency=settings.currency,
        currencies=lists,
        stock=settings.stock,
        countries=catalogue.country_codes(),
        shelves=[shelf.slug for shelf in catalogue.categories()],
    )
    report, pictures = ImportReport(), PictureBook(store=not settings.preview)
    batch = Batch(settings.store, lists, settings.warehouse, settings.on, settings.markets, settings.defaults)
    for group in _groups(_checked(iter(found), checker, refuse, report)):
        _write(actor, group, batch, settings, pictures, refuse, report)
        progress(report)
    return report


def _checked(
    found: Iterator[RawProduct | Problem], checker: Checker, refuse: Callable[[Problem], None], report: ImportReport
) -> Iterator[Checked]:
    """Yield what passes; tell what does not."""
    for raw in found:
        result = (raw,) if isinstance(raw, Problem) else checker.check(raw)
        if isinstance(result, Checked):
            problems = result.problems
            yield result
        else:
            problems = result
            report.refused_products += 1
        report.refused_rows += len(problems)
        for problem in problems:
            refuse(problem)


def _groups(products: Iterator[Checked]) -> Iterator[list[Checked]]:
    group: list[Checked] = []
    for product in products:
        group.append(product)
        if len(group) == BATCH:
            yield group
            group = []
    if group:
        yield group


def _write(
    actor: Actor,
    group: list[Checked],
    batch: Batch,
    settings: ImportSettings,
    pictures: PictureBook,
    refuse: Callable[[Problem], None],
    report: ImportReport,
) -> None:
    """Write a batch in one transaction; in a preview, undo it after counting."""
    own = _not_others(group, refuse, report)
    if not own:
        return
    try:
        with db.transaction():
            report.add(write_batch(actor=actor, products=own, batch=batch, pictures=pictures))
            if settings.preview:
                raise _Undo
    except _Undo:
        pass


def _not_others(group: list[Checked], refuse: Callable[[Problem], None], report: ImportReport) -> list[Checked]:
    """Leave out products with a SKU that another product of the catalogue already has."""
    owners = catalogue.owners_of(skus=[v.sku for product in group for v in product.draft.variants])
    kept = []
    for product in group:
        taken = [
            v.sku for v in product.draft.variants if owners.get(v.sku, product.draft.handle) != product.draft.handle
        ]
        if not taken:
            kept.append(product)
            continue
        report.refused_products += 1
        report.refused_rows += len(product.draft.variants)
        for variant in product.draft.variants:
            owner = owners.get(variant.sku, owners[taken[0]])
            rule = f"The product “{owner}” already has an article number of this product."
            refuse(Problem(product.rows.get(variant.sku, 0), "sku", variant.sku, rule))
    return kept
