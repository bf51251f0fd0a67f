"""Deeds on many rows at once: each shown before it is done, each row in a transaction of its own.

A row that refuses stops no other; it is named with its reason. Permissions and the audit log are those of the services
and flows, which are called once per row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue import services as catalogue_services
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.markets import queries as markets
from entrepot.domains.orders import queries as orders
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.sell.cancel_unpaid import cancel_unpaid
from entrepot.infra import clock, db
from entrepot.interfaces.console import look
from entrepot.interfaces.console.words import word
from entrepot.interfaces.web import words
from entrepot.kernel.errors import N_, EntrepotError

MOST = 100


class Row(msgspec.Struct, frozen=True):
    """A ticked row: what it is called, how it stands, and why the deed cannot be done with it ("" = it can)."""

    id: str
    name: str
    href: str
    note: str = ""
    problem: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """What became of a row: done, or the reason why not in words."""

    name: str
    href: str
    done: bool
    words: str


class Deed(msgspec.Struct, frozen=True):
    """Something that can be done with many rows. `rows(desk, ids, more)` looks, `run(desk, row, more)` does one."""

    code: str
    label: str
    question: str
    permission: str
    rows: Callable[[Any, Sequence[str], dict[str, str]], list[Row]]
    run: Callable[[Any, Row, dict[str, str]], None]
    for_market: bool = False


def do(deed: Deed, desk: Any, rows: Sequence[Row], more: dict[str, str]) -> list[Outcome]:
    """Do a deed with each row that can take it and return what became of every one."""
    found = []
    for row in rows:
        if row.problem:
            found.append(Outcome(row.name, row.href, False, row.problem))
            continue
        try:
            deed.run(desk, row, more)
        except EntrepotError as fault:
            found.append(Outcome(row.name, row.href, False, words.say(fault)))
        else:
            found.append(Outcome(row.name, row.href, True, ""))
    return found


def _orders(desk: Any, ids: Sequence[str], more: dict[str, str]) -> list[Row]:
    problem = _("It is paid or ended; call it off on its own page, where what goes back is shown.")
    return [
        Row(
            order.id, order.number, f"/console/orders/{order.id}", word("order", order.state),
            "" if order.state == "placed" else problem,
        )
        for order in orders.orders(ids=ids, limit=MOST)
    ]  # fmt: skip


def _cancel(desk: Any, row: Row, more: dict[str, str]) -> None:
    cancel_unpaid(actor=desk.anywhere, order_id=row.id, reason=_("called off by staff"), at=clock.now())


def _shipments(state: str) -> Callable[[Any, Sequence[str], dict[str, str]], list[Row]]:
    def rows(desk: Any, ids: Sequence[str], more: dict[str, str]) -> list[Row]:
        allowed = desk.places("console.see_orders")
        return [
            Row(
                one.id, f"{one.order_number}, {one.warehouse}", f"/console/orders/{one.order_id}",
                word("shipment", one.state), "" if one.state == state else _("It is at another step."),
            )
            for one in fulfilment.shipments(shipment_ids=ids)
            if allowed is None or one.warehouse in allowed
        ]  # fmt: skip

    return rows


def _step(flow: Callable[..., Any]) -> Callable[[Any, Row, dict[str, str]], None]:
    def run(desk: Any, row: Row, more: dict[str, str]) -> None:
        place = fulfilment.shipment(shipment_id=row.id).warehouse
        flow(actor=desk.actor_in(f"warehouse:{place}"), shipment_id=row.id, at=clock.now())

    return run


def _products(desk: Any, ids: Sequence[str], more: dict[str, str]) -> list[Row]:
    told = catalogue.products(ids=ids, language=look.content_language())
    published = catalogue.markets_of(product_ids=ids)
    return [
        Row(i, told[i].title, f"/console/products/{i}", ", ".join(published.get(i, ())) or _("in none"))
        for i in ids
        if i in told
    ]


def _to_confirm(desk: Any, ids: Sequence[str], more: dict[str, str]) -> list[Row]:
    told = catalogue.products(ids=ids, language=look.content_language())
    found = []
    for i in (i for i in ids if i in told):
        open_ = [v for v in told[i].variants if v.assumed]
        note = "; ".join(
            f"{v.sku}: {look.hs(v.hs_code)}, {v.origin}, {v.mass_g} g, {v.customs_description}" for v in open_
        )
        problem = "" if open_ else _("Everything is confirmed already.")
        found.append(Row(i, told[i].title, f"/console/products/{i}", note, problem))
    return found


def _publish(verb: Callable[..., Any]) -> Callable[[Any, Row, dict[str, str]], None]:
    def run(desk: Any, row: Row, more: dict[str, str]) -> None:
        market = markets.market(code=more["market"])
        with db.transaction():
            verb(actor=desk.anywhere, product_ids=[row.id], market=market.code)

    return run


def _confirm(desk: Any, row: Row, more: dict[str, str]) -> None:
    skus = [v.sku for v in catalogue.product(product_id=row.id).variants if v.assumed]
    with db.transaction():
        catalogue_services.confirm_customs_data(actor=desk.anywhere, skus=skus)


DEEDS: dict[str, tuple[Deed, ...]] = {
    "orders": (
        Deed(
            "cancel", N_("Call off unpaid orders"), N_("Call off these unpaid orders? Their stock becomes free."),
            "orders.cancel", _orders, _cancel,
        ),
    ),
    "shipments": (
        Deed(
            "pick", N_("Picked"), N_("Mark these parcels as picked?"), "fulfilment.pick",
            _shipments("to_pick"), _step(pick_shipment),
        ),
        Deed(
            "pack", N_("Packed"), N_("Mark these parcels as packed? Their papers are drawn up; each weighs as much as its goods."),
            "fulfilment.pack", _shipments("picked"), _step(pack_shipment),
        ),
    ),
    "products": (
        Deed(
            "publish", N_("Publish to this market"), N_("Publish these products to the market?"), "catalogue.publish",
            _products, _publish(catalogue_services.publish_products), for_market=True,
        ),
        Deed(
            "withdraw", N_("Withdraw from this market"), N_("Withdraw these products from the market?"),
            "catalogue.publish", _products, _publish(catalogue_services.withdraw_products), for_market=True,
        ),
        Deed(
            "confirm", N_("Confirm customs data"),
            N_("Confirm the customs data of these products as they stand? Labels and papers will bear them."),
            "catalogue.confirm_customs", _to_confirm, _confirm,
        ),
    ),
}  # fmt: skip
PLACES = {"orders": "/console/orders", "shipments": "/console/shipments", "products": "/console/products"}
SEES = {"orders": "console.see_orders", "shipments": "console.see_orders", "products": "console.see_products"}
