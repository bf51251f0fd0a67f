"""Fifty buyers race for ten units over HTTP on all four payment paths; ten are sold, and never an eleventh."""

from __future__ import annotations

import psycopg
import pytest

from bench import race
from bench._live import Live

pytestmark = pytest.mark.slow
BUYERS, UNITS, LEAVERS = 50, 10, 3


@pytest.mark.parametrize("method", race.METHODS)
def test_ten_units_are_sold_ten_times(shop: Live, method: str) -> None:
    race.restock(shop, UNITS)
    path = race.Race(shop, method, UNITS, LEAVERS)
    path.round(BUYERS)
    assert path.answers == {"placed": UNITS, "OUT_OF_STOCK": BUYERS - UNITS}
    assert path.attempts() == UNITS
    first = list(path.orders)
    path.pay(first[LEAVERS:])
    path.shop.settle()
    assert path.sold() == UNITS - (0 if method == "cash_on_delivery" else LEAVERS)

    assert path.leave(first[:LEAVERS]) == LEAVERS
    path.orders.clear()
    path.round(BUYERS - UNITS)
    assert len(path.orders) == LEAVERS
    path.pay(list(path.orders))
    assert path.sold() == UNITS
    assert path.attempts() == UNITS + LEAVERS
    assert path.answers["OUT_OF_STOCK"] == 2 * (BUYERS - UNITS) - LEAVERS

    assert path.strangers() == 0
    left = shop.sql("SELECT sum(on_hand - reserved) FROM inventory_stock WHERE sku = %s", [race.SKU])[0][0]
    assert left == 0
    with pytest.raises(psycopg.errors.CheckViolation):
        shop.sql("UPDATE inventory_stock SET reserved = reserved + 1 WHERE sku = %s AND on_hand > 0", [race.SKU])
    books = shop.sql("SELECT coalesce(sum(amount_minor), 0) FROM ledger_posting")[0][0]
    assert books == 0
