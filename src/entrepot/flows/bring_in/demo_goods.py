"""The demo merchant's goods: brought in by the same import as anybody's, from refdata/demo/products/*.yaml."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import yaml

from entrepot.domains.catalogue.engine.raw import Problem
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.inventory import services as stock
from entrepot.domains.organisation import queries as organisation
from entrepot.flows.bring_in.demo_labels import label_demo_goods
from entrepot.flows.bring_in.demo_shop import DEMO, shop
from entrepot.flows.bring_in.import_catalogue import ImportReport, ImportSettings, import_catalogue
from entrepot.flows.bring_in.import_catalogue_batch import OPENING
from entrepot.flows.bring_in.import_catalogue_files import load_defaults
from entrepot.infra import db
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import DataFault

FIRST_WAREHOUSE = "SZX"


def demo_products() -> list[dict[str, Any]]:
    """Return the demo's products in the form of the JSON-lines import; customs data of the product go to each variant."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = []
    for path in sorted((DEMO / "products").glob("*.yaml")):
        for product in yaml.load(path.read_text(encoding="utf-8"), Loader=loader)["products"]:  # noqa: S506 safe
            shared = product.pop("customs", {})
            product["variants"] = [{**shared, **variant} for variant in product["variants"]]
            found.append(product)
    return found


def bring_demo_goods(*, actor: Actor, markets: tuple[str, ...]) -> ImportReport:
    """Import the demo's products with prices, pictures, labels and opening stock in every warehouse, and publish them.

    Running it again changes nothing. Raises DataFault when one of our own rows breaks a rule of the import.
    """
    products = demo_products()
    wanted = {v["sku"]: v.pop("stock", {}) for product in products for v in product["variants"]}
    for product in products:
        for variant in product["variants"]:
            variant["stock"] = wanted[variant["sku"]].get(FIRST_WAREHOUSE, 0)
    report = import_catalogue(
        actor=actor,
        lines=[json.dumps(product, ensure_ascii=False) for product in products],
        settings=ImportSettings(
            form="ours",
            defaults=load_defaults(),
            store=organisation.store(),
            currency=shop()["price_list"]["currency"],
            warehouse=FIRST_WAREHOUSE,
            on=_first_day(),
            markets=markets,
        ),
        refuse=_never,
    )
    _stock_elsewhere(actor, wanted)
    label_demo_goods(actor=actor, products=products)
    return report


def _first_day() -> dt.date:
    return shop()["prices_from"]


def _never(problem: Problem) -> None:
    raise DataFault(what=f"demo goods, product {problem.row}: {problem.field} “{problem.value}”. {problem.rule}")


def _stock_elsewhere(actor: Actor, wanted: dict[str, dict[str, int]]) -> None:
    """Receive the opening stock of the further warehouses, once."""
    held = inventory.available(skus=wanted)
    rows = [
        (warehouse, sku, units)
        for sku, places in wanted.items()
        for warehouse, units in places.items()
        if warehouse != FIRST_WAREHOUSE and units and warehouse not in held[sku]
    ]
    if rows:
        with db.transaction():
            stock.receive_stocks(actor=actor, rows=rows, reference=OPENING)
