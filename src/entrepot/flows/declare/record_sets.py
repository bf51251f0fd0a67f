"""The electronic declarations of a parcel: drawn from its stored dataset by the forms of its day, and handed out on the record."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.declarations import queries as declarations
from entrepot.domains.declarations import services
from entrepot.domains.declarations.engine.records import check, forms, write
from entrepot.domains.declarations.types import DatasetView, RecordExtras, RecordSet
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.payments import queries as payments
from entrepot.infra import db
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, InvalidInput, NotFound


def record_sets(*, dataset: DatasetView, tracking_number: str = "") -> tuple[RecordSet, ...]:
    """Return every record set that a dataset needs, by the forms in force on the day it was stored.

    The same dataset gives the same sets; what is known later (item number, invoice, payment) fills the fields marked so.
    """
    on = dataset.created_at.date()
    extras = _extras(dataset, tracking_number)
    needed = forms.needed(dataset.goods, declarations.record_forms(), declarations.territories(), on=on)
    return tuple(
        check.fill(
            form,
            dataset.goods,
            dataset.parties,
            extras,
            declarations.wording(),
            on=on,
            dataset_id=dataset.id,
            dataset_version=dataset.version,
        )
        for form in needed
    )


def hand_out(
    *, actor: Actor, dataset: DatasetView, kind: str, file_format: str, at: dt.datetime, tracking_number: str = ""
) -> bytes:
    """Return a record set as a file and write down that it was given: it may hold numbers that stand on no paper.

    Raises InvalidInput (no such format), NotFound (the parcel needs no such set), PermissionDenied.
    """
    if file_format not in write.FORMATS:
        raise InvalidInput(field="format", value=file_format[:20], rule=N_("A declaration is written as json or csv."))
    found = [one for one in record_sets(dataset=dataset, tracking_number=tracking_number) if one.kind == kind]
    if not found:
        raise NotFound(kind="declaration", key=kind[:40])
    content = write.written(found[0], file_format)
    with db.transaction():
        services.record_export(
            actor=actor,
            dataset_id=dataset.id,
            kind=kind,
            form_version=found[0].version,
            file_format=file_format,
            content=content,
            at=at,
        )
    return content


def _extras(dataset: DatasetView, tracking_number: str) -> RecordExtras:
    invoice = declarations.invoice_of_dataset(dataset_id=dataset.id)
    paid = [attempt for attempt in payments.attempts(order_id=dataset.order_id) if attempt.state == "captured"]
    if not tracking_number:
        parcels = logistics.parcels(shipment_ids=[dataset.goods.shipment_id])
        tracking_number = next((p.tracking_number for p in parcels if p.package == dataset.package), "")
    return RecordExtras(
        tracking_number=tracking_number,
        invoice_number=invoice.number if invoice else "",
        payment_reference=paid[-1].reference if paid else "",
        payment_provider=paid[-1].provider if paid else "",
        paid_minor=payments.money(order_id=dataset.order_id).captured_minor if paid else None,
        paid_on=paid[-1].created_at.date().isoformat() if paid else "",
    )
