"""Writes of declarations."""

from __future__ import annotations

import datetime as dt
import hashlib

import msgspec

from entrepot.domains.declarations.engine import receiver
from entrepot.domains.declarations.events import DatasetStored, InvoiceIssued
from entrepot.domains.declarations.models import CommercialInvoice, Dataset, Paper, ReceiverId, RecordExport
from entrepot.domains.declarations.queries import invoice_number, receiver_rules
from entrepot.domains.declarations.types import DatasetGoods, Parties
from entrepot.domains.organisation.queries import entity_key
from entrepot.infra import db
from entrepot.infra.events import publish
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, InvalidInput


@service("declarations.store")
def store_dataset(
    *,
    actor: Actor,
    order_id: str,
    consignment_ref: str,
    entity_id: str,
    goods: DatasetGoods,
    parties: Parties,
    at: dt.datetime,
) -> int:
    """Store the dataset of a parcel (`goods.package`) as of `at` and return its version; the same again keeps its version.

    Publishes DatasetStored for a new version.
    """
    package = goods.package
    db.advisory_lock(f"declarations:{order_id}:{consignment_ref}")
    people = msgspec.json.encode(parties, order="deterministic")
    digest = hashlib.sha256(msgspec.json.encode(goods, order="deterministic") + people).hexdigest()
    rows = Dataset.objects.filter(order_id=order_id, consignment_ref=consignment_ref, package=package)
    newest = rows.order_by("-version").values_list("version", "digest").first()
    if newest is not None and newest[1] == digest:
        return newest[0]
    row = Dataset.objects.create(
        order_id=order_id,
        consignment_ref=consignment_ref,
        package=package,
        entity_id=entity_key(entity_id=entity_id),
        version=(newest[0] if newest else 0) + 1,
        goods=msgspec.to_builtins(goods),
        parties=people.decode(),
        digest=digest,
        created_at=at,
    )
    event = DatasetStored(
        dataset_id=str(row.public_id),
        order_id=order_id,
        consignment_ref=consignment_ref,
        version=row.version,
        package=package,
    )
    publish(event, aggregate=f"order:{order_id}")
    return row.version


@service("declarations.issue")
def record_invoice(*, actor: Actor, dataset_id: str, year: int, number: int, document_id: str, at: dt.datetime) -> str:
    """Record an issued commercial invoice and return its printed number; publish InvoiceIssued.

    The database refuses a second invoice for one dataset and a number used before.
    """
    dataset = Dataset.objects.only("id", "entity_id", "order_id", "consignment_ref").get(public_id=dataset_id)
    CommercialInvoice.objects.create(
        entity_id=dataset.entity_id,
        year=year,
        number=number,
        dataset=dataset,
        order_id=dataset.order_id,
        consignment_ref=dataset.consignment_ref,
        document_id=document_id,
        issued_at=at,
    )
    printed = invoice_number(year=year, number=number)
    event = InvoiceIssued(
        order_id=str(dataset.order_id),
        consignment_ref=dataset.consignment_ref,
        number=printed,
        document_id=document_id,
    )
    publish(event, aggregate=f"order:{dataset.order_id}")
    return printed


@service("declarations.issue")
def record_paper(*, actor: Actor, dataset_id: str, kind: str, document_id: str, at: dt.datetime) -> bool:
    """Record a drawn paper of a dataset; False when it has one of that kind already (which stays)."""
    dataset = Dataset.objects.only("id").get(public_id=dataset_id)
    _, fresh = Paper.objects.get_or_create(
        dataset=dataset, kind=kind, defaults={"document_id": document_id, "drawn_at": at}
    )
    return fresh


@service("declarations.hand_out")
def record_export(
    *, actor: Actor, dataset_id: str, kind: str, form_version: str, file_format: str, content: bytes, at: dt.datetime
) -> str:
    """Record that an electronic declaration was handed out, with the hash of its bytes, and return that hash.

    A declaration may hold numbers that stand on no paper (IOSS): whoever reads one is in the audit log by this.
    """
    digest = hashlib.sha256(content).hexdigest()
    RecordExport.objects.create(
        dataset=Dataset.objects.only("id").get(public_id=dataset_id),
        kind=kind,
        form_version=form_version,
        file_format=file_format,
        digest=digest,
        handed_at=at,
    )
    return digest


@service("declarations.record_receiver")
def record_receiver_id(*, actor: Actor, order_id: str, country: str, number: str, at: dt.datetime) -> str:
    """Record the number by which customs of a country know the receiver of an order, and return its printed form.

    Raises InvalidInput: the country asks for none, or the number breaks its rule (form, check digits).
    """
    known = receiver_rules(on=at.date()).get(country)
    if known is None:
        raise InvalidInput(
            field="number", value="", rule=N_("Customs of this country ask for no number of the receiver.")
        )
    printed = receiver.checked(number, known)
    ReceiverId.objects.filter(order_id=order_id).delete()
    ReceiverId.objects.create(order_id=order_id, kind=known.kind, number=printed, recorded_at=at)
    return printed
