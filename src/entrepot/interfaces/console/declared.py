"""Electronic declarations of a parcel as its page shows them: what they say, what is open and where it is mended."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.utils import translation

from entrepot.domains.declarations import queries as declarations
from entrepot.domains.declarations.engine.records.check import PROBLEMS, where_to_mend
from entrepot.domains.declarations.engine.records.write import FORMATS
from entrepot.domains.declarations.errors import NoDataset
from entrepot.domains.declarations.types import DatasetView, RecordProblem, RecordSet
from entrepot.domains.fulfilment.types import ShipmentView
from entrepot.domains.logistics.types import ParcelView
from entrepot.flows.declare.record_sets import record_sets
from entrepot.infra import pdf
from entrepot.interfaces.console.mending import RECORD_PAGES


def told_of(parcel: ParcelView, shipment: ShipmentView) -> dict[str, Any]:
    """Return what the parcel's page shows of its declarations; {} of a parcel from before datasets."""
    dataset = dataset_of(parcel, shipment)
    if dataset is None:
        return {}
    handed = declarations.handed_out(dataset_id=dataset.id)
    consignee = dataset.parties.consignee
    return {
        "dataset": dataset,
        "records": [
            _row(record, dataset, handed)
            for record in record_sets(dataset=dataset, tracking_number=parcel.tracking_number)
        ],
        "unprintable": pdf.unprintable(consignee.name, *consignee.lines),
        "formats": tuple(FORMATS),
    }


def dataset_of(parcel: ParcelView, shipment: ShipmentView) -> DatasetView | None:
    """Return the newest dataset of a parcel, None when there is none."""
    try:
        return declarations.dataset(
            order_id=shipment.order_id, consignment_ref=shipment.consignment_ref, package=parcel.package
        )
    except NoDataset:
        return None


def _row(record: RecordSet, dataset: DatasetView, handed: dict[str, Any]) -> dict[str, Any]:
    every = [*record.head, *(value for item in record.items for value in item)]
    return {
        "told": record,
        "title": record.titles.get(translation.get_language() or "", record.title),
        "problems": [_mend(problem, dataset) for problem in record.problems],
        "label_open": [v for v in every if v.by == "label" and not v.value],
        "declarant_open": [v for v in every if v.by == "declarant" and not v.value],
        "handed": handed.get(record.kind),
    }


def _mend(problem: RecordProblem, dataset: DatasetView) -> dict[str, str]:
    page = RECORD_PAGES.get(problem.fact.partition("_")[0], f"/console/orders/{dataset.order_id}")
    return {
        "field": f"{problem.field} {problem.name}",
        "sku": problem.sku,
        "problem": PROBLEMS[problem.problem],
        "where": where_to_mend(problem),
        "page": f"/console/customs?sku={quote(problem.sku)}" if problem.sku else page,
    }
