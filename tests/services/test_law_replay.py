"""An old quote comes to the same cents: from what it stored, and by the law of its day after the law went on."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from entrepot.domains.checkout.types import CartLine
from entrepot.domains.customs import queries as customs
from entrepot.flows.price import replay
from entrepot.flows.price.landed_cost import landed_cost
from entrepot.flows.price.quote_cart import quote_cart
from entrepot.flows.price.replay import recompute, replay_stored
from entrepot.infra.memo import forget_all
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.quote import FrozenQuote
from tests.builders import AT, seed_shop
from tests.law_builders import DAY, customs_rules, lines, parcel, tax_rules

pytestmark = pytest.mark.django_db
CART = (CartLine("LAMP-OAK", 1), CartLine("SPK-MINI", 2), CartLine("TEA-CUP", 3))


def stored_quotes() -> list[FrozenQuote]:
    """One quote per market, written to JSON and read back as the database does."""
    seed_shop()
    found = []
    for market, place in (("DE", {}), ("US", {"country": "US", "region": "CA", "postcode": "94105"}), ("SA", {})):
        quote = quote_cart(actor=SYSTEM, market=market, at=AT, lines=CART, **place)
        found.append(msgspec.json.decode(msgspec.json.encode(quote), type=FrozenQuote))
    return found


def test_a_stored_quote_replays_to_the_same_cents_after_the_law_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quotes = stored_quotes()
    for name in ("EU.yaml", "US.yaml", "SA.yaml", "tariff_EU.yaml", "tariff_US.yaml"):
        text = (Path(customs.__file__).parent / "refdata" / name).read_text("utf-8")
        if name == "EU.yaml":  # from January the fixed duty is five euros
            old = text[text.index("  - key: low_value_fixed_duty") : text.index("  - key: tariff")]
            new = old.replace("from: 2026-07-01", "from: 2027-01-01").replace('"3.00"', '"5.00"')
            text = text.replace(old, old.replace("until: 2028-07-01", "until: 2027-01-01") + new)
        (tmp_path / name).write_text(text, "utf-8")
    changed = customs.load_law(tmp_path)
    monkeypatch.setattr(customs, "law", lambda: changed)
    forget_all()
    for quote in quotes:
        assert replay_stored(quote) == ()
        assert sum(c.total_minor for c in recompute(quote, on=quote.tax_point)) == quote.total_minor
    german = quotes[0]
    later = recompute(german, on=dt.date(2027, 1, 1))
    items = sum(
        len({line.hs_code[:6] for line in c.lines}) for c in german.consignments if c.warehouse_country not in ("NL",)
    )
    assert sum(c.total_minor for c in later) - german.total_minor == 200 * items


def test_a_quote_that_was_tampered_with_does_not_replay() -> None:
    quote = stored_quotes()[0]
    one = quote.consignments[0]
    row = next(n for n, c in enumerate(one.charges) if c.rate_ppm and c.amount_minor)
    charges = list(one.charges)
    charges[row] = msgspec.structs.replace(charges[row], amount_minor=charges[row].amount_minor - 1)
    bad = msgspec.structs.replace(one, charges=tuple(charges))
    found = replay_stored(msgspec.structs.replace(quote, consignments=(bad, *quote.consignments[1:])))
    assert [d.replayed_minor - d.stored_minor for d in found] == [1]


def test_the_category_of_a_line_is_told_by_its_rule() -> None:
    cases = (("GB", "", "books"), ("US", "NY", "clothing"), ("JP", "", "food_basic"), ("DE", "", "standard"))
    for country, region, category in cases:
        rows = lines((5_000, "490199"), category=category)
        rules = tax_rules(country, DAY, region=region, registered=["sales_tax@US-NY", "vat@GB", "ioss@EU"])
        currency = {"US": "USD", "GB": "GBP", "JP": "JPY"}.get(country, "EUR")
        sent = parcel(rows, to=country, currency=currency, region=region, freight=100_000)
        cost = landed_cost(sent, customs_rules(country, DAY, rows), rules, DAY)
        one = SimpleNamespace(charges=cost.charges)
        stored = SimpleNamespace(ref=rows[0].ref, tax_category="standard")
        assert replay._category(one, stored) == category, country
