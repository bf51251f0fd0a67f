"""Tax records and returns without a database: equal to the entries, nothing left after everything is taken back, fields of forms."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import _quarter as quarter
from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine import accounts, return_entries, return_words, returns, tax_records
from entrepot.domains.finance.types import CurrencyTotal, PeriodRate, TaxSum
from entrepot.domains.orders.engine import refunds
from entrepot.domains.orders.types import ChangedLines
from entrepot.domains.parties.engine.address import area_names
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine.returns import bounds, due_on, period_before, period_of
from entrepot.kernel.errors import DataFault, InvalidInput

ENTITY = "00000000-0000-4000-8000-000000000001"
TAXES = (accounts.TAX_PAYABLE, accounts.IMPORT_TAX_PAYABLE)
COUNTRIES = sorted(tax.covered_countries())
DAY = dt.date(2026, 8, 14)


def made(seed, country):
    draw = random.Random(seed)
    while True:
        one = quarter._order(draw, country, ENTITY)
        if one is not None:
            return one


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(COUNTRIES))
def test_records_are_what_the_entry_posts_in_every_history(seed, country):
    for draft, records in quarter.books_of(made(seed, country)):
        posted = {}
        for posting in draft.postings:
            if posting.account in TAXES:
                posted[posting.account] = posted.get(posting.account, 0) - posting.amount_minor
        recorded = {account: amount for (_, account, _), amount in tax_records.by_account(records).items()}
        assert recorded == {account: amount for account, amount in posted.items() if amount}


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(COUNTRIES), st.lists(st.integers(1, 9), max_size=4))
def test_taken_back_bit_by_bit_nothing_is_left_of_any_record(seed, country, tenths):
    one = made(seed, country)
    sale = tax_records.of_sale(
        order_id=one.id, quote=one.quote, on=one.on, entry_key="sale", supply=finance.supply_kinds()
    )
    left, before, found = quarter.shares_of(one.quote), (), list(sale)
    for number, tenth in enumerate([*tenths, 10]):
        whole = sum(line.gross_minor for line in left)
        amount = whole * tenth // 10
        if not amount:
            continue
        taken = refunds.by_amount(left, amount)
        change = ChangedLines(
            f"c{number}", one.id, "goodwill", "", refunds.total(taken), dt.datetime.now(dt.UTC), taken
        )
        found += tax_records.of_change(
            sale, quote=one.quote, change=change, before=before, on=one.on, entry_key=change.id
        )
        before, left = (*before, change), [quarter._less(line, taken) for line in left]
    sums = {}
    for r in found:
        key = (r.consignment_ref, r.part, r.ref, r.scheme, r.name, r.rate_ppm, r.locality)
        for name in ("net_minor", "base_minor", "tax_minor"):
            sums[*key, name] = sums.get((*key, name), 0) + getattr(r, name)
    assert {key: v for key, v in sums.items() if v and key[-1] != "base_minor"} == {}
    assert sum(r.tax_minor for r in sale) == one.quote.tax_minor


def a_sum(**other):
    fields = {
        "date": DAY, "origin": dt.date(2026, 8, 1), "dispatch_country": "NL", "country": "DE", "region": "", "locality": "",
        "scheme": "oss", "supply": "intra_union_distance_sale", "customer": "consumer", "name": "VAT", "category": "standard",
        "rate_ppm": 190_000, "reason": "", "collector": "seller", "account": accounts.TAX_PAYABLE, "currency": "EUR",
        "net_minor": 10_000, "base_minor": 10_000, "tax_minor": 1_900,
    }  # fmt: skip
    return TaxSum(**{**fields, **other})


def rate_of(currency, day):
    return PeriodRate(currency, day, Decimal("0.25"), "test", day)


def computed(form, *sums, jurisdiction="", period="2026-Q3", currency=""):
    told = finance.return_form(key=form)
    place = jurisdiction or told.jurisdiction
    return returns.compute(
        told, sums, jurisdiction=place, period=period, currency=currency or told.currency, rate_of=rate_of
    )


def fields(content):
    return {f.code: f.amount_minor for f in content.fields}


def test_oss_states_corrections_apart_at_the_rate_of_their_period_and_leaves_out_what_is_too_old():
    content = computed(
        "eu_oss",
        a_sum(),
        a_sum(currency="PLN", country="PL", rate_ppm=230_000, net_minor=4_000, base_minor=4_000, tax_minor=920),
        a_sum(origin=dt.date(2026, 5, 1), currency="PLN", country="PL", tax_minor=-400, base_minor=-1_000),
        a_sum(origin=dt.date(2022, 5, 1), tax_minor=-77),
    )
    assert [(x.keys[1], x.tax_minor) for x in content.lines] == [("DE", 1_900), ("PL", 230)]
    assert [(c.period, c.country, c.tax_minor) for c in content.corrections] == [("2026-Q2", "PL", -100)]
    assert [(c.period, c.tax_minor) for c in content.outside] == [("2022-Q2", -77)]
    assert content.payable_minor == 1_900 + 230 - 100
    assert dict(content.balances) == {"DE": 1_900, "PL": 130}
    assert [r.day for r in content.rates] == [dt.date(2026, 6, 30), dt.date(2026, 9, 30)]
    assert content.due_date == dt.date(2026, 10, 31)


def test_united_kingdom_corrects_in_the_current_return_and_leaves_pence_off_the_values():
    gb = {"country": "GB", "dispatch_country": "CN", "scheme": "vat_at_sale", "currency": "GBP", "rate_ppm": 200_000}
    content = computed(
        "gb_vat",
        a_sum(**gb, net_minor=1_050, base_minor=1_050, tax_minor=210),
        a_sum(**{**gb, "origin": dt.date(2026, 5, 1)}, net_minor=-100, base_minor=-100, tax_minor=-20),
        a_sum(**{**gb, "collector": "marketplace", "scheme": "marketplace"}, net_minor=99_900, tax_minor=19_980),
        a_sum(country="US", dispatch_country="GB", scheme="standard_import", collector="customs", currency="GBP", net_minor=5_000, tax_minor=33),
    )  # fmt: skip
    told = fields(content)
    assert (told["1"], told["3"], told["5"], told["6"]) == (190, 190, 190, 5_900)
    assert content.payable_minor == 190 and content.rounding_minor == 0


def test_australia_cuts_cents_off_and_says_what_the_rounding_was():
    au = {"country": "AU", "dispatch_country": "AU", "scheme": "domestic", "currency": "AUD", "rate_ppm": 100_000}
    content = computed("au_bas", a_sum(**au, net_minor=10_550, base_minor=10_550, tax_minor=1_055))
    assert fields(content)["G1"] == 11_600 and fields(content)["1A"] == 1_000
    assert content.payable_minor == 1_000 and content.rounding_minor == -55


@pytest.mark.parametrize(("form", "limit"), [("au_bas", 100), ("no_voec", 100), ("gb_vat", 0), ("eu_oss", 0)])
def test_no_more_than_the_form_s_rounding_is_posted_as_such(form, limit):
    told = finance.return_form(key=form)
    assert return_entries.rounding_limit(told, told.currency) == limit
    content = msgspec.structs.replace(computed(form), totals=(CurrencyTotal(told.currency, 1_055, 1_055),))

    def sides(payable):
        paid = msgspec.structs.replace(content, payable_minor=payable)
        (draft,) = return_entries.filed(return_id="r", entity_id=ENTITY, content=paid, form=told, on=DAY)
        return {p.account: p.amount_minor for p in draft.postings}

    for payable in {1_055, 1_055 - limit, 1_055 + limit}:
        assert sides(payable).get(accounts.ROUNDING, 0) == payable - 1_055
    for payable in (1_055 - limit - 1, 1_055 + limit + 1):
        with pytest.raises(DataFault, match=told.key):
            sides(payable)


def test_the_bench_sells_to_real_regions():
    drawn = {country: quarter.regions(country) for country in COUNTRIES}
    assert max(len(region) for regions in drawn.values() for region in regions) > 20
    for country, regions in drawn.items():
        if country not in quarter.REGIONS and regions != ("",):
            assert set(regions) <= {code for code, _ in area_names(country, "en")}
    assert any(made(seed, "ID").quote.region in drawn["ID"] for seed in range(3))


def test_the_day_of_a_law_is_that_of_its_zone():
    assert (
        tax.time_zone(jurisdiction="AU") == "Australia/Sydney"
        and tax.time_zone(jurisdiction="US-CA") == "America/New_York"
    )
    assert tax.time_zone(jurisdiction="ZZ") == "UTC"


def test_new_zealand_s_box_eight_is_brought_to_what_was_charged():
    nz = {
        "country": "NZ",
        "dispatch_country": "CN",
        "scheme": "low_value_goods",
        "currency": "NZD",
        "rate_ppm": 150_000,
    }
    content = computed("nz_gst101a", *(a_sum(**nz, net_minor=103, base_minor=103, tax_minor=15) for _ in range(3)))
    told = fields(content)
    assert (told["5"], told["8"], told["9"], told["15"]) == (354, 46, -1, 45)
    assert content.payable_minor == 45


def test_a_state_sees_marketplace_sales_and_never_their_tax():
    us = {
        "country": "US",
        "dispatch_country": "US",
        "region": "CA",
        "scheme": "sales_tax",
        "currency": "USD",
        "rate_ppm": 72_500,
    }
    content = computed(
        "us_sales_tax",
        a_sum(**us, net_minor=10_000, tax_minor=725),
        a_sum(**{**us, "rate_ppm": 0}, net_minor=2_000, tax_minor=0),
        a_sum(**{**us, "collector": "marketplace", "scheme": "marketplace"}, net_minor=50_000, tax_minor=3_625),
        a_sum(**{**us, "region": "NY"}, net_minor=70_000, tax_minor=1),
        jurisdiction="US-CA", period="2026-08",
    )  # fmt: skip
    told = fields(content)
    assert (told["gross"], told["marketplace"], told["exempt"], told["taxable"], told["tax"]) == (
        62_000,
        50_000,
        2_000,
        10_000,
        725,
    )
    assert content.payable_minor == 725


def test_every_tax_a_seller_collects_belongs_to_one_form():
    for country, law in tax.law().items():
        if country == "EU":
            continue
        rows = [*law.schemes, *(tax.law()[law.group].schemes if law.group else ())]
        for row in rows:
            if row.fields.get("collector", "seller") != "seller" or row.fields.get("taxed") is False:
                continue
            one = a_sum(country=country, dispatch_country="VU", region="CA", scheme=row.fields["key"])
            takers = [f.key for f in finance.return_forms().values() if returns.jurisdiction_of(f, one)]
            assert len(takers) == 1, (country, row.fields["key"], takers)


def test_every_form_is_named_and_its_fields_know_each_other():
    for form in finance.return_forms().values():
        assert form.name in return_words.NAMES and {f.name for f in form.fields} <= set(return_words.NAMES)
        assert set(form.groups) <= set(return_words.GROUPS) and form.confidence in (
            "official",
            "secondary",
            "unverified",
        )
        codes: set[str] = set()
        for one in form.fields:
            assert {code.lstrip("-") for code in (*one.sum, *([one.of] if one.of else []))} <= codes, (
                form.key,
                one.code,
            )
            codes.add(one.code)
        assert form.payable in ("", *codes)
        assert due_on("2026-Q3" if form.frequency == "quarter" else "2026-08", form.due) > dt.date(2026, 9, 1)


@pytest.mark.parametrize(
    ("period", "rule", "day"),
    [
        ("2026-Q4", {"rule": "end_of_month_after_period", "months": 1}, "2027-01-31"),
        ("2026-Q3", {"rule": "months_days_after_period", "months": 1, "days": 7}, "2026-11-07"),
        ("2026-Q4", {"rule": "days_after_period", "days": 60}, "2027-03-01"),
        ("2026-Q1", {"rule": "day_of_month_after_period", "months": 1, "day": 28, "exceptions": {"03": "05-07"}}, "2026-05-07"),
        ("2026-Q4", {"rule": "day_of_month_after_period", "months": 1, "day": 28, "exceptions": {"12": "02-28"}, "weekend": "next"}, "2027-03-01"),
    ],
)  # fmt: skip
def test_when_a_return_is_due(period, rule, day):
    assert due_on(period, rule).isoformat() == day


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.sampled_from(["month", "quarter"]))
def test_a_period_holds_its_days(day, frequency):
    period = period_of(day, frequency)
    since, until = bounds(period)
    assert since <= day <= until and bounds(period_before(period))[1] == since - dt.timedelta(days=1)


def test_no_period_is_told():
    for text in ("2026", "2026-Q5", "2026-00", "2026-13", "x"):
        with pytest.raises(InvalidInput):
            bounds(text)
