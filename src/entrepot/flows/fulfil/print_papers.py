"""What a warehouse prints: the pick list of shipments, and their labels and papers as one PDF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.declarations import queries as declarations
from entrepot.domains.documents import queries as documents
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.fulfilment.engine import picking
from entrepot.domains.fulfilment.errors import NothingToPrint
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.logistics import queries as logistics
from entrepot.infra import barcode, pdf
from entrepot.kernel.errors import InvalidInput

MOST = 60


def pick_list(
    *,
    shipment_ids: Sequence[str],
    language: str,
    say: Callable[[str], str],
    moment: Callable[[str, dt.datetime | None], str],
    at: dt.datetime,
) -> bytes:
    """Return the pick list of shipments as PDF, in the words of `say` and with titles in `language`.

    Raises NothingToPrint when none of them waits to be picked.
    """
    waiting = [s for s in fulfilment.shipments(shipment_ids=shipment_ids[:MOST]) if s.state == "to_pick"]
    if not waiting:
        raise NothingToPrint(what=picking.WORDS["title"])
    skus = sorted({line.sku for shipment in waiting for line in shipment.lines})
    facts = catalogue.variant_facts(skus=skus, language=language)
    content = picking.pick_content(
        waiting,
        titles={sku: ", ".join(filter(None, (fact.title, fact.option))) for sku, fact in facts.items()},
        warehouses={code: (say(w.name), w.time_zone) for code, w in inventory.warehouses().items()},
        bars=_bars,
        say=say,
        moment=moment,
        at=at,
    )
    return pdf.typeset(fulfilment.pick_template(), content, at=at)


def _bars(sku: str) -> Any:
    try:
        return msgspec.to_builtins(barcode.code128(sku))
    except InvalidInput:
        return None


def papers_of(*, shipment_ids: Sequence[str], labels: bool = True, papers: bool = True, at: dt.datetime) -> bytes:
    """Return labels and papers of shipments as one PDF: shipment by shipment, parcel by parcel, the label first.

    What is not drawn yet is left out. Raises NothingToPrint when nothing is drawn at all.
    """
    found: list[bytes] = []
    for shipment in fulfilment.shipments(shipment_ids=shipment_ids[:MOST]):
        carried = {parcel.package: parcel for parcel in logistics.parcels(shipment_ids=[shipment.id])}
        drawn = [
            p for p in declarations.papers(order_id=shipment.order_id) if p.consignment_ref == shipment.consignment_ref
        ]
        for package in sorted({*carried, *(paper.package for paper in drawn)}):
            ids = [carried[package].label_document] if labels and package in carried else []
            ids += [paper.document_id for paper in drawn if papers and paper.package == package]
            found += [documents.file(id=key)[0] for key in ids if key]
    if not found:
        raise NothingToPrint(what="papers")
    return pdf.joined(found, at=at)
