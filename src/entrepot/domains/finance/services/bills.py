"""Writes of bills: bring lines in, record a match, withdraw, decide on a reserve. The entries are the flow's to post."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from entrepot.domains.finance.errors import BillLineBooked, BillLineNotBooked
from entrepot.domains.finance.models import CarrierBillLine, RiskReserve
from entrepot.domains.finance.queries.bills import views
from entrepot.domains.finance.types import BillLineDraft, BillLineView, BillMatch, ReserveProposal
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, InvalidInput, NotFound


@service("finance.import_bills")
def record_bill_lines(*, actor: Actor, entity_id: str, drafts: Sequence[BillLineDraft]) -> list[BillLineView]:
    """Store lines that are not stored yet and return those; a line (carrier, bill number, line) is stored once."""
    rows = [
        CarrierBillLine(
            entity_id=entity_id,
            carrier=draft.carrier,
            bill_number=draft.bill_number,
            line=draft.line,
            bill_date=draft.bill_date,
            reference=draft.reference,
            kind=draft.kind,
            amount_minor=draft.amount_minor,
            currency=draft.currency,
            lane=draft.lane,
            note=draft.note,
        )
        for draft in drafts
    ]
    CarrierBillLine.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    wanted = [row.public_id for row in rows]
    return views(CarrierBillLine.objects.filter(public_id__in=wanted).order_by("id"))


@service("finance.match_bill")
def record_match(*, actor: Actor, line_id: str, match: BillMatch) -> None:
    """Record whose consignment a line is for and the comparison; it counts as booked.

    Raises NotFound, BillLineBooked (it has a match, or was withdrawn).
    """
    row = _locked(line_id)
    if row.state != "unmatched":
        raise BillLineBooked(bill=row.bill_number, line=row.line, state=row.state)
    compared = match.comparison
    CarrierBillLine.objects.filter(pk=row.pk).update(
        state="posted",
        problem="",
        problem_words="",
        order_id=match.order_id,
        order_number=match.order_number,
        consignment_ref=match.consignment_ref,
        how=match.how,
        dispatch_country=match.lane.dispatch,
        destination_country=match.lane.destination,
        service=match.lane.service,
        order_currency=compared.currency,
        quoted_minor=compared.quoted_minor,
        billed_minor=compared.billed_minor,
        booked_minor=compared.booked_minor,
        accrued_minor=compared.accrued_minor,
    )


@service("finance.match_bill")
def record_problem(*, actor: Actor, line_id: str, code: str, words: str) -> None:
    """Record why a line could not be matched or booked; a booked one is left alone."""
    CarrierBillLine.objects.filter(public_id=line_id, state="unmatched").update(
        problem=code[:40], problem_words=words[:300]
    )


@service("finance.withdraw_bill")
def withdraw_bill_line(*, actor: Actor, line_id: str, reason: str) -> BillLineView:
    """Take a line out: what it cleared is free again. Return it as it stood. Its entries are the flow's to reverse.

    Raises NotFound, BillLineNotBooked (withdrawn before), InvalidInput (no reason).
    """
    if not reason.strip():
        raise InvalidInput(field="reason", value="", rule=N_("Say why the bill is withdrawn."))
    row = _locked(line_id)
    if row.state == "withdrawn":
        raise BillLineNotBooked(bill=row.bill_number, line=row.line, state=row.state)
    stood = views([row])[0]
    note = f"{row.note} | withdrawn: {reason.strip()}".removeprefix(" | ")
    CarrierBillLine.objects.filter(pk=row.pk).update(state="withdrawn", note=note[:200])
    return stood


@service("finance.decide_reserve")
def decide_reserve(*, actor: Actor, entity_id: str, proposal: ReserveProposal, ppm: int, from_date: dt.date) -> str:
    """Record that a lane asks `ppm` more from a day on, with the proposal it rests on, and return its id.

    Raises InvalidInput: not between 1 ppm and 100 %, or there is a decision for that lane and day.
    """
    if not 0 < ppm <= 1_000_000:
        raise InvalidInput(
            field="percent", value=ppm / 10_000, rule=N_("A reserve is above zero and at most a hundred percent.")
        )
    lane = {
        "entity_id": entity_id, "dispatch_country": proposal.lane.dispatch, "service": proposal.lane.service,
        "destination_country": proposal.lane.destination, "group": proposal.group, "from_date": from_date,
    }  # fmt: skip
    if RiskReserve.objects.filter(**lane).exists():
        raise InvalidInput(field="from_date", value=from_date, rule=N_("There is a decision from that day on already."))
    row = RiskReserve.objects.create(
        **lane, ppm=ppm, proposed_ppm=proposal.ppm, consignments=proposal.consignments, decided_by=actor.id
    )
    return str(row.public_id)


def _locked(line_id: str) -> CarrierBillLine:
    row = CarrierBillLine.objects.select_for_update().filter(public_id=line_id).first()
    if row is None:
        raise NotFound(kind="bill line", key=line_id[:60])
    return row
