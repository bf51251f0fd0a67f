"""A stored customs dataset becomes a numbered commercial invoice as PDF."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from entrepot.domains.declarations import queries as declaration_queries
from entrepot.domains.declarations import services as declarations
from entrepot.domains.declarations.engine import paper
from entrepot.domains.declarations.events import DatasetStored
from entrepot.domains.declarations.types import DatasetView
from entrepot.domains.documents import services as documents
from entrepot.domains.organisation import queries as organisation_queries
from entrepot.domains.organisation import services as organisation
from entrepot.infra import db, pdf
from entrepot.kernel.actor import SYSTEM

KIND = "commercial_invoice"


def invoice_dataset(event: DatasetStored) -> None:
    """Issue the invoice of a dataset just stored (in the delivery's transaction, which is for it alone)."""
    issue_commercial_invoice(order_id=event.order_id, consignment_ref=event.consignment_ref, package=event.package)


def issue_commercial_invoice(
    *, order_id: str, consignment_ref: str, package: int = 1, at: dt.datetime | None = None
) -> str:
    """Issue the commercial invoice of a parcel's newest dataset and return its document id; once per dataset.

    A parcel that needs none (inside one customs territory; by post below the limits) gets none: returns "". `at` is by default the dataset's own moment.
    Raises NoDataset when nothing was packed.
    """
    with db.transaction():
        dataset = declaration_queries.dataset(order_id=order_id, consignment_ref=consignment_ref, package=package)
        goods = dataset.goods
        if not goods.crosses_border or (goods.papers and KIND not in goods.papers):
            return ""
        known = declaration_queries.invoice_of_dataset(dataset_id=dataset.id)
        if known is not None:
            return known.document_id
        moment = at or dataset.created_at
        entity = organisation_queries.entity(entity_id=dataset.entity_id)
        day = moment.astimezone(ZoneInfo(entity.time_zone)).date()
        # The number stands on the paper, and drawing it locks the series until the commit: so the paper is made with the
        # number to come, and made again only when somebody else has drawn that one meanwhile.
        expected = organisation_queries.number_to_come(entity_id=entity.id, kind=KIND, year=day.year)
        content = _typeset(dataset, expected, day, moment)
        number = organisation.draw_number(actor=SYSTEM, entity_id=entity.id, kind=KIND, year=day.year)
        if number != expected:
            content = _typeset(dataset, number, day, moment)
        printed = declaration_queries.invoice_number(year=day.year, number=number)
        document = documents.store_file(
            actor=SYSTEM,
            content=content,
            mime="application/pdf",
            name=f"commercial-invoice-{printed}.pdf",
            retention="customs_10_years",
        )
        declarations.record_invoice(
            actor=SYSTEM, dataset_id=dataset.id, year=day.year, number=number, document_id=document, at=moment
        )
    return document


def _typeset(dataset: DatasetView, number: int, day: dt.date, moment: dt.datetime) -> bytes:
    printed = declaration_queries.invoice_number(year=day.year, number=number)
    content = paper.invoice_content(dataset.goods, dataset.parties, number=printed, issued_on=day)
    content["han"] = pdf.han_fonts(dataset.goods.destination_country)
    return pdf.typeset(declaration_queries.template("commercial_invoice"), content, at=moment)
