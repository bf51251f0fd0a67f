"""China's export refund file: the month's rate, legal units, yuan that sum exactly, and what each line lacks."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.declarations import queries
from entrepot.domains.declarations.engine import refund_file
from entrepot.domains.declarations.engine.refund_file import MonthRate
from entrepot.domains.declarations.types import DatasetView
from entrepot.kernel.money import convert
from tests.unit.test_record_sets import PARTIES, goods_of

RATE = {"EUR": MonthRate("EUR", Decimal("8.2134"), "8.2134 (a bank, 2026-10-21)")}
AT = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)


def view(goods) -> DatasetView:
    return DatasetView("d", "o", "C1", "e", 1, goods, PARTIES, AT)


def lines(*goods, rates=RATE):
    return refund_file.lines([view(one) for one in goods], rates, queries.legal_units(), queries.refund_rates())


@pytest.mark.parametrize(
    ("month", "day"),
    [
        ("2026-11-25", "2026-10-21"),
        ("2026-01-01", "2025-12-17"),
        ("2026-07-31", "2026-06-17"),
        ("2026-05-01", "2026-04-15"),
    ],
)
def test_the_months_rate_is_that_of_the_third_wednesday_before(month, day):
    found = refund_file.rate_day(dt.date.fromisoformat(month))
    assert found.isoformat() == day and found.weekday() == 2


def with_codes(*codes):
    goods = goods_of()
    return msgspec.structs.replace(
        goods,
        lines=tuple(msgspec.structs.replace(line, hs_code=code) for line, code in zip(goods.lines, codes, strict=True)),
    )


def test_a_line_tells_yuan_legal_units_rate_and_refund():
    first, second = lines(with_codes("9405211000", "6402990000"))
    assert (first.fob_minor, first.fob_yuan_minor, first.rate) == (4000, 32854, "8.2134 (a bank, 2026-10-21)")
    assert (first.legal1, first.unit1, first.legal2) == ("0.500", "035", "")
    assert (second.legal1, second.unit1, second.legal2, second.unit2) == ("2", "025", "1.000", "035")
    assert first.refund_ppm == 130_000 and first.refund_minor == 4271
    assert first.missing == ("input_invoice", "declaration") and "unit" in second.missing


def test_what_is_not_known_is_said_and_nothing_is_made_up():
    short, unknown = lines(with_codes("940521", "0902100000"))
    assert "hs_code" in short.missing and unknown.refund_ppm is None and "refund_rate" in unknown.missing
    none = lines(with_codes("9405211000", "9405211000"), rates={})[0]
    assert none.fob_yuan_minor is None and none.refund_minor is None and "no_rate" in none.missing
    stood_in = lines(
        msgspec.structs.replace(goods_of(), values_in={"CNY": 60_000}, value_rates={"CNY": "8.1"}), rates={}
    )
    assert sum(line.fob_yuan_minor for line in stood_in) == 60_000 and "month_rate" in stood_in[0].missing
    assert refund_file.lacking(lines(with_codes("940521", "0902100000")))["hs_code"] == 1


@given(st.lists(st.integers(0, 900_000), min_size=2, max_size=2), st.integers(1, 10**9))
def test_the_lines_of_a_parcel_sum_to_its_value_in_yuan(amounts, rate):
    goods = goods_of()
    goods = msgspec.structs.replace(
        goods,
        goods_minor=sum(amounts),
        lines=tuple(msgspec.structs.replace(line, goods_minor=a) for line, a in zip(goods.lines, amounts, strict=True)),
    )
    price = Decimal(rate).scaleb(-6)
    found = lines(goods, rates={"EUR": MonthRate("EUR", price, "x")})
    assert sum(line.fob_yuan_minor for line in found) == convert(sum(amounts), "EUR", "CNY", price)
    assert all(0 <= line.refund_minor <= line.fob_yuan_minor for line in found)


def test_the_file_has_a_row_per_line_and_columns_to_fill_by_hand():
    rows = list(
        csv.DictReader(io.StringIO(refund_file.as_csv(lines(goods_of()), {"EUR": 2, "CNY": 2}).decode("utf-8-sig")))
    )
    assert len(rows) == 2 and rows[0]["fob"] == "40.00" and rows[0]["fob_cny"] == "328.54"
    assert rows[0]["refund_rate"] == "13.00%" and rows[0]["input_invoice"] == "" and "declaration" in rows[0]["missing"]
