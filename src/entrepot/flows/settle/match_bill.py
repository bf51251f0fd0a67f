"""Find whose consignment a bill's line is for, compare it with the quote, and post the variance; or take it back.

A line is matched by the tracking number of a parcel, the id of a shipment, or an order's number (with `/` and the consignment's
ref where it has several); what none fits waits for a person. Matching and posting are one transaction, with the order locked:
two lines of one consignment never take the same frozen amount.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Literal

import msgspec
import structlog
from django.db import OperationalError

from entrepot.domains.finance import queries as finance_queries
from entrepot.domains.finance import services as finance
from entrepot.domains.finance.engine import bills
from entrepot.domains.finance.errors import NoConsignment
from entrepot.domains.finance.types import BillLineView, BillMatch, Comparison, Lane
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.ledger import queries as ledger_queries
from entrepot.domains.ledger import services as ledger
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.markets import queries as markets
from entrepot.domains.orders import queries as orders
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import EntrepotError, NotFound
from entrepot.kernel.money import Fx, convert, restate
from entrepot.kernel.quote import FrozenQuote

log = structlog.get_logger(__name__)
BROKEN = "BROKEN"  # why a line waits whose matching failed in the program itself
How = Literal["tracking", "shipment", "order", "hand"]


class Place(msgspec.Struct, frozen=True):
    """A consignment of an order, and by what it was found."""

    order_id: str
    consignment_ref: str
    how: How


def find(reference: str) -> Place | None:
    """Return the consignment that a tracking number, a shipment's id or an order's number names, None when none fits."""
    number = reference.strip()
    tracked = logistics.parcels_tracked(numbers={number, "".join(number.split()).upper()})
    if tracked:
        order_id, shipment_id = next(iter(tracked.values()))
        return Place(order_id, fulfilment.shipment(shipment_id=shipment_id).consignment_ref, "tracking")
    try:
        shipment = fulfilment.shipment(shipment_id=str(uuid.UUID(number)))
        return Place(shipment.order_id, shipment.consignment_ref, "shipment")
    except (ValueError, NotFound):
        pass
    try:
        return by_order(number, how="order")
    except (NotFound, NoConsignment):
        return None


def by_order(text: str, *, how: How = "hand") -> Place:
    """Return the consignment of an order by `E-1024`, or `E-1024/C2` where it has several.

    Raises NotFound (no such order), NoConsignment (the order has several, or none of that ref).
    """
    number, _, ref = text.strip().partition("/")
    order = orders.order(number=number.strip().upper())
    refs = [one.ref for one in order.quote.consignments]
    wanted = ref.strip() or (refs[0] if len(refs) == 1 else "")
    if wanted not in refs:
        raise NoConsignment(reference=text.strip()[:60])
    return Place(order.id, wanted, how)


def match_line(*, actor: Actor, line_id: str, place: Place | None = None) -> BillLineView:
    """Match a line (with `place`, or by what it names), post its entries, and return it as it stands then.

    Raises:
        NoConsignment: nothing fits what it names. BillLineBooked: it is booked or withdrawn already.
        NoRate, StaleRate: no exchange rate of the bill's day is known. PeriodClosed: the books of that day are closed.
    """
    with db.transaction():
        line = finance_queries.bill_line(line_id=line_id)
        place = place or find(line.reference)
        if place is None:
            raise NoConsignment(reference=line.reference)
        orders.brief(order_id=place.order_id, lock=True)  # one after the other: each takes what the one before left
        match = _match(line, place)
        finance.record_match(actor=actor, line_id=line.id, match=match)
        for draft in bills.bill_entries(line, match):
            ledger.post_entry(actor=SYSTEM, draft=draft)
        return finance_queries.bill_line(line_id=line_id)


def match_open(*, actor: Actor, line_ids: Iterable[str] | None = None) -> tuple[int, int]:
    """Try to match lines (by default all open ones); return how many were booked and how many wait, each with its reason."""
    booked = waiting = 0
    for line_id in finance_queries.open_bill_lines() if line_ids is None else line_ids:
        try:
            match_line(actor=actor, line_id=line_id)
            booked += 1
        except OperationalError:  # the database is gone: for all of them
            raise
        except Exception as fault:  # whatever broke this one does not keep the others waiting
            known = fault if isinstance(fault, EntrepotError) else None
            log.warning("bill_line_waits", line=line_id, fault=type(fault).__name__)
            code, words = (known.code, known.message()) if known else (BROKEN, type(fault).__name__)
            with db.transaction():
                finance.record_problem(actor=actor, line_id=line_id, code=code, words=words)
            waiting += 1
    return booked, waiting


def withdraw_line(*, actor: Actor, line_id: str, reason: str) -> None:
    """Take a line out and reverse its entries, dated as they were; what it cleared is free for a later bill.

    Raises NotFound, BillLineNotBooked (withdrawn before), InvalidInput (no reason), PeriodClosed.
    """
    with db.transaction():
        matched = finance_queries.bill_line(line_id=line_id).order_id
        if matched:  # in line with those who match: what this one cleared is free for the next, and not sooner
            orders.brief(order_id=matched, lock=True)
        stood = finance.withdraw_bill_line(actor=actor, line_id=line_id, reason=reason)
        for key in (stood.key, f"{stood.key}:owed") if stood.state == "posted" else ():
            try:
                entry_id = ledger_queries.entry_id(key=key)
            except NotFound:
                continue
            ledger.reverse_entry(
                actor=SYSTEM, entry_id=entry_id, on=stood.bill_date, reason=f"bill withdrawn: {reason}"
            )


def withdraw_bill(*, actor: Actor, carrier: str, bill_number: str, reason: str) -> int:
    """Take every line of a bill out that is not withdrawn yet, all or none; return how many there were.

    Raises what `withdraw_line` raises.
    """
    with db.transaction():
        lines = finance_queries.lines_of_bill(carrier=carrier, bill_number=bill_number)
        standing = [line for line in lines if line.state != "withdrawn"]
        for line in standing:
            withdraw_line(actor=actor, line_id=line.id, reason=reason)
    return len(standing)


def match_waiting(at: dt.datetime) -> int:
    """Try the lines that wait once more, by the clock (`at` is taken as a schedule gives it); return how many were booked."""
    return match_open(actor=SYSTEM)[0]


def compare(line: BillLineView, place: Place) -> BillMatch:
    """Return what a line comes to beside the quote, without writing anything; for a preview before a match by hand.

    Raises NotFound, NoConsignment (of another company), NoRate, StaleRate.
    """
    return _match(line, place)


def _match(line: BillLineView, place: Place) -> BillMatch:
    order = orders.order(order_id=place.order_id)
    if order.quote.entity_id != line.entity_id:  # another company's: its books are not touched by this bill
        raise NoConsignment(reference=line.reference)
    changes = orders.changed_lines(order_id=order.id) if order.changes else ()
    one = next(c for c in order.quote.consignments if c.ref == place.consignment_ref)
    frozen = bills.frozen(order.quote, one.ref, changes)
    taken = finance_queries.cleared(order_id=order.id, consignment_ref=one.ref)
    cleared, accrued_before = taken.get(line.kind, (0, 0))
    quoted = bills.left_to_clear(line.kind, frozen, cleared, line.amount_minor)
    accrued = bills.accrued_freight(one.ref, changes) - accrued_before if line.kind == "freight" else 0
    billed, booked = _restated(line, order.quote)
    compared = Comparison(order.currency, quoted, billed, booked, max(0, min(quoted, accrued)))
    lane = Lane(one.warehouse_country, order.quote.country, one.service)
    return BillMatch(order.id, order.number, one.ref, place.how, lane, compared)


def _restated(line: BillLineView, quote: FrozenQuote) -> tuple[int, int]:
    """The bill in the order's currency: at the rate of the quote (or of its day), and at the rate of the bill's day."""
    if line.currency == quote.currency:
        return line.amount_minor, line.amount_minor
    pair = {"source_currency": line.currency, "target": quote.currency}
    now = markets.fx_quote(**pair, on=line.bill_date).rate
    booked = convert(line.amount_minor, line.currency, quote.currency, now)
    known: Fx = {(one.source_currency, one.target): one.rate for one in quote.fx}
    if (line.currency, quote.currency) not in known and (quote.currency, line.currency) not in known:
        try:
            known = {(line.currency, quote.currency): markets.fx_quote(**pair, on=quote.tax_point).rate}
        except EntrepotError:  # nobody knows a rate of that day any more: all the difference is then one of price
            return booked, booked
    return restate(line.amount_minor, line.currency, quote.currency, known), booked
