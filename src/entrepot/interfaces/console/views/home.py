"""The first page: what waits, what it means, how long it may wait, and the button that settles it."""

from __future__ import annotations

import datetime as dt

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.orders import queries as orders
from entrepot.infra import clock
from entrepot.interfaces.console import counts, door, look, today

UNPAID = "/console/orders?state=placed"


class Task(msgspec.Struct, frozen=True):
    """A thing to do: how many, what, what it means, until when, and where it is settled.

    `late` of them are past their time; `cost_minor` is what hangs on it in the book currency, `cost` says in words what that is.
    """

    number: int
    what: str
    why: str
    href: str
    button: str
    until: dt.datetime | None = None
    urgent: bool = False
    late: int = 0
    cost_minor: int = 0
    cost: str = ""


@door.page("console.see_home", scoped=True)
def home(request: HttpRequest) -> HttpResponse:
    """Show the day: what waits, sorted by clock, with what hangs on it; then today's figures."""
    if not request.desk.actor.may("console.see_home"):  # who works in one warehouse begins with its parcels
        return HttpResponseRedirect("/console/shipments")
    count = counts.home()
    day = today.figures(on=clock.today(look.zone()), language=look.content_language())
    into = today.Exchange(day.currency, day.date)
    tasks = [*_shipments(into), *_others(count, into)]
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    tasks.sort(key=lambda task: (not task.urgent, task.until or far))
    context = {
        "tasks": tasks,
        "counts": count,
        "total": sum(t.number for t in tasks),
        "late": sum(t.late for t in tasks),
        "day": day,
        "days_shown": today.DAYS,
        "short_of": today.SHORT_OF,
    }
    return look.draw(request, "console/home.html", context)


def _shipments(into: today.Exchange) -> list[Task]:
    steps = (
        ("to_pick", _("Parcels to pick"), _("The goods are paid and allocated."), _("Pick")),
        ("picked", _("Parcels to pack"), _("Packing draws up the commercial invoice."), _("Pack")),
        ("packed", _("Parcels to ship"), _("Shipping books the carrier and prints the label."), _("Ship")),
    )
    work = fulfilment.work(at=clock.now())
    found = []
    for state, what, why, button in steps:
        waits = work.get(state)
        if not waits:
            continue
        task = Task(waits.number, what, why, f"/console/shipments?state={state}", button, waits.first_due)
        if waits.late:
            worth = into.total(orders.worth(order_ids=waits.late_orders))
            task = msgspec.structs.replace(
                task, late=waits.late, cost_minor=worth, cost=_("of orders break their date")
            )
        found.append(task)
    return found


def _others(count: dict[str, int], into: today.Exchange) -> list[Task]:
    unpaid = into.total(orders.worth(state="placed")) if count.get("orders_placed") else 0
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
            UNPAID, _("See"), False,
        ),
        (
            count.get("assumed", 0), ngettext("Article with assumed customs data", "Articles with assumed customs data",
                                              count.get("assumed", 0)),
            _("They may be quoted, but no label is printed until somebody confirms the data."),
            "/console/customs", _("Confirm"), False,
        ),
    ]  # fmt: skip
    found = [
        Task(number, what, why, href, button, urgent=urgent)
        for number, what, why, href, button, urgent in rows
        if number
    ]
    return [
        msgspec.structs.replace(task, cost_minor=unpaid, cost=_("not paid yet")) if task.href == UNPAID else task
        for task in found
    ]
