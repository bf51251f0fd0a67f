"""A bill's file, its comparison and the reserve: pure rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.finance.engine import accounts
from entrepot.domains.finance.engine.bill_files import parse, parsed
from entrepot.domains.finance.engine.bills import bill_entries, frozen, left_to_clear
from entrepot.domains.finance.engine.reserve import HALF_TRUST, proposals, quantile
from entrepot.domains.finance.types import BillLineView, BillMatch, Comparison, Lane, RiskSample
from entrepot.kernel.errors import InvalidInput
from tests.quotes import AT, a_paper_quote

HEAD = "bill_number,bill_date,carrier,tracking_number,kind,amount,currency,line,note\n"
GOOD = "INV-1,2026-11-20,Sandbox,SB1,duty,12.50,eur,,\n"


def _read(text: str):
    return parsed(parse(text))


def test_rows_become_lines_numbered_within_their_bill() -> None:
    drafts, faults = _read(
        "\ufeff"
        + HEAD
        + GOOD
        + "INV-1,2026-11-20,sandbox,SB1,Customs fee,3,EUR,,x\nINV-2,2026-11-20,sandbox,SB1,other,-1.5,EUR,7,\n"
    )
    assert not faults
    assert [(d.carrier, d.bill_number, d.line, d.kind, d.amount_minor, d.row) for d in drafts] == [
        ("sandbox", "INV-1", 1, "duty", 1250, 2), ("sandbox", "INV-1", 2, "customs_fee", 300, 3), ("sandbox", "INV-2", 7, "other", -150, 4),
    ]  # fmt: skip
    semicolons, _ = _read((HEAD + GOOD).replace(",", ";"))
    assert semicolons[0].amount_minor == 1250


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("INV-1", "", "bill_number"), ("2026-11-20", "20.11.2026", "bill_date"), ("2026-11-20", "2026-02-30", "bill_date"),
        ("duty", "bribe", "kind"), ("12.50", "12,50", "amount"), ("12.50", "0", "amount"), ("12.50", "1e3", "amount"),
        ("12.50", "12.505", "amount"), ("eur", "euro", "currency"), ("SB1", "S" * 81, "reference"), (",,\n", ",x,\n", "line"),
        (",,\n", ",٣,\n", "line"), ("12.50,eur", "100.5,jpy", "amount"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_its_field_and_rule(old: str, new: str, field: str) -> None:
    row = GOOD.replace(old, new)
    if "," in new and field == "amount" and "jpy" not in new:
        row = GOOD.replace(old, f'"{new}"')
    drafts, faults = _read(HEAD + row + GOOD.replace("INV-1", "INV-9"))
    assert [(f.row, f.field) for f in faults] == [(2, field)] and faults[0].rule % faults[0].params
    assert [d.bill_number for d in drafts] == ["INV-9"]


def test_a_file_without_the_columns_is_refused_whole_and_a_line_that_stands_twice_once() -> None:
    with pytest.raises(InvalidInput, match="amount"):
        _read("bill_number,carrier\nX,Y\n")
    drafts, faults = _read(HEAD + GOOD.replace(",,\n", ",4,\n") * 2)
    assert len(drafts) == 1 and faults[0].field == "line"


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    drafts, faults = _read(HEAD + text)
    assert all(draft.amount_minor for draft in drafts) and all(fault.rule for fault in faults)


def _line(kind: str, amount: int, currency: str) -> BillLineView:
    return BillLineView(
        "L", "E", "sandbox", "INV", 1, AT.date(), "SB1", kind, amount, currency, "", "unmatched", "", "", "", "", "", "",
        None, None, AT,
    )  # fmt: skip


@given(
    kind=st.sampled_from(["freight", "duty", "import_tax", "customs_fee", "surcharge", "storage", "other"]),
    amount=st.integers(-(10**6), 10**7).filter(bool),
    quoted=st.integers(0, 10**6),
    billed=st.integers(-(10**6), 10**7),
    booked=st.integers(-(10**6), 10**7),
    accrued=st.integers(0, 10**6),
    foreign=st.booleans(),
)
def test_entries_balance_and_the_variance_stands_apart(kind, amount, quoted, billed, booked, accrued, foreign) -> None:
    if kind in ("surcharge", "storage", "other"):
        quoted = accrued = 0
    if kind != "freight":
        accrued = 0
    if not foreign:
        billed = booked = amount
    line = _line(kind, amount, "USD" if foreign else "EUR")
    compared = Comparison("EUR", quoted, billed, booked, accrued)
    match = BillMatch("O", "E-1", "C1", "hand", Lane("CN", "DE", "x"), compared)
    sums: dict[str, int] = {}
    for draft in bill_entries(line, match):
        assert sum(p.amount_minor for p in draft.postings) == 0
        for posting in draft.postings:
            key = (posting.account, draft.currency)
            sums[key] = sums.get(key, 0) + posting.amount_minor
    assert sums.get((accounts.CARRIER_BILLS, line.currency), 0) == -amount
    assert sums.get((accounts.LANDED_COST_VARIANCE, "EUR"), 0) == billed - quoted
    assert sums.get((accounts.FX_DIFFERENCES, "EUR"), 0) == booked - billed


def test_what_was_frozen_and_what_is_left_of_it() -> None:
    quote = a_paper_quote()
    assert frozen(quote, "C1") == {"freight": 500, "duty": 0, "import_tax": 0, "customs_fee": 0}
    assert left_to_clear("freight", {"freight": 500}, 200, 1) == 300
    assert left_to_clear("freight", {"freight": 500}, 700, 1) == 0
    assert left_to_clear("freight", {"freight": 500}, 0, -1) == 0
    assert left_to_clear("storage", {"freight": 500}, 0, 9) == 0


def test_the_reserve_is_the_quantile_shrunk_to_the_overall_one() -> None:
    big, small = Lane("CN", "DE", "air"), Lane("CN", "US", "air")
    samples = [RiskSample(big, "carriage", 1000, 1000 + n) for n in range(100)]
    samples += [RiskSample(small, "carriage", 1000, 1500), RiskSample(small, "carriage", 0, 900)]
    first, second = proposals(samples)
    assert (first.lane, first.lane_ppm, first.consignments) == (big, 89_000, 100)
    assert first.overall_ppm == second.overall_ppm == 90_000
    assert second.lane_ppm == 500_000 and second.left_out == 1 and second.consignments == 1
    assert second.weight_ppm == round(1_000_000 / (1 + HALF_TRUST))
    assert second.overall_ppm < second.ppm < second.lane_ppm
    assert quantile([]) == 0 and quantile([5]) == 5 and quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) == 9


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 10**6), st.integers(0, 10**6)), max_size=60))
def test_a_reserve_is_never_negative_nor_more_than_all(rows) -> None:
    samples = [RiskSample(Lane("CN", "DE", f"s{n}"), "border", quoted, billed) for n, quoted, billed in rows]
    found = proposals(samples)
    assert all(0 <= one.ppm <= 1_000_000 for one in found)
    assert sum(one.consignments + one.left_out for one in found) == len(samples)
