"""Markets, rates, prices, registrations and tariffs in the database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError

from entrepot.domains.customs import queries as customs
from entrepot.domains.customs import services as customs_services
from entrepot.domains.customs.engine.tables import TariffRow
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets import services as market_services
from entrepot.domains.markets.errors import ClosedMarket, NoRate, StaleRate
from entrepot.domains.pricing import queries as pricing
from entrepot.domains.pricing import services as pricing_services
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax import services as tax_services
from entrepot.domains.tax.errors import OutsideTerritory
from entrepot.infra import db
from entrepot.infra.memo import forget_all
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import InvalidInput, NotFound, PermissionDenied
from tests.builders import demo_store
from tests.law_builders import DAY

pytestmark = pytest.mark.django_db


def set_up_market(**changed: object) -> str:
    fields = {
        "code": "DE", "country": "DE", "currency": "EUR", "locales": ["de", "en"], "tax_display": "incl",
        "time_zone": "Europe/Berlin", "open": True,
    }  # fmt: skip
    return market_services.set_up_market(actor=SYSTEM, **{**fields, **changed})  # type: ignore[arg-type]


# ---- markets and rates


def test_a_market_opens_and_closes() -> None:
    set_up_market()
    assert markets.open_market(code="de").locales == ("de", "en")
    market_services.close_market(actor=SYSTEM, code="DE")
    with pytest.raises(ClosedMarket, match="We do not deliver to DE"):
        markets.open_market(code="DE")
    market_services.open_market(actor=SYSTEM, code="DE")
    assert markets.open_market(code="DE").open
    with pytest.raises(NotFound):
        markets.market(code="XX")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("currency", "EURO"),
        ("tax_display", "both"),
        ("country", "Germany"),
        ("locales", []),
        ("time_zone", "Mars/Base"),
    ],
)
def test_a_market_refuses_nonsense(field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        set_up_market(**{field: value})
    assert refused.value.field == field


def test_rates_load_once_and_say_their_day() -> None:
    market_services.set_up_fx_source(actor=SYSTEM, code="ECB", base="EUR", age_limit_days=5)
    rows = [(DAY, "USD", Decimal("1.2")), (DAY, "GBP", Decimal("0.8")), (DAY, "USD", Decimal("1.25"))]
    load = {"actor": SYSTEM, "source": "ECB", "rows": rows, "base": "EUR"}
    assert market_services.load_fx_rates(**load) == 2 and market_services.load_fx_rates(**load) == 0
    quote = markets.fx_quote(source_currency="GBP", target="USD", on=DAY)
    assert (quote.rate, quote.date, quote.source) == (Decimal("1.5625"), DAY, "ECB")
    assert markets.fx_quote(source_currency="EUR", target="SAR", on=DAY).rate == Decimal("4.6875")
    with pytest.raises(StaleRate):
        markets.fx_quote(source_currency="EUR", target="USD", on=DAY + dt.timedelta(days=6))
    with pytest.raises(NoRate, match="from EUR to JPY"):
        markets.fx_quote(source_currency="EUR", target="JPY", on=DAY)
    with pytest.raises(NoRate):
        markets.fx_quote(source_currency="EUR", target="USD", on=DAY - dt.timedelta(days=1))


def test_a_bad_rate_stops_the_whole_load() -> None:
    market_services.set_up_fx_source(actor=SYSTEM, code="ECB", base="EUR", age_limit_days=5)
    for rows in ([(DAY, "USD", Decimal(0))], [(DAY, "usd", Decimal(1))], [(DAY, "USD", Decimal("NaN"))]):
        with pytest.raises(InvalidInput):
            market_services.load_fx_rates(actor=SYSTEM, source="ECB", rows=rows, base="EUR")
    with pytest.raises(InvalidInput):
        market_services.load_fx_rates(actor=SYSTEM, source="ECB", rows=[], base="USD")
    with pytest.raises(NotFound):
        market_services.load_fx_rates(actor=SYSTEM, source="nobody", rows=[], base="EUR")


# ---- prices


@pytest.fixture
def lists() -> str:
    store = demo_store()
    pricing_services.set_up_price_list(actor=SYSTEM, code="usd", store_code="main", currency="USD", base=True)
    pricing_services.set_up_price_list(actor=SYSTEM, code="eur", store_code="main", currency="EUR")
    return store.id


def set_prices(price_list: str, rows: list[tuple[str, Decimal | None]], day: dt.date = DAY) -> int:
    return pricing_services.set_prices(actor=SYSTEM, price_list=price_list, rows=rows, from_date=day)


def test_the_list_in_the_currency_comes_before_the_base_list(lists: str) -> None:
    set_prices("usd", [("A", Decimal(10)), ("B", Decimal("0.123456"))])
    set_prices("eur", [("A", Decimal(9))])
    found = pricing.prices(skus=["A", "B", "C", "A"], currency="EUR", store_id=lists, on=DAY)
    assert {sku: (fact.unit_price, fact.currency) for sku, fact in found.items()} == {
        "A": (Decimal(9), "EUR"), "B": (Decimal("0.123456"), "USD"),
    }  # fmt: skip


def test_a_price_holds_until_the_next_and_may_end(lists: str) -> None:
    later = DAY + dt.timedelta(days=7)
    set_prices("usd", [("A", Decimal(10))])
    set_prices("usd", [("A", Decimal(8))], later)
    set_prices("usd", [("A", None)], later + dt.timedelta(days=7))

    def price(day: dt.date) -> Decimal | None:
        fact = pricing.prices(skus=["A"], currency="USD", store_id=lists, on=day).get("A")
        return fact.unit_price if fact else None

    days = [DAY - dt.timedelta(1), DAY, later - dt.timedelta(1), later, later + dt.timedelta(7)]
    assert [price(day) for day in days] == [None, 10, 10, 8, None]
    assert pricing.lowest_price(sku="A", price_list="usd", since=DAY, on=later) == 8
    assert pricing.lowest_price(sku="A", price_list="usd", since=DAY, on=later - dt.timedelta(1)) == 10


def test_only_what_differs_is_written_and_logged(lists: str) -> None:
    many = [(f"S{n}", Decimal(n)) for n in range(1, 301)]
    assert set_prices("usd", many) == 300 and set_prices("usd", many) == 0
    assert set_prices("usd", [("S1", Decimal(5)), ("S2", Decimal(2))]) == 1
    assert db.fetch("SELECT count(*) FROM pricing_pricelog")[0][0] == 301


def test_the_price_log_only_grows(lists: str, as_owner: None) -> None:
    set_prices("usd", [("A", Decimal(1))])
    for sql in ("UPDATE pricing_pricelog SET unit_price = 0", "DELETE FROM pricing_pricelog"):
        with pytest.raises(DatabaseError, match="only grows"), db.transaction():
            db.execute(sql)


def test_bad_prices_are_refused(lists: str) -> None:
    for bad in ("-1", "NaN", "0.1234567", "100000000000000"):
        with pytest.raises(InvalidInput):
            set_prices("usd", [("A", Decimal(bad))])
    with pytest.raises(NotFound):
        set_prices("none", [])


# ---- registrations and tariffs


def test_a_registration_opens_its_scheme_from_its_day() -> None:
    entity = demo_store().entity.id

    def scheme_open(day: dt.date) -> bool:
        rules = tax.rules(destination="DE", region="", entity_id=entity, on=day)
        return next(s.registered for s in rules.schemes if s.key == "ioss")

    assert not scheme_open(DAY)
    start = DAY - dt.timedelta(days=3)
    register = {"actor": SYSTEM, "entity_id": entity, "scheme": "ioss", "jurisdiction": "EU", "number": "IM1"}
    tax_services.register(**register, from_date=start, until=DAY + dt.timedelta(days=1))
    assert [scheme_open(start - dt.timedelta(1)), scheme_open(start), scheme_open(DAY)] == [False, True, True]
    assert not scheme_open(DAY + dt.timedelta(days=1))
    assert tax.rules(destination="DE", region="", entity_id=entity, on=DAY).next_boundary == DAY + dt.timedelta(days=1)
    with pytest.raises(InvalidInput, match="overlaps"):
        tax_services.register(**register, from_date=DAY)
    with pytest.raises(InvalidInput):
        tax_services.register(**register, from_date=DAY, until=DAY)
    with pytest.raises(NotFound):
        tax_services.register(**{**register, "entity_id": "00000000-0000-7000-8000-000000000000"}, from_date=DAY)


def import_tariff(rows: list[TariffRow], day: dt.date, source: str = "file", **more: object) -> int:
    return customs_services.import_tariff(
        actor=SYSTEM, territory="EU", rows=rows, from_date=day, source=source, **more  # type: ignore[arg-type]
    )  # fmt: skip


def row(code: str, ppm: int, origin: str = "", name: str = "") -> TariffRow:
    return TariffRow(code, origin, ppm, False, name, None, None, "", "dataset")


def rate_on(day: dt.date, code: str = "6109100010", origin: str = "CN") -> tuple[int, str]:
    found = customs.rules(destination="DE", pairs=[(code, origin)], on=day).rates[code, origin]
    return found.rate_ppm, found.rule.source


def test_a_new_edition_of_a_tariff_ends_the_old_one() -> None:
    before = DAY - dt.timedelta(days=30)
    assert import_tariff([row("61091000", 110_000), row("610910", 100_000)], before, "old") == 2
    assert import_tariff([row("61091000", 90_000)], DAY, "new") == 1
    assert import_tariff([row("61091000", 90_000)], DAY, "new") == 0
    assert rate_on(DAY) == (90_000, "new") and rate_on(DAY - dt.timedelta(1)) == (110_000, "old")
    assert rate_on(DAY, "6109109999") == (100_000, "old")
    assert customs.rules(destination="DE", pairs=[("61091000", "CN")], on=DAY - dt.timedelta(1)).next_boundary == DAY


def test_a_duty_on_top_by_origin() -> None:
    import_tariff([row("610910", 250_000, "CN", "list 9")], DAY, added=True)
    rates = customs.rules(destination="DE", pairs=[("610910", "CN"), ("610910", "VN")], on=DAY).rates
    assert [a.rate_ppm for a in rates["610910", "CN"].added] == [250_000] and not rates["610910", "VN"].added


def test_the_merchants_own_duty_is_shown_as_such() -> None:
    assert customs.rules(destination="SA", pairs=[("999999", "CN")], on=DAY).rates["999999", "CN"].rate_ppm == 50_000
    customs_services.set_merchant_duty(actor=SYSTEM, territory="SA", rate_ppm=70_000, from_date=DAY)
    found = customs.rules(destination="SA", pairs=[("999999", "CN")], on=DAY).rates["999999", "CN"]
    assert (found.rate_ppm, found.rule.confidence, found.rule.value) == (70_000, "merchant", "7 %")


def test_the_doubt_about_a_list_ends_when_the_list_is_imported_under_its_name() -> None:
    def told(code: str) -> str:
        return customs.rules(destination="US", pairs=[(code, "CN")], on=DAY).rates[code, "CN"].rule.source

    assert "list duties not loaded" in told("610910")
    listed = TariffRow("610910", "CN", 75_000, True, "section_301_china_lists", None, None, "", "official")
    customs_services.import_tariff(
        actor=SYSTEM, territory="US", rows=[listed], from_date=DAY, source="HTS chapter 99", added=True
    )
    rates = customs.rules(destination="US", pairs=[("610910", "CN")], on=DAY).rates["610910", "CN"]
    assert rates.added[-1].rate_ppm == 75_000 and "not loaded" not in rates.rule.source
    assert "not loaded" not in told("420222")  # the list is there; these goods do not stand in it


def test_tax_rules_know_the_postcode() -> None:
    entity = demo_store().entity.id
    for postcode in ("", "24105", "27498", "24105"):  # what is kept for one postcode serves no other
        if postcode != "27498":
            assert tax.rules(destination="DE", region="", entity_id=entity, on=DAY, postcode=postcode).rates
            continue
        with pytest.raises(OutsideTerritory, match="Helgoland"):
            tax.rules(destination="DE", region="", entity_id=entity, on=DAY, postcode=postcode)


def test_a_bad_tariff_row_stops_the_whole_load() -> None:
    for rows in ([row("61", 1)], [row("610910", -1)], [row("610910", 1), row("610910", 2)]):
        with pytest.raises(InvalidInput):
            import_tariff(rows, DAY)
    with pytest.raises(NotFound):
        customs_services.import_tariff(actor=SYSTEM, territory="XX", rows=[], from_date=DAY, source="f")


def test_a_quote_costs_at_most_one_statement_each(django_assert_num_queries: object) -> None:
    entity = demo_store().entity.id
    forget_all()
    with django_assert_num_queries(3):  # type: ignore[operator]  # the third, what the merchant says, once a minute
        for _ in range(3):
            tax.rules(destination="DE", region="", entity_id=entity, on=DAY)
            customs.rules(destination="DE", pairs=[("610910", "CN"), ("691110", "CN")], on=DAY)


def test_only_who_may_writes() -> None:
    nobody = Actor("staff", "x")
    with pytest.raises(PermissionDenied):
        market_services.close_market(actor=nobody, code="DE")
    with pytest.raises(PermissionDenied):
        customs_services.set_merchant_duty(actor=nobody, territory="EU", rate_ppm=1, from_date=DAY)
