"""Quotes and offers as a page shows them: parcels with their lines, cascades, route lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import gettext as _

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.checkout.types import QuoteDifference
from entrepot.domains.logistics.types import ParcelView
from entrepot.domains.offers.types import OfferDraft
from entrepot.domains.orders.types import ChangedLines, OrderView
from entrepot.interfaces.storefront.place import Shop
from entrepot.interfaces.web import cascade as pieces
from entrepot.interfaces.web import formats
from entrepot.kernel.errors import N_
from entrepot.kernel.quote import FrozenQuote, QuotedConsignment
from entrepot.kernel.trade import Charge, RuleRef


class ShownLine(msgspec.Struct):
    """A line of a basket or order as a buyer sees it; the price as his market shows it, None where there is none."""

    sku: str
    title: str
    option: str
    picture: str
    tile: str
    handle: str
    quantity: int
    price_minor: int | None


class Parcel(msgspec.Struct):
    """A parcel: where it comes from, when it arrives, what is in it, what its delivery costs."""

    ref: str
    city: str
    first: dt.date | None
    last: dt.date | None
    lines: list[ShownLine]
    delivery_minor: int
    service: str


class Stop(msgspec.Struct, frozen=True):
    """A stop of a route line."""

    name: str
    note: str
    state: str = ""
    gate: bool = False


def parcels(quote: FrozenQuote, shop: Shop) -> list[Parcel]:
    """Return the parcels of a quote with prices as the market shows them (tax inside or not)."""
    skus = [line.sku for consignment in quote.consignments for line in consignment.lines]
    facts = catalogue.variant_facts(skus=skus, language=shop.language)
    incl = quote.tax_display == "incl"
    found = []
    for consignment in quote.consignments:
        lines = [
            ShownLine(
                line.sku, line.title, line.option, line.picture,
                facts[line.sku].tile if line.sku in facts else "stone",
                facts[line.sku].handle if line.sku in facts else "",
                line.quantity, line.gross_minor if incl else line.gross_minor - line.tax_minor,
            )
            for line in consignment.lines
        ]  # fmt: skip
        found.append(
            Parcel(
                consignment.ref, city(consignment.warehouse_city), consignment.promise.first, consignment.promise.last,
                lines, consignment.freight_gross_minor if incl else consignment.freight_minor, _(consignment.service_name),
            )
        )  # fmt: skip
    return found


def city(name: str) -> str:
    """Return the name of a warehouse's town in the page's language, where we have a word for it."""
    return _(name) if name else ""


# Towns of the demo's warehouses, so that they are in the catalogue of messages.
_TOWNS = (N_("Shenzhen"), N_("Rotterdam"), N_("Ningbo"), N_("Ontario"))


def cascade(quote: FrozenQuote, shop: Shop) -> list[pieces.Row]:
    """Return the cascade of a whole quote."""
    charges = [c for consignment in quote.consignments for c in consignment.charges]
    return pieces.rows(charges, shop.cldr, _goods(*quote.consignments))


def parcel_cascade(consignment: QuotedConsignment, shop: Shop) -> list[pieces.Row]:
    """Return the cascade of one parcel."""
    return pieces.rows(consignment.charges, shop.cldr, _goods(consignment))


def given_back(order: OrderView, changes: Sequence[ChangedLines]) -> list[tuple[str, int]]:
    """Return what changes took from an order after it was confirmed as (words, minor units): each article and delivery."""
    lines = {line.ref: line for consignment in order.quote.consignments for line in consignment.lines}
    told = []
    for change in changes:
        for share in change.lines:
            if share.kind == "freight":
                words = _("Delivery")
            else:
                title = lines[share.ref].title if share.ref in lines else share.sku
                words = f"{-share.quantity} × {title}" if share.quantity else title
            told.append((words, -share.gross_minor))
    return told


def _goods(*consignments: QuotedConsignment) -> dict[Charge, str]:
    """Return what each charge on a line is on."""
    found = {}
    for consignment in consignments:
        titles = {line.ref: line.title for line in consignment.lines}
        found.update({charge: titles[charge.line] for charge in consignment.charges if charge.line in titles})
    return found


def offer_cascade(offer: OfferDraft, shop: Shop) -> list[pieces.Row]:
    """Return the cascade of an offer's unit price; tax that is added later is not among it."""
    charges = [
        Charge(
            part.kind, part.name, "", part.amount_minor,
            RuleRef("", "", part.rule, part.source, part.confidence), 0, part.rate_ppm, part.reason,
        )
        for part in offer.parts
        if shop.incl or part.kind != "tax"
    ]  # fmt: skip
    return pieces.rows(charges, shop.cldr)


def offer_route(offer: OfferDraft, town: str, crosses: bool, order_by: str, shop: Shop) -> list[Stop]:
    """Return the route line of a promise: where it leaves, the border where there is one, the door."""
    stops = [Stop(town, order_by, "done")]
    if crosses:
        stops.append(Stop(_("Customs"), _("duty and tax paid by us"), "", True))
    stops.append(Stop(_("Your door"), formats.days(offer.arrives_first, offer.arrives_last, shop.cldr)))
    return stops


_STEPS = ("booked", "handed_over", "in_transit", "at_customs", "cleared", "out_for_delivery", "delivered")
STEP_WORDS = {
    "booked": N_("The label is printed"),
    "handed_over": N_("The carrier has the parcel"),
    "in_transit": N_("On its way"),
    "at_customs": N_("At customs"),
    "cleared": N_("Through customs"),
    "out_for_delivery": N_("Out for delivery today"),
    "delivered": N_("Delivered"),
    "exception": N_("Something is in the way"),
}
_ROUTE = (
    (N_("Packed"), ("booked",), False),
    (N_("On its way"), ("handed_over", "in_transit"), False),
    (N_("Customs"), ("at_customs", "cleared"), True),
    (N_("Your door"), ("out_for_delivery", "delivered"), False),
)


def tracking_route(consignment: QuotedConsignment, parcel: ParcelView | None, crosses: bool, shop: Shop) -> list[Stop]:
    """Return the route line of a parcel from what the carrier said so far."""
    seen = {step.code: step for step in parcel.steps} if parcel else {}
    reached = max((_STEPS.index(code) for code in seen if code in _STEPS), default=0 if parcel else -1)
    stops = []
    for label, codes, gate in _ROUTE:
        if gate and not crosses:
            continue
        first, last = _STEPS.index(codes[0]), _STEPS.index(codes[-1])
        state = (
            "done" if reached > last or codes[-1] == "delivered" == _at(reached) else "now" if reached >= first else ""
        )
        told = next((seen[code] for code in reversed(codes) if code in seen), None)
        zone = ZoneInfo(shop.market.time_zone)
        note = formats.day(told.at.astimezone(zone).date(), shop.cldr) if told else ""
        if label == "Packed":
            note = note or city(consignment.warehouse_city)
        elif codes[-1] == "delivered" and not told:
            note = formats.days(consignment.promise.first, consignment.promise.last, shop.cldr)
        stops.append(Stop(_(label), note, state, gate))
    return stops


def is_there(boxes: Sequence[ParcelView]) -> bool:
    """Say whether the carrier has handed over every box of a consignment."""
    return bool(boxes) and all(any(step.code == "delivered" for step in box.steps) for box in boxes)


def arrival(consignment: QuotedConsignment, boxes: Sequence[ParcelView], shop: Shop) -> str:
    """Say when a consignment arrives or, once its last box is there, when it arrived; nothing promises what has happened."""
    if is_there(boxes):
        last = max(step.at for box in boxes for step in box.steps if step.code == "delivered")
        on = last.astimezone(ZoneInfo(shop.market.time_zone)).date()
        return _("Arrived %(day)s") % {"day": formats.day(on, shop.cldr)}
    return formats.days(consignment.promise.first, consignment.promise.last, shop.cldr)


def _at(reached: int) -> str:
    return _STEPS[reached] if reached >= 0 else ""


_PARTS = {
    "goods": N_("Goods"), "freight": N_("Delivery"), "duty": N_("Duty"), "fee": N_("Fees of the border"), "tax": N_("Tax"),
    "total": N_("Total"),
}  # fmt: skip


def changes(found: Sequence[QuoteDifference]) -> list[tuple[str, int, int]]:
    """Return what changed between two quotes as (words, before, after)."""
    told = []
    for difference in found:
        if difference.kind in _PARTS:
            label = _(_PARTS[difference.kind])
        elif difference.kind == "gone":
            label = _("%(title)s: no longer in it") % {"title": difference.title}
        elif difference.kind == "new":
            label = _("%(title)s: added") % {"title": difference.title}
        else:
            label = difference.title
        told.append((label, difference.before_minor, difference.after_minor))
    return told
