"""A quote taken apart: every row with its sum and rule; the rows come to what was charged."""

from __future__ import annotations

import msgspec
import pytest

from entrepot.flows.price.explain import explain
from entrepot.flows.price.replay import recompute
from tests.builders import a_quote, seed_shop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("market", ["DE", "US", "SA"])
def test_every_row_of_a_quote_is_explained_and_comes_out_anew(market: str) -> None:
    seed_shop()
    quote = a_quote({"LAMP-OAK": 1, "SPK-MINI": 2, "TEA-CUP": 3}, market=market)
    told = explain(quote, recompute(quote, on=quote.tax_point))
    assert told.follows
    assert sum(row.stored_minor for row in told.rows) == quote.total_minor
    assert [s.stored_minor for s in told.sums if not s.consignment] == [quote.total_minor]
    for row in told.rows:
        assert row.by_law_minor == row.stored_minor
        assert row.rule.source and row.rule.confidence and row.rounding
        if row.how == "rate":
            assert abs(row.exact - row.recomputed_minor) <= 1
        if row.line:
            assert row.sku in ("LAMP-OAK", "SPK-MINI", "TEA-CUP") and row.title
        if not row.stored_minor:
            assert row.reason, row
    if market == "US":
        held = [row for row in told.rows if row.how == "held"]
        assert all(row.least_minor <= row.stored_minor <= row.most_minor for row in held)


def test_a_row_that_was_tampered_with_does_not_follow() -> None:
    seed_shop()
    quote = a_quote({"LAMP-OAK": 1})
    one = quote.consignments[0]
    at = next(n for n, c in enumerate(one.charges) if c.rate_ppm and c.amount_minor)
    charges = list(one.charges)
    charges[at] = msgspec.structs.replace(charges[at], amount_minor=charges[at].amount_minor + 7)
    bad = msgspec.structs.replace(quote, consignments=(msgspec.structs.replace(one, charges=tuple(charges)),))
    told = explain(bad)
    assert not told.follows
    assert [row.stored_minor - row.recomputed_minor for row in told.rows if not row.follows] == [7]
    assert all(row.by_law_minor is None for row in told.rows)
