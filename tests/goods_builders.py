"""What tests of goods stand on: a store with a price list and a warehouse, and short words for an import."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from entrepot.domains.catalogue.engine.raw import Problem
from entrepot.domains.inventory import services as inventory
from entrepot.domains.organisation.types import StoreInfo
from entrepot.domains.pricing import services as pricing
from entrepot.flows.bring_in.import_catalogue import ImportReport, ImportSettings, import_catalogue
from entrepot.flows.bring_in.import_catalogue_files import load_defaults
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from tests.builders import demo_store

DAY = dt.date(2026, 11, 25)


def bare_store() -> StoreInfo:
    """Set up a store that can take goods: a price list in USD and a warehouse, no goods."""
    store = demo_store()
    with db.transaction():
        pricing.set_up_price_list(actor=SYSTEM, code="main-usd", store_code="main", currency="USD", base=True)
        inventory.set_up_warehouse(
            actor=SYSTEM, code="SZX", entity_id=store.entity.id, name="Shenzhen warehouse", kind="domestic",
            country="CN", city="Shenzhen", time_zone="Asia/Shanghai", cutoff="16:00", address={},
        )  # fmt: skip
    return store


def bring(
    store: StoreInfo, lines: Iterable[str] | str, form: str = "ours", **how: Any
) -> tuple[ImportReport, list[Problem]]:
    """Import lines and return the report with the refused rows."""
    refused: list[Problem] = []
    settings = ImportSettings(
        form=form,
        defaults=how.pop("defaults", None) or load_defaults(),
        store=store,
        currency="USD",
        warehouse="SZX",
        on=how.pop("on", DAY),
        markets=how.pop("markets", ("DE", "US")),
        **how,
    )
    text = lines.splitlines(keepends=True) if isinstance(lines, str) else lines
    report = import_catalogue(actor=SYSTEM, lines=text, settings=settings, refuse=refused.append)
    return report, refused


def a_file(count: int, **cells: str) -> str:
    """Return a catalogue file in our form with so many lamps of two colours each."""
    head = ["handle", "sku", "title", "option", "price", "stock", *cells]
    rows = [",".join(head)]
    for number in range(count):
        for colour in ("red", "blue"):
            row = [
                f"lamp-{number}",
                f"L{number}-{colour}",
                f"Desk lamp {number}",
                colour,
                "25.00",
                "8",
                *cells.values(),
            ]
            rows.append(",".join(row))
    return "\n".join(rows) + "\n"
