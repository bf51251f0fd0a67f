"""Writes of pricing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import islice

from entrepot.domains.organisation import queries as organisation
from entrepot.domains.pricing.engine.unit import check_price
from entrepot.domains.pricing.models import Cost, PriceList
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, InvalidInput, NotFound

_CHUNK = 20_000
_CURRENCY = re.compile(r"[A-Z]{3}")

_UPSERT = """
WITH changed AS (
  INSERT INTO pricing_price (price_list_id, sku, from_date, unit_price)
  SELECT %(list)s, sku, %(from)s, unit_price FROM unnest(%(skus)s::text[], %(prices)s::numeric[]) AS t(sku, unit_price)
  ON CONFLICT (price_list_id, sku, from_date) DO UPDATE SET unit_price = EXCLUDED.unit_price
  WHERE pricing_price.unit_price IS DISTINCT FROM EXCLUDED.unit_price
  RETURNING price_list_id, sku, from_date, unit_price)
INSERT INTO pricing_pricelog (price_list_id, sku, from_date, unit_price, actor)
SELECT price_list_id, sku, from_date, unit_price, %(actor)s FROM changed
"""


@service("pricing.set_up")
def set_up_price_list(*, actor: Actor, code: str, store_code: str, currency: str, base: bool = False) -> str:
    """Create or update a price list by its code and return the code; a store has one base list and one per currency."""
    store = organisation.store_key(code=store_code)
    PriceList.objects.update_or_create(code=code, defaults={"store_id": store, "currency": currency, "base": base})
    return code


@service("pricing.set_prices")
def set_prices(*, actor: Actor, price_list: str, rows: Iterable[tuple[str, Decimal | None]], from_date: dt.date) -> int:
    """Set net unit prices (sku, price) from a day on, and return how many differed from what was set for that day.

    A price None ends the SKU's price. Bulk: one statement per 20,000 rows, price and log together.

    Raises:
        NotFound: no such list.
        InvalidInput: a negative price, or one with more than six decimals.
    """
    known = PriceList.objects.filter(code=price_list).first()
    if known is None:
        raise NotFound(kind="price list", key=price_list)
    changed, rest = 0, iter(rows)
    while chunk := dict(islice(rest, _CHUNK)):
        for sku, value in chunk.items():
            if value is not None:
                check_price(sku, value)
        changed += db.execute(
            _UPSERT,
            {
                "list": known.pk,
                "from": from_date,
                "skus": list(chunk),
                "prices": list(chunk.values()),
                "actor": f"{actor.kind}:{actor.id}",
            },
        )
    return changed


@service("pricing.set_prices")
def set_cost(*, actor: Actor, store_code: str, sku: str, unit_cost: Decimal, currency: str, from_date: dt.date) -> None:
    """Say what one unit of a SKU costs the shop itself from a day on; said again for that day, it takes the place.

    Raises InvalidInput: a negative cost, more than six decimals, or a currency of the wrong form.
    """
    check_price(sku, unit_cost)
    if not _CURRENCY.fullmatch(currency):
        raise InvalidInput(field="currency", value=currency, rule=N_("A currency is three capital letters, e.g. EUR."))
    Cost.objects.update_or_create(
        store_id=organisation.store_key(code=store_code),
        sku=sku,
        from_date=from_date,
        defaults={"unit_cost": unit_cost, "currency": currency},
    )
