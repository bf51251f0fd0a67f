"""The demo merchant: who sells, where goods lie, which law and rates apply, who may log in. All from refdata/demo/shop.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from entrepot.domains.finance import queries as finance
from entrepot.domains.identity import queries as staff
from entrepot.domains.identity import services as identity
from entrepot.domains.ledger import services as ledger
from entrepot.domains.logistics import services as logistics
from entrepot.domains.markets import queries as market_data
from entrepot.domains.organisation import services as houses
from entrepot.domains.pricing import services as pricing
from entrepot.flows.bring_in.set_up import set_up
from entrepot.infra import db
from entrepot.kernel.actor import Actor

DEMO = Path(__file__).parent / "refdata" / "demo"
PASSWORD = "harbour-demo-2026"  # noqa: S105 printed at every start, refused in production


@cache
def shop() -> dict[str, Any]:
    """Return the demo merchant's data file."""
    return yaml.safe_load((DEMO / "shop.yaml").read_text(encoding="utf-8"))


def found_company(*, actor: Actor) -> str:
    """Set up the legal entity, its store, the chart of accounts and the price list; return the entity's public id."""
    with db.transaction():
        entity_id = houses.set_up_entity(actor=actor, **shop()["entity"])
        houses.set_up_store(actor=actor, **shop()["store"])
        pricing.set_up_price_list(actor=actor, **shop()["price_list"])
        ledger.set_up_accounts(actor=actor, accounts=finance.chart_of_accounts())
    words = yaml.safe_load((DEMO / "store_texts.yaml").read_text(encoding="utf-8"))
    set_up(actor=actor, told={"contact": shop()["contact"], "store_texts": words})
    return entity_id


def open_markets(*, actor: Actor) -> int:
    """Set up the demo's markets and hand-set exchange rates; return the number of markets."""
    told = market_data.demo_data()
    rows = [{"position": position, **row} for position, row in enumerate(told["markets"])]
    return set_up(actor=actor, told={"markets": rows, "fx": [told["fx"]]})["markets"]


def register_for_law(*, actor: Actor) -> int:
    """Record the tax registrations and the merchant's flat duty; return how many rows."""
    told = {name: shop()[name] for name in ("registrations", "merchant_duty")}
    return sum(set_up(actor=actor, told=told).values())


def build_warehouses(*, actor: Actor) -> int:
    """Set up the warehouses and the carriers' lanes; return the number of lanes."""
    set_up(actor=actor, told={"warehouses": shop()["warehouses"]})
    with db.transaction():
        logistics.set_up_number_ranges(actor=actor)
        return logistics.set_up_lanes(actor=actor)


def hire_staff(*, actor: Actor) -> int:
    """Set up the roles and one login per role; return how many logins are new."""
    known = {member.email for member in staff.all_staff()}
    fresh = 0
    with db.transaction():
        identity.set_up_roles(actor=actor)
        for row in shop()["users"]:
            if row["email"] in known:
                continue
            user_id = identity.create_user(
                actor=actor, email=row["email"], name=row["name"], password=PASSWORD, language=row["language"]
            )
            identity.grant(actor=actor, user_id=user_id, role=row["role"])
            fresh += 1
    return fresh
