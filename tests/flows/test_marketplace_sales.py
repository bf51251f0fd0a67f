"""A marketplace's sales report: recorded once, shown where the law wants it, never in what we owe; bad rows by themselves."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine.marketplace_files import parse
from entrepot.domains.finance.types import MarketplaceSale, SaleFault
from entrepot.flows.comply.prepare_return import prepare_return
from entrepot.flows.settle.check_tax import check_tax
from entrepot.flows.settle.import_marketplace_sales import import_marketplace_sales
from entrepot.interfaces.cli import main
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import InvalidInput, PermissionDenied
from tests import builders

HEAD = "marketplace,order,line,date,kind,from,to,region,net,tax,currency,collected_by\n"
SALE = "amazon,A-1,1,2026-11-03,sale,US,US,CA,100.00,7.25,USD,marketplace\n"
REFUND = "amazon,A-1,1,2026-11-20,refund,US,US,CA,-40.00,-2.90,USD,marketplace\n"


@pytest.fixture
def shop(db):
    return builders.demo_store()


def brought_in(shop, text, **more):
    return import_marketplace_sales(actor=SYSTEM, entity_id=shop.entity.id, text=text, **more)


@pytest.mark.django_db
def test_a_report_counts_once_and_is_shown_but_never_owed(shop):
    assert brought_in(shop, HEAD + SALE, preview=True).new == 1
    first = brought_in(shop, HEAD + SALE + REFUND)
    assert (first.new, first.known, first.sums) == (2, 0, (("USD", 2, 6_000, 435),))
    again = brought_in(shop, HEAD + SALE + REFUND)
    assert (again.new, again.known, again.faults) == (0, 2, ())
    view = prepare_return(
        actor=SYSTEM, entity_id=shop.entity.id, form="us_sales_tax", jurisdiction="US-CA", period="2026-11"
    )
    told = {f.code: f.amount_minor for f in view.content.fields}
    assert (told["gross"], told["marketplace"], told["taxable"], told["tax"]) == (6_000, 6_000, 0, 0)
    assert view.content.payable_minor == 0 and view.content.totals == ()
    days = {"since": dt.date(2026, 1, 1), "until": dt.date(2026, 12, 31)}
    assert check_tax(entity_id=shop.entity.id, **days).well
    (record,) = finance.tax_records_of(entry_key="marketplace:amazon:A-1:1:sale")
    assert record.collector == "marketplace" and record.account == "" and record.rate_ppm == 73_000


@pytest.mark.django_db
def test_bad_rows_are_refused_alone_and_a_changed_line_too(shop):
    brought_in(shop, HEAD + SALE)
    bad = (
        SALE.replace("7.25", "8.00")
        + SALE.replace("A-1", "A-2").replace("100.00", "1,5")
        + SALE.replace("A-1", "A-3").replace("marketplace\n", "seller\n")
        + SALE.replace("A-1", "A-4").replace("sale", "gift")
        + SALE.replace("A-1", "A-5").replace("100.00", "-100.00")
        + SALE.replace("A-1", "A-6").replace("2026-11-03", "3.11.26")
    )
    report = brought_in(shop, HEAD + bad + SALE.replace("A-1", "A-9"))
    assert report.new == 1 and [f.row for f in report.faults] == [2, 3, 4, 5, 6, 7]
    with pytest.raises(InvalidInput):
        brought_in(shop, "order,amount\n1,2\n")
    with pytest.raises(PermissionDenied):
        import_marketplace_sales(actor=builders.checkout_buyer("x"), entity_id=shop.entity.id, text=HEAD)


@pytest.mark.django_db
def test_the_command_writes_refused_rows_beside_the_file(shop, tmp_path, capsys):
    path = tmp_path / "sales.csv"
    path.write_text(HEAD + SALE + SALE)
    assert main(["import", "marketplace-sales", str(path)]) == 1
    assert "2026" not in (tmp_path / "sales.csv.errors.csv").read_text().splitlines()[0]
    assert "stands in the file twice" in capsys.readouterr().out


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="a1,;.-\n\"'\u00e9 ", max_size=300))
def test_no_text_breaks_the_reader(text):
    for one in parse(HEAD + text):
        assert isinstance(one, (MarketplaceSale, SaleFault))
