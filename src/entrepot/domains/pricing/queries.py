"""Reads of pricing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from entrepot.domains.pricing.types import CostFact, LoggedPrice, PriceFact, PriceListInfo
from entrepot.infra import db

_IN_FORCE = """
SELECT k.sku, p.unit_price, l.currency, l.code
FROM pricing_pricelist l JOIN organisation_store s ON s.id = l.store_id AND s.public_id = %s
CROSS JOIN unnest(%s::text[]) AS k(sku)
CROSS JOIN LATERAL (SELECT unit_price FROM pricing_price
                    WHERE price_list_id = l.id AND sku = k.sku AND from_date <= %s
                    ORDER BY from_date DESC LIMIT 1) p
WHERE (l.currency = %s OR l.base) AND p.unit_price IS NOT NULL
ORDER BY l.currency = %s
"""


def prices(*, skus: Iterable[str], currency: str, store_id: str, on: dt.date) -> dict[str, PriceFact]:
    """Return the net unit price of each SKU in force on a day: from the list in that currency, else from the base list.

    One statement. A SKU without a price is missing in the answer. The caller converts when `currency` differs.
    """
    rows = db.fetch(_IN_FORCE, [store_id, list(dict.fromkeys(skus)), on, currency, currency])
    return {sku: PriceFact(sku, unit_price, found, code) for sku, unit_price, found, code in rows}


def lowest_price(*, sku: str, price_list: str, since: dt.date, on: dt.date) -> Decimal | None:
    """Return the lowest net unit price that was in force on any day from `since` until `on`, None when there was none."""
    rows = db.fetch(
        "SELECT min(unit_price) FROM (SELECT p.unit_price, p.from_date,"
        " lead(p.from_date) OVER (ORDER BY p.from_date) AS next_date FROM pricing_price p"
        " JOIN pricing_pricelist l ON l.id = p.price_list_id WHERE l.code = %s AND p.sku = %s) t"
        " WHERE from_date <= %s AND (next_date IS NULL OR next_date > %s)",
        [price_list, sku, on, since],
    )
    return rows[0][0]


def price_lists(*, store_id: str) -> dict[str, str]:
    """Return currency → code of a store's price lists, the base list first."""
    rows = db.fetch(
        "SELECT l.currency, l.code FROM pricing_pricelist l JOIN organisation_store s ON s.id = l.store_id"
        " WHERE s.public_id = %s ORDER BY NOT l.base, l.currency",
        [store_id],
    )
    return dict(rows)


def all_price_lists(*, store_id: str) -> tuple[PriceListInfo, ...]:
    """Return the price lists of a store with the number of SKUs in them, the base list first."""
    rows = db.fetch(
        "SELECT l.code, l.currency, l.base, (SELECT count(DISTINCT sku) FROM pricing_price p WHERE p.price_list_id = l.id)"
        " FROM pricing_pricelist l JOIN organisation_store s ON s.id = l.store_id"
        " WHERE s.public_id = %s ORDER BY NOT l.base, l.currency",
        [store_id],
    )
    return tuple(PriceListInfo(*row) for row in rows)


def own_prices(*, skus: Iterable[str], store_id: str, on: dt.date) -> dict[str, dict[str, Decimal]]:
    """Return sku → currency → net unit price in force on a day, from each list that has one (one statement)."""
    rows = db.fetch(
        "SELECT DISTINCT ON (p.sku, l.currency) p.sku, l.currency, p.unit_price FROM pricing_price p"
        " JOIN pricing_pricelist l ON l.id = p.price_list_id JOIN organisation_store s ON s.id = l.store_id"
        " WHERE s.public_id = %s AND p.sku = ANY(%s) AND p.from_date <= %s ORDER BY p.sku, l.currency, p.from_date DESC",
        [store_id, list(skus), on],
    )
    found: dict[str, dict[str, Decimal]] = {}
    for sku, currency, price in rows:
        if price is not None:
            found.setdefault(sku, {})[currency] = price
    return found


def price_log(*, sku: str, limit: int = 100) -> tuple[LoggedPrice, ...]:
    """Return what was ever set for a SKU, the newest first."""
    rows = db.fetch(
        "SELECT l.code, l.currency, g.unit_price, g.from_date, g.recorded_at, g.actor FROM pricing_pricelog g"
        " JOIN pricing_pricelist l ON l.id = g.price_list_id WHERE g.sku = %s ORDER BY g.recorded_at DESC, g.id DESC LIMIT %s",
        [sku, limit],
    )
    return tuple(LoggedPrice(*row) for row in rows)


def costs(*, skus: Iterable[str], store_id: str, on: dt.date) -> dict[str, CostFact]:
    """Return what a unit of each SKU costs the shop on a day; a SKU whose cost nobody has told is missing."""
    rows = db.fetch(
        "SELECT DISTINCT ON (c.sku) c.sku, c.unit_cost, c.currency, c.from_date FROM pricing_cost c"
        " JOIN organisation_store s ON s.id = c.store_id"
        " WHERE s.public_id = %s AND c.sku = ANY(%s) AND c.from_date <= %s ORDER BY c.sku, c.from_date DESC",
        [store_id, list(skus), on],
    )
    return {row[0]: CostFact(*row) for row in rows}
