"""Builders of what many tests stand on. Each area adds its own builders beside its tests; only what all share is here."""

from __future__ import annotations

from entrepot.domains.organisation import queries, services
from entrepot.domains.organisation.types import StoreInfo
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM


def demo_store(*, code: str = "main") -> StoreInfo:
    """Set up the demo's entity and one store, and return the store; calling it again returns the same."""
    with db.transaction():
        services.set_up_entity(
            actor=SYSTEM,
            code="lingang",
            name="Lingang Trading (Shenzhen) Co., Ltd.",
            local_name="深圳临港贸易有限公司",
            country="CN",
            book_currency="CNY",
            time_zone="Asia/Shanghai",
            tax_ids={"ioss": "IM1560000000", "eori": "DE000000000000000"},
            address={"line1": "18 Nanhai Avenue", "city": "Shenzhen", "region": "Guangdong", "postcode": "518067"},
        )
        services.set_up_store(
            actor=SYSTEM, code=code, entity_code="lingang", name="Entrepôt demo store", base_currency="USD"
        )
    return queries.store(code=code)
