"""Reads of declarations."""

from __future__ import annotations

import csv
import functools
from importlib import resources
from typing import Any

import msgspec

from entrepot.domains.declarations.errors import NoDataset
from entrepot.domains.declarations.models import CommercialInvoice, Dataset
from entrepot.domains.declarations.types import DatasetGoods, DatasetView, InvoiceView, Parties, SchemeMark


@functools.cache
def territories() -> dict[str, str]:
    """Return country → customs territory for countries that share one, from refdata."""
    text = (
        resources.files("entrepot.domains.declarations")
        .joinpath("refdata", "customs_territories.csv")
        .read_text("utf-8")
    )
    return {row["country"]: row["territory"] for row in csv.DictReader(text.splitlines())}


@functools.cache
def scheme_marks() -> dict[str, SchemeMark]:
    """Return the schemes whose number papers must carry, by key, from refdata."""
    place = resources.files("entrepot.domains.declarations").joinpath("refdata", "schemes.csv")
    rows = csv.DictReader(place.read_text("utf-8").splitlines())
    return {row["scheme"]: SchemeMark(scheme=row["scheme"], name=row["name"], tax_id=row["tax_id"]) for row in rows}


@functools.cache
def invoice_template() -> str:
    """Return the typst source of the commercial invoice."""
    place = resources.files("entrepot.domains.declarations").joinpath("templates", "commercial_invoice.typ")
    return place.read_text("utf-8")


def datasets(*, order_id: str) -> tuple[DatasetView, ...]:
    """Return the newest dataset of each consignment of an order."""
    rows = Dataset.objects.select_related("entity").filter(order_id=order_id)
    newest = rows.order_by("consignment_ref", "-version").distinct("consignment_ref")
    return tuple(_dataset(row) for row in newest)


def dataset(*, order_id: str, consignment_ref: str) -> DatasetView:
    """Return the newest dataset of a consignment; raise NoDataset when nothing was packed."""
    rows = Dataset.objects.select_related("entity").filter(order_id=order_id, consignment_ref=consignment_ref)
    row = rows.order_by("-version").first()
    if row is None:
        raise NoDataset(kind="customs dataset", key=consignment_ref)
    return _dataset(row)


def _dataset(row: Dataset) -> DatasetView:
    return DatasetView(
        id=str(row.public_id),
        order_id=str(row.order_id),
        consignment_ref=row.consignment_ref,
        entity_id=str(row.entity.public_id),
        version=row.version,
        goods=msgspec.convert(row.goods, DatasetGoods),
        parties=msgspec.json.decode(row.parties, type=Parties),
        created_at=row.created_at,
    )


def invoices(*, order_id: str) -> tuple[InvoiceView, ...]:
    """Return the commercial invoices of an order, each consignment's newest version last."""
    rows = CommercialInvoice.objects.select_related("dataset", "entity").filter(order_id=order_id)
    return tuple(_invoice(row) for row in rows.order_by("consignment_ref", "id"))


def invoice_of_dataset(*, dataset_id: str) -> InvoiceView | None:
    """Return the invoice issued for a dataset, None when there is none yet."""
    rows = CommercialInvoice.objects.select_related("dataset", "entity").filter(dataset__public_id=dataset_id)
    row = rows.first()
    return _invoice(row) if row else None


def _invoice(row: Any) -> InvoiceView:
    return InvoiceView(
        number=invoice_number(year=row.year, number=row.number),
        order_id=str(row.order_id),
        consignment_ref=row.consignment_ref,
        dataset_version=row.dataset.version,
        document_id=row.document_id,
        issued_at=row.issued_at,
    )


def invoice_number(*, year: int, number: int) -> str:
    """Return the printed form of a commercial invoice's number: CI-2026-000042."""
    return f"CI-{year}-{number:06d}"
