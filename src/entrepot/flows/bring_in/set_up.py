"""Set a shop up from a file: markets, exchange rates, registrations, flat duty, warehouses, rate cards, stock, publication.

Each section is a list of rows whose fields are the arguments of the service that takes them; the demo's own data have the
same form. All of a file goes in, or nothing; the same file again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from entrepot.domains.catalogue import queries as catalogue_queries
from entrepot.domains.catalogue import services as catalogue
from entrepot.domains.customs import services as customs
from entrepot.domains.inventory import services as inventory
from entrepot.domains.logistics import queries as logistics_queries
from entrepot.domains.logistics import services as logistics
from entrepot.domains.markets import services as markets
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.organisation import services as houses
from entrepot.domains.tax import services as tax
from entrepot.flows.bring_in.import_fx import load_hand_set
from entrepot.infra import db
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, InvalidInput

Row = dict[str, Any]
PAGE = 500


def set_up(*, actor: Actor, told: Mapping[str, Sequence[Row]]) -> dict[str, int]:
    """Put a file's sections in, in one transaction, and return how many rows each had.

    Raises:
        InvalidInput: an unknown section, or a row that lacks a field or has one too many.
        Whatever a service says of a value.
    """
    for name in told:
        if name not in SECTIONS:
            rule = N_(
                "Sections are: contact, store_texts, markets, fx, registrations, merchant_duty, warehouses, lanes, stock,"
                " publish."
            )
            raise InvalidInput(field="section", value=name, rule=rule)
    done = {}
    with db.transaction():
        for name, put in SECTIONS.items():
            if name in told:
                done[name] = _each(actor, name, told[name], put)
    return done


def _each(actor: Actor, name: str, rows: Sequence[Row], put: Callable[[Actor, Row], object]) -> int:
    for number, row in enumerate(rows, start=1):
        try:
            put(actor, dict(row))
        except (TypeError, KeyError) as fault:  # an argument too many or too few
            rule = N_("A field is missing or unknown; the message of the program says which.")
            raise InvalidInput(field=f"{name}[{number}]", value=str(fault), rule=rule) from fault
    return len(rows)


def put_contact(actor: Actor, row: Row) -> None:
    """Say where buyers reach the store."""
    houses.set_contact(actor=actor, store_code=organisation.store().code, **row)


def put_store_text(actor: Actor, row: Row) -> None:
    """Store what the shop tells its buyers in its own words."""
    houses.set_store_text(actor=actor, store_code=organisation.store().code, **row)


def put_market(actor: Actor, row: Row) -> None:
    """Create or update a market."""
    markets.set_up_market(actor=actor, **row)


def put_rates(actor: Actor, row: Row) -> None:
    """Load a day's exchange rates set by hand."""
    load_hand_set(actor=actor, fx={"note": "", **row})


def put_registration(actor: Actor, row: Row) -> None:
    """Record a tax registration of the store's entity."""
    tax.register(actor=actor, entity_id=organisation.store().entity.id, **row)


def put_flat_duty(actor: Actor, row: Row) -> None:
    """Record the merchant's own duty where no tariff is known."""
    customs.set_merchant_duty(actor=actor, **row)


def put_warehouse(actor: Actor, row: Row) -> None:
    """Create or update a warehouse of the store's entity."""
    inventory.set_up_warehouse(actor=actor, entity_id=organisation.store().entity.id, **row)


def put_lane(actor: Actor, row: Row) -> None:
    """Create or update a rate card; its steps are written as in a rate card file."""
    card = {key: str(value) if key == "steps" else value for key, value in {"end": "", **row}.items()}
    logistics.set_up_lanes(actor=actor, rows=[logistics_queries.rate_card(card)])


def put_stock(actor: Actor, row: Row) -> None:
    """Receive units into a warehouse; a reference that was received before changes nothing."""
    inventory.receive_stock(actor=actor, entity_id=organisation.store().entity.id, **row)


def put_publication(actor: Actor, row: Row) -> None:
    """Publish all goods, or those of some handles, to a market."""
    market, handles = row["market"], row.get("handles")
    if handles:
        ids = [catalogue_queries.product(handle=handle, language="en").id for handle in handles]
        catalogue.publish_products(actor=actor, product_ids=ids, market=market)
        return
    after = ""
    while page := catalogue_queries.product_ids(after=after, limit=PAGE):
        catalogue.publish_products(actor=actor, product_ids=page, market=market)
        after = page[-1]


SECTIONS: dict[str, Callable[[Actor, Row], object]] = {
    "contact": put_contact,
    "store_texts": put_store_text,
    "markets": put_market,
    "fx": put_rates,
    "registrations": put_registration,
    "merchant_duty": put_flat_duty,
    "warehouses": put_warehouse,
    "lanes": put_lane,
    "stock": put_stock,
    "publish": put_publication,
}
