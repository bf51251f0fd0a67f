"""The first page: what waits, what it means, how long it may wait, and the button that settles it."""

from __future__ import annotations

import datetime as dt

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.markets import queries as markets
from entrepot.interfaces.console import counts, door, look


class Task(msgspec.Struct, frozen=True):
    """A thing to do: how many, what, what it means, until when, and where it is settled."""

    number: int
    what: str
    why: str
    href: str
    button: str
    until: dt.datetime | None = None
    urgent: bool = False


@door.page("console.see_home", scoped=True)
def home(request: HttpRequest) -> HttpResponse:
    """Show the day: figures, the queue sorted by clock, the markets."""
    if not request.desk.actor.may("console.see_home"):  # who works in one warehouse begins with its parcels
        return HttpResponseRedirect("/console/shipments")
    count = counts.home()
    tasks = [*_shipments(count), *_others(count)]
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    tasks.sort(key=lambda task: (not task.urgent, task.until or far))
    context = {"tasks": tasks, "counts": count, "markets": markets.markets(), "total": sum(t.number for t in tasks)}
    return look.draw(request, "console/home.html", context)


def _shipments(count: dict[str, int]) -> list[Task]:
    steps = (
        ("to_pick", "to_pick", _("Parcels to pick"), _("The goods are paid and allocated."), _("Pick")),
        ("to_pack", "picked", _("Parcels to pack"), _("Packing draws up the commercial invoice."), _("Pack")),
        ("to_ship", "packed", _("Parcels to ship"), _("Shipping books the carrier and prints the label."), _("Ship")),
    )
    found = []
    for name, state, what, why, button in steps:
        if count.get(name):
            due = [s.dispatch_by for s in fulfilment.shipments(state=state) if s.dispatch_by]
            found.append(
                Task(count[name], what, why, f"/console/shipments?state={state}", button, min(due, default=None))
            )
    return found


def _others(count: dict[str, int]) -> list[Task]:
    rows = [
        (
            count.get("letters", 0), _("Deliveries given up"),
            _("Something that should follow an event did not; what waits behind it waits too."),
            "/console/letters", _("Settle"), True,
        ),
        (
            count.get("mails_failed", 0), _("Mails not sent"), _("Buyers have not been told."),
            "/console/letters", _("Settle"), True,
        ),
        (
            count.get("mismatches", 0), _("Payments of another amount"),
            _("Money came in, but not what was asked for. The order is not confirmed."),
            "/console/provider-messages", _("Look"), True,
        ),
        (
            count.get("refunds_failed", 0), _("Refunds turned down"), _("The provider did not send the money back."),
            "/console/provider-messages", _("Look"), True,
        ),
        (
            count.get("refunds_overdue", 0), _("Refunds that take too long"),
            _("The provider was asked more than a day ago. It is asked on and on; ask it by other means, too."),
            "/console/provider-messages", _("Look"), True,
        ),
        (
            count.get("unmatched", 0), _("Messages nobody asked for"),
            _("A provider wrote about a payment that is not ours."), "/console/provider-messages", _("Look"), False,
        ),
        (
            count.get("orders_placed", 0), _("Orders waiting for payment"),
            _("Their stock is held; who does not pay in time loses it by itself."),
            "/console/orders?state=placed", _("See"), False,
        ),
        (
            count.get("assumed", 0), ngettext("Article with assumed customs data", "Articles with assumed customs data",
                                              count.get("assumed", 0)),
            _("They may be quoted, but no label is printed until somebody confirms the data."),
            "/console/customs", _("Confirm"), False,
        ),
    ]  # fmt: skip
    return [
        Task(number, what, why, href, button, urgent=urgent)
        for number, what, why, href, button, urgent in rows
        if number
    ]
