"""Builders of money's tests: parcels that leave, arrive or are refused without a carrier, refunds that go out, books that close."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.fulfilment import queries as fulfilment_queries
from entrepot.domains.fulfilment import services as fulfilment
from entrepot.domains.inventory import services as inventory
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.orders import queries as orders
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments import services as payment_services
from entrepot.domains.payments.engine.collections import shares
from entrepot.domains.payments.types import Collection, ProviderState
from entrepot.flows.pay.apply_answer import apply_answer
from entrepot.flows.pay.apply_collection import apply_collection
from entrepot.flows.pay.execute_refund import execute_refund, post_refund
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from tests import builders

AT = builders.AT


def promised(order_id: str, *, at: dt.datetime = AT) -> None:
    """Let the provider of an order's last attempt say that it will collect at the door, and deliver what follows."""
    attempt = payments.attempts(order_id=order_id)[-1]
    state = ProviderState(f"ref-{attempt.id}", "accepted", attempt.amount_minor, attempt.currency)
    with db.transaction():
        apply_answer(attempt.id, state, at)
    builders.deliver_all()


def ship(shipment_id: str, *, at: dt.datetime = AT) -> None:
    """Pick, pack and ship, and take the goods off the stock."""
    with db.transaction():
        fulfilment.pick(actor=SYSTEM, shipment_id=shipment_id, at=at)
        fulfilment.pack(actor=SYSTEM, shipment_id=shipment_id, at=at)
        fulfilment.ship(actor=SYSTEM, shipment_id=shipment_id, at=at, tracking_number="T1")
        shipment = fulfilment_queries.shipment(shipment_id=shipment_id)
        inventory.consume_stock(
            actor=SYSTEM,
            order_id=shipment.order_id,
            warehouse=shipment.warehouse,
            items=[(line.sku, line.quantity) for line in shipment.lines],
            reference=f"shipment:{shipment_id}",
        )


def at_the_door(shipment_id: str, *, takes: bool = True, at: dt.datetime = AT) -> None:
    """Let the buyer take a parcel or refuse it."""
    with db.transaction():
        (fulfilment.mark_delivered if takes else fulfilment.mark_refused)(actor=SYSTEM, shipment_id=shipment_id, at=at)


def comes_back(shipment_id: str, *, at: dt.datetime = AT) -> None:
    """Let a refused parcel arrive at its warehouse."""
    with db.transaction():
        fulfilment.mark_returned(actor=SYSTEM, shipment_id=shipment_id, at=at)


def cash(order_id: str, consignment_ref: str, status: str, *, at: dt.datetime = AT) -> str:
    """Let the carrier say what became of a parcel's cash; return what came of it."""
    order = orders.order(order_id=order_id)
    attempt = next(a for a in payments.attempts(order_id=order_id) if a.method == "cash_on_delivery")
    index = [c.ref for c in order.quote.consignments].index(consignment_ref)
    amount = shares(attempt.amount_minor, [c.total_minor for c in order.quote.consignments])[index]
    shipment = next(s for s in fulfilment_queries.shipments(order_id=order_id) if s.consignment_ref == consignment_ref)
    with db.transaction():
        return apply_collection(
            attempt.id,
            Collection(shipment.id, status, amount, attempt.currency),
            at,  # type: ignore[arg-type]
        ).outcome


def send_refunds(*, at: dt.datetime = AT) -> None:
    """Let every refund that is due go out: the provider says done at once, store credit is issued."""
    for _ in range(3):
        builders.deliver_all()
        for refund_id in payments.due_refunds(at=at + dt.timedelta(days=1)):
            refund = payments.refund(refund_id=refund_id)
            if refund.tender != "original":
                execute_refund(refund_id, at)
                continue
            with db.transaction():
                done = payment_services.record_refund(actor=SYSTEM, refund_id=refund_id, status="done", at=at)
                if done is not None:
                    post_refund(done, at)
    builders.deliver_all()


def balances(entity_id: str) -> dict[str, int]:
    """Return account → balance over all currencies; of what is one currency's it is exact, and zero means zero."""
    found: dict[str, int] = {}
    for row in ledger.trial_balance(entity_id=entity_id):
        found[row.account] = found.get(row.account, 0) + row.balance_minor
    return found


def of_order(order_id: str, account: str) -> int:
    """Return an order's balance on a party account."""
    order = orders.order(order_id=order_id)
    return ledger.party_balance(entity_id=order.entity_id, account=account, party=order_id, currency=order.currency)
