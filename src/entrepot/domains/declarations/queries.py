"""Reads of declarations."""

from __future__ import annotations

import csv
import datetime as dt
import functools
from importlib import resources
from typing import Any

import msgspec
import yaml

from entrepot.domains.declarations.engine.modes import ModeRule
from entrepot.domains.declarations.engine.papers import PaperRule
from entrepot.domains.declarations.engine.receiver import ReceiverRule
from entrepot.domains.declarations.engine.records.forms import Form
from entrepot.domains.declarations.engine.refund_file import LegalUnit, RefundRate
from entrepot.domains.declarations.engine.required import FieldRule, Wording, plain
from entrepot.domains.declarations.errors import NoDataset
from entrepot.domains.declarations.models import CommercialInvoice, Dataset, Paper, ReceiverId, RecordExport
from entrepot.domains.declarations.types import (
    DatasetGoods,
    DatasetView,
    InvoiceView,
    PaperView,
    Parties,
    SchemeMark,
)


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


def _loaded(name: str) -> Any:
    place = resources.files("entrepot.domains.declarations").joinpath("refdata", name)
    return yaml.safe_load(place.read_text("utf-8"))


def _rows(name: str) -> list[Any]:
    return _loaded(name)["rows"]


@functools.cache
def paper_rules() -> tuple[PaperRule, ...]:
    """Return which papers go with which parcels, from refdata."""
    return msgspec.convert(_rows("papers.yaml"), tuple[PaperRule, ...])


@functools.cache
def field_rules() -> tuple[FieldRule, ...]:
    """Return which fields customs must know before a label is printed, from refdata."""
    return msgspec.convert(_rows("required_fields.yaml"), tuple[FieldRule, ...])


@functools.cache
def wording() -> Wording:
    """Return the words by which customs descriptions are judged, from refdata."""
    told = _loaded("description_words.yaml")
    return Wording(
        small=frozenset(told["small"]),
        vague=frozenset(told["vague"]),
        materials=tuple(sorted(told["materials"])),
        terms=frozenset(plain(term) for term in _loaded("unacceptable_terms.yaml")["terms"]),
    )


@functools.cache
def mode_rules() -> tuple[ModeRule, ...]:
    """Return the modes of export declarations, from refdata."""
    return msgspec.convert(_rows("export_modes.yaml"), tuple[ModeRule, ...])


@functools.cache
def record_forms() -> tuple[Form, ...]:
    """Return the forms of electronic declarations, in the order of their files (refdata/record_sets)."""
    place = resources.files("entrepot.domains.declarations").joinpath("refdata", "record_sets")
    files = sorted((file for file in place.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return tuple(msgspec.convert(yaml.safe_load(file.read_text("utf-8")), Form, strict=True) for file in files)


@functools.cache
def limit_currencies() -> frozenset[str]:
    """Return the currencies in which forms tell their limits, and that of China's refund file."""
    limits = [limit for form in record_forms() for limit in (form.when.up_to, form.when.above) if limit]
    return frozenset({limit.currency for limit in limits} | {"CNY"})


@functools.cache
def _receiver_rules() -> tuple[ReceiverRule, ...]:
    return msgspec.convert(_rows("receiver_ids.yaml"), tuple[ReceiverRule, ...])


def receiver_rules(*, on: dt.date) -> dict[str, ReceiverRule]:
    """Return country → which number of the receiver its customs ask for on a day."""
    return {
        rule.country: rule
        for rule in _receiver_rules()
        if (not rule.start or on >= rule.start) and (not rule.end or on < rule.end)
    }


def receiver_id(*, order_id: str) -> tuple[str, str]:
    """Return (kind, number) of the receiver of an order as recorded, ("", "") when nobody recorded one."""
    row = ReceiverId.objects.filter(order_id=order_id).first()
    return (row.kind, row.number) if row else ("", "")


@functools.cache
def template(name: str) -> str:
    """Return the typst source of a paper: commercial_invoice, packing_list, cn22, cn23."""
    place = resources.files("entrepot.domains.declarations").joinpath("templates", f"{name}.typ")
    return place.read_text("utf-8")


def datasets(*, order_id: str) -> tuple[DatasetView, ...]:
    """Return the newest dataset of each parcel of an order, by consignment and package."""
    rows = Dataset.objects.select_related("entity").filter(order_id=order_id)
    newest = rows.order_by("consignment_ref", "package", "-version").distinct("consignment_ref", "package")
    return tuple(_dataset(row) for row in newest)


def dataset(*, order_id: str, consignment_ref: str, package: int = 1) -> DatasetView:
    """Return the newest dataset of a parcel of a consignment; raise NoDataset when nothing was packed."""
    rows = Dataset.objects.select_related("entity").filter(order_id=order_id, consignment_ref=consignment_ref)
    row = rows.filter(package=package).order_by("-version").first()
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
        package=row.package,
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
        package=row.dataset.package,
    )


def paper(*, dataset_id: str, kind: str) -> str:
    """Return the document id of a drawn paper of a dataset, "" when it was not drawn yet."""
    found = Paper.objects.filter(dataset__public_id=dataset_id, kind=kind).values_list("document_id", flat=True).first()
    return found or ""


def papers(*, order_id: str) -> tuple[PaperView, ...]:
    """Return what papers each parcel of an order needs by its newest dataset, drawn or not, in the order of the rules."""
    held = datasets(order_id=order_id)
    ids = [view.id for view in held]
    rows = Paper.objects.filter(dataset__public_id__in=ids).values_list("dataset__public_id", "kind", "document_id")
    drawn = {(str(dataset), kind): document for dataset, kind, document in rows}
    issued = {(i.consignment_ref, i.package, i.dataset_version): i for i in invoices(order_id=order_id)}
    found = []
    for view in held:
        invoice = issued.get((view.consignment_ref, view.package, view.version))
        for kind in view.goods.papers or (("commercial_invoice",) if view.goods.crosses_border else ()):
            is_invoice = kind == "commercial_invoice" and invoice is not None
            found.append(
                PaperView(
                    kind=kind,
                    consignment_ref=view.consignment_ref,
                    package=view.package,
                    document_id=invoice.document_id if is_invoice and invoice else drawn.get((view.id, kind), ""),
                    number=invoice.number if is_invoice and invoice else "",
                )
            )
    return tuple(found)


@functools.cache
def legal_units() -> tuple[LegalUnit, ...]:
    """Return in which units China's tariff counts goods, from refdata."""
    return msgspec.convert(_table("cn_legal_units.csv"), tuple[LegalUnit, ...], strict=False)


@functools.cache
def refund_rates() -> tuple[RefundRate, ...]:
    """Return China's rates of export refund, from refdata."""
    rows = [{key: value or None for key, value in row.items()} for row in _table("cn_refund_rates.csv")]
    return msgspec.convert(rows, tuple[RefundRate, ...], strict=False)


def _table(name: str) -> list[dict[str, str]]:
    place = resources.files("entrepot.domains.declarations").joinpath("refdata", name)
    return list(csv.DictReader(place.read_text("utf-8").splitlines()))


def exported(*, start: dt.datetime, end: dt.datetime) -> tuple[DatasetView, ...]:
    """Return the newest dataset of each parcel with a mode of export, stored from `start` until before `end`, oldest first."""
    rows = Dataset.objects.filter(created_at__lt=end, goods__crosses_border=True, goods__export_mode__gt="")
    newest = rows.order_by("order_id", "consignment_ref", "package", "-version").distinct(
        "order_id", "consignment_ref", "package"
    )
    found = Dataset.objects.select_related("entity").filter(pk__in=newest.values("pk"), created_at__gte=start)
    return tuple(_dataset(row) for row in found.order_by("created_at", "id"))


def handed_out(*, dataset_id: str) -> dict[str, dt.datetime]:
    """Return when each electronic declaration of a dataset was last handed out, by kind."""
    rows = RecordExport.objects.filter(dataset__public_id=dataset_id).order_by("handed_at")
    return dict(rows.values_list("kind", "handed_at"))


def invoices_numbered(*, text: str) -> tuple[InvoiceView, ...]:
    """Return the commercial invoices that bear a printed number (one of each entity at most), none for another text."""
    asked = text.strip().upper()
    head, _, number = asked.rpartition("-")
    year = head[-4:]
    if not (year.isdecimal() and number.isdecimal() and len(number) < 10):
        return ()
    if invoice_number(year=int(year), number=int(number)) != asked:
        return ()
    rows = CommercialInvoice.objects.select_related("dataset", "entity").filter(year=int(year), number=int(number))
    return tuple(_invoice(row) for row in rows.order_by("id"))


def invoice_number(*, year: int, number: int) -> str:
    """Return the printed form of a commercial invoice's number: CI-2026-000042."""
    return f"CI-{year}-{number:06d}"
