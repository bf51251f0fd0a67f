"""What an order needs next, as data: the sentence, the button, and what is missing before it can be pressed.

Facts in, one step out; no statement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec
from django.utils.translation import gettext as _

from entrepot.domains.catalogue.types import VariantFacts
from entrepot.domains.declarations import queries as declarations
from entrepot.domains.declarations.engine import required
from entrepot.domains.declarations.types import GoodsData
from entrepot.domains.fulfilment.types import ShipmentView
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.orders.types import OrderView
from entrepot.domains.payments.types import AttemptView, RefundView
from entrepot.infra import clock
from entrepot.kernel.quote import QuotedConsignment


class NextStep(msgspec.Struct, frozen=True):
    """The next step of an order. `action` is where the button posts ("" = nobody here can do anything now)."""

    title: str
    why: str
    action: str = ""
    button: str = ""
    permission: str = ""
    scope: str = ""
    until: dt.datetime | None = None
    mend: tuple[VariantFacts, ...] = ()
    done: bool = False


def crosses_border(start: str, end: str) -> bool:
    """Say whether goods between two countries pass customs: not within one customs territory."""
    territories = declarations.territories()
    return territories.get(start, start) != territories.get(end, end)


def assumed_lines(
    consignment: QuotedConsignment, country: str, facts: Mapping[str, VariantFacts]
) -> tuple[VariantFacts, ...]:
    """Return the articles of a consignment across a border whose customs data stop a label: missing, vague or assumed."""
    if not crosses_border(consignment.warehouse_country, country):
        return ()
    carrier = logistics.carriers().get(consignment.carrier)
    lane = required.Lane(consignment.warehouse_country, country, carrier.kind if carrier else "")
    rules = required.in_force(declarations.field_rules(), lane, on=clock.now().date())
    found = {line.sku: facts[line.sku] for line in consignment.lines if line.sku in facts}
    data = [
        GoodsData(sku, fact.hs_code, fact.origin, fact.mass_g, fact.customs_description, tuple(fact.assumed))
        for sku, fact in found.items()
    ]
    stopped = {problem.sku for problem in required.problems(data, rules, declarations.wording())}
    return tuple(fact for sku, fact in found.items() if sku in stopped)


def next_step(
    order: OrderView,
    shipments: Sequence[ShipmentView],
    attempts: Sequence[AttemptView],
    refunds: Sequence[RefundView],
    facts: Mapping[str, VariantFacts],
) -> NextStep:
    """Return what the order needs next."""
    ended = order.state in ("cancelled", "expired")
    stuck = _stuck_money(attempts, refunds)
    if stuck and (ended or order.state in ("placed", "delivered")):
        return stuck
    if order.state == "placed":
        return _unpaid(order, attempts)
    if ended and any(refund.state == "requested" for refund in refunds):
        return NextStep(_("Money is on its way back"), _("The provider has been asked; its answer is awaited."))
    if ended:
        return NextStep(_("Nothing more to do"), _("The stock is free again."), done=True)
    if order.state == "delivered":
        return NextStep(_("Nothing more to do"), _("Everything has arrived."), done=True)
    if order.state == "refused":
        back = all(shipment.state in ("returned", "cancelled") for shipment in shipments)
        why = _("Every parcel is in the warehouse again.") if back else _("The parcels are on their way back.")
        return NextStep(_("Refused at the door"), why, done=back)
    return _parcels(order, shipments, facts)


def short_step(state: str, shipments: Sequence[str]) -> tuple[str, str]:
    """Return what an order needs next in a word for a list, and its tone; ("", "") when nobody can do anything now."""
    if state == "placed":
        return _("Buyer pays"), ""
    if state != "confirmed":
        return "", ""
    words = {"to_pick": _("Pick"), "picked": _("Pack"), "packed": _("Ship")}
    waits = next((step for step in words if step in shipments), "")
    return (words[waits], "tag-warn") if waits else ("", "")


def unsettled(attempts: Sequence[AttemptView], refunds: Sequence[RefundView]) -> tuple[AttemptView, ...]:
    """Return the payments of another amount than was asked for of which nothing was sent back yet."""
    settled = {refund.attempt_id for refund in refunds}
    return tuple(a for a in attempts if a.mismatch and a.state == "captured" and a.id not in settled)


def _stuck_money(attempts: Sequence[AttemptView], refunds: Sequence[RefundView]) -> NextStep | None:
    """Return the step about money that goes nowhere by itself, None when there is no such."""
    for refund in refunds:
        if refund.state == "failed" and not refund.retried:
            why = _("The provider did not send the money back. The buyer still waits for it.")
            if refund.done_at:
                why = _("The money was sent, and it came back. The buyer still waits for it.")
            return NextStep(
                _("A refund failed"), why, f"/console/refunds/{refund.id}/again", _("Try the refund again"),
                "payments.retry_refund",
            )  # fmt: skip
    for attempt in unsettled(attempts, refunds):
        return NextStep(
            _("Another amount came in than was asked for"),
            _("It confirms nothing. Send it back as it came; the buyer can pay the right amount."),
            f"/console/payments/{attempt.id}/send-back",
            _("Send it back"),
            "payments.send_back",
        )
    for refund in refunds:
        if refund.overdue:
            why = _("The provider was asked more than a day ago. It is asked on and on; ask it by other means, too.")
            return NextStep(_("A refund takes too long"), why)
    return None


def _unpaid(order: OrderView, attempts: Sequence[AttemptView]) -> NextStep:
    if attempts and attempts[-1].state == "failed":
        why = _("The last try to pay was refused. The buyer may try again until the hold ends.")
    else:
        why = _("The buyer has not paid yet. The stock is held; afterwards the order lapses by itself.")
    return NextStep(_("Waiting for the buyer's payment"), why, until=order.hold_until)


def _parcels(order: OrderView, shipments: Sequence[ShipmentView], facts: Mapping[str, VariantFacts]) -> NextStep:
    waiting = [s for s in shipments if s.state in ("to_pick", "picked", "packed")]
    if not waiting:
        if not shipments:
            return NextStep(_("The parcels are being opened"), _("This happens by itself within seconds."))
        return NextStep(_("The carrier has the parcels"), _("Tracking news arrives by itself."))
    shipment = min(waiting, key=lambda s: (("to_pick", "picked", "packed").index(s.state), s.consignment_ref))
    consignments = {c.ref: c for c in order.quote.consignments}
    consignment = consignments.get(shipment.consignment_ref)
    number = list(consignments).index(shipment.consignment_ref) + 1 if consignment else 1
    place = consignment.warehouse_city if consignment else shipment.warehouse
    params = {"number": number, "place": _(place)}
    missing = assumed_lines(consignment, order.address.country_code, facts) if consignment else ()
    titles = {
        "to_pick": (_("Pick parcel %(number)s in %(place)s"), _("The goods are paid and allocated."), _("Picked"), "pick"),
        "picked": (
            _("Pack parcel %(number)s in %(place)s"),
            _("Packing draws up the customs data and the commercial invoice."), _("Packed"), "pack",
        ),
        "packed": (
            _("Ship parcel %(number)s from %(place)s"),
            _("Shipping books the carrier, prints the label and takes the goods off the shelf."), _("Ship"), "ship",
        ),
    }  # fmt: skip
    title, why, button, step = titles[shipment.state]
    if missing:
        why = _(
            "Customs data of these articles are missing, vague or only assumed. No label is printed until somebody mends and confirms them."
        )
    return NextStep(
        title=title % params,
        why=why,
        action=f"/console/shipments/{shipment.id}/{step}",
        button=button,
        permission=f"fulfilment.{step}",
        scope=f"warehouse:{shipment.warehouse}",
        until=shipment.dispatch_by,
        mend=missing,
    )
