"""Reads of finance: bills of carriers and brokers, their variance by lane, reserves."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from entrepot.domains.finance.engine.reserve import proposals
from entrepot.domains.finance.models import CarrierBillLine, RiskReserve
from entrepot.domains.finance.types import (
    GROUP_OF,
    BillLineDraft,
    BillLineView,
    Comparison,
    Lane,
    LaneVariance,
    ReserveProposal,
    ReserveView,
    RiskSample,
)
from entrepot.infra import db
from entrepot.kernel.errors import NotFound

LAST_BILLS = 5000


def bill_lines(
    *, state: str = "", text: str = "", order_id: str = "", before: str = "", limit: int = 50
) -> tuple[BillLineView, ...]:
    """Return lines of bills, the last brought in first.

    Args:
        text: the beginning of a bill's number or a reference. before: the id of the last one of the page before.
    """
    rows = CarrierBillLine.objects.order_by("-public_id")
    exact = {"state": state, "order_id": order_id}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if text:
        rows = rows.filter(bill_number__istartswith=text) | rows.filter(reference__istartswith=text)
    if before:
        rows = rows.filter(public_id__lt=_as_id(before))
    return tuple(_view(row) for row in rows[:limit])


def bill_line(*, line_id: str, lock: bool = False) -> BillLineView:
    """Return one line; with `lock` nobody else changes it until the caller's transaction ends. Raises NotFound."""
    rows = CarrierBillLine.objects.filter(public_id=_as_id(line_id))
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise NotFound(kind="bill line", key=line_id[:60])
    return _view(row)


def lines_of_bill(*, carrier: str, bill_number: str) -> tuple[BillLineView, ...]:
    """Return all lines of one bill, in their order."""
    rows = CarrierBillLine.objects.filter(carrier=carrier, bill_number=bill_number).order_by("line")
    return tuple(_view(row) for row in rows)


def bill_counts() -> dict[str, int]:
    """Return how many lines of bills stand in each state."""
    return dict(db.fetch("SELECT state, count(*) FROM finance_carrierbillline GROUP BY state"))  # type: ignore[arg-type]


def open_bill_lines() -> tuple[str, ...]:
    """Return the ids of the lines that are not matched, oldest first."""
    rows = CarrierBillLine.objects.filter(state="unmatched").order_by("id").values_list("public_id", flat=True)
    return tuple(str(key) for key in rows)


def known_lines(*, entity_id: str, drafts: Sequence[BillLineDraft]) -> dict[tuple[str, str, int], BillLineView]:
    """Return the stored lines among some drafts by (carrier, bill number, line)."""
    numbers = {draft.bill_number for draft in drafts}
    rows = CarrierBillLine.objects.filter(entity_id=entity_id, bill_number__in=numbers)
    return {(row.carrier, row.bill_number, row.line): _view(row) for row in rows}


def cleared(*, order_id: str, consignment_ref: str) -> dict[str, tuple[int, int]]:
    """Return what posted lines took off what was quoted for a consignment, by kind: (quoted, of that accrued) in minor units."""
    rows = db.fetch(
        "SELECT kind, sum(quoted_minor)::bigint, sum(accrued_minor)::bigint FROM finance_carrierbillline"
        " WHERE order_id = %s AND consignment_ref = %s AND state = 'posted' GROUP BY kind",
        [order_id, consignment_ref],
    )
    return {kind: (quoted, accrued) for kind, quoted, accrued in rows}


_LANES = """
SELECT dispatch_country, destination_country, service, date_trunc('month', bill_date)::date, kind, order_currency, count(*),
  sum(quoted_minor)::bigint, sum(billed_minor)::bigint, sum(booked_minor - billed_minor)::bigint
FROM finance_carrierbillline
WHERE state = 'posted' AND entity_id = %s AND bill_date >= %s AND bill_date <= %s
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
"""


def lane_variances(*, entity_id: str, since: dt.date, until: dt.date) -> tuple[LaneVariance, ...]:
    """Return what matched bills of these days came to, by lane, month, kind and currency of the orders; one statement."""
    rows = db.fetch(_LANES, [entity_id, since, until])
    return tuple(LaneVariance(Lane(*row[:3]), *row[3:]) for row in rows)


_SAMPLES = """
SELECT dispatch_country, destination_country, service, kind, order_id::text, consignment_ref,
  sum(quoted_minor)::bigint, sum(billed_minor)::bigint
FROM (SELECT * FROM finance_carrierbillline WHERE state = 'posted' AND entity_id = %s ORDER BY bill_date DESC, id DESC LIMIT %s) b
GROUP BY 1, 2, 3, 4, 5, 6
"""


def risk_samples(*, entity_id: str, last: int = LAST_BILLS) -> tuple[RiskSample, ...]:
    """Return what the last lines of bills came to per consignment and group; one statement."""
    sums: dict[tuple, list[int]] = {}
    for dispatch, destination, service, kind, order_id, ref, quoted, billed in db.fetch(_SAMPLES, [entity_id, last]):
        group = GROUP_OF[kind]
        both = sums.setdefault((Lane(dispatch, destination, service), group, order_id, ref), [0, 0])
        both[0] += quoted
        both[1] += billed
    return tuple(RiskSample(lane, group, *both) for (lane, group, _, _), both in sums.items())


def reserve_proposals(*, entity_id: str, last: int = LAST_BILLS) -> tuple[ReserveProposal, ...]:
    """Return how much more each lane should ask, from the last lines of bills; one statement."""
    return proposals(risk_samples(entity_id=entity_id, last=last))


def reserves(*, entity_id: str) -> tuple[ReserveView, ...]:
    """Return the reserves that were decided, the last first."""
    rows = RiskReserve.objects.filter(entity_id=entity_id).order_by("-id")
    return tuple(
        ReserveView(
            id=str(row.public_id),
            lane=Lane(row.dispatch_country, row.destination_country, row.service),
            group=row.group,
            ppm=row.ppm,
            from_date=row.from_date,
            proposed_ppm=row.proposed_ppm,
            consignments=row.consignments,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row in rows
    )


def views(rows: Iterable[CarrierBillLine]) -> list[BillLineView]:
    """Return stored rows as values (for the services of this domain)."""
    return [_view(row) for row in rows]


def _view(row: CarrierBillLine) -> BillLineView:
    matched = row.order_id is not None
    return BillLineView(
        id=str(row.public_id),
        entity_id=str(row.entity_id),
        carrier=row.carrier,
        bill_number=row.bill_number,
        line=row.line,
        bill_date=row.bill_date,
        reference=row.reference,
        kind=row.kind,
        amount_minor=row.amount_minor,
        currency=row.currency,
        note=row.note,
        state=row.state,
        problem=row.problem,
        problem_words=row.problem_words,
        order_id=str(row.order_id) if matched else "",
        order_number=row.order_number,
        consignment_ref=row.consignment_ref,
        how=row.how,
        lane=Lane(row.dispatch_country, row.destination_country, row.service) if matched else None,
        comparison=Comparison(
            row.order_currency, row.quoted_minor, row.billed_minor, row.booked_minor, row.accrued_minor
        )
        if matched
        else None,
        imported_at=row.imported_at,
    )


def _as_id(value: str) -> uuid.UUID:
    try:
        return uuid.UUID(str(value))
    except ValueError as fault:
        raise NotFound(kind="bill line", key=str(value)[:60]) from fault
