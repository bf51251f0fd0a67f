"""Declared goods value = captured money less frozen duty, tax and fees, exactly, over consignments, lines and parcels."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.declarations.engine import paper, values
from entrepot.domains.declarations.types import OpenShare
from entrepot.kernel.quote import FrozenQuote
from tests.quotes import a_paper_quote


@st.composite
def quotes(draw) -> FrozenQuote:
    """Quotes of several consignments with uneven amounts."""
    made = []
    for n in range(draw(st.integers(1, 3))):
        part = a_paper_quote(
            goods_minor=draw(st.integers(0, 50_000)),
            freight_minor=draw(st.integers(0, 4_000)),
            lines=draw(st.integers(1, 4)),
        ).consignments[0]
        lines = tuple(msgspec.structs.replace(line, ref=f"C{n + 1}-L{m}") for m, line in enumerate(part.lines, 1))
        made.append(msgspec.structs.replace(part, ref=f"C{n + 1}", lines=lines))
    sums = {
        name: sum(getattr(part, name) for part in made)
        for name in ("goods_minor", "freight_minor", "duty_minor", "fee_minor", "tax_minor", "total_minor")
    }
    return msgspec.structs.replace(a_paper_quote(), consignments=tuple(made), **sums)


def frozen(quote: FrozenQuote) -> int:
    return quote.duty_minor + quote.fee_minor + quote.tax_minor


@given(quotes())
def test_full_money_declares_the_quoted_goods_to_the_cent(quote):
    for consignment, declared in zip(quote.consignments, values.declared_values(quote, quote.total_minor), strict=True):
        assert [line.goods_minor for line in declared.lines] == [line.goods_minor for line in consignment.lines]
        assert declared.freight_minor == consignment.freight_minor
        assert declared.total_minor == declared.goods_minor + declared.freight_minor


@given(quotes(), st.data())
def test_after_refunds_the_value_is_the_money_less_the_frozen_charges(quote, data):
    captured = data.draw(st.integers(0, quote.total_minor + 5_000))
    refunded = data.draw(st.integers(0, captured))
    declared = values.declared_values(quote, captured, refunded)
    value = sum(c.goods_minor + c.freight_minor for c in declared)
    assert value == max(0, min(captured - refunded, quote.total_minor) - frozen(quote))
    assert sum(c.freight_minor for c in declared) <= quote.freight_minor
    for consignment in declared:
        assert consignment.goods_minor == sum(line.goods_minor for line in consignment.lines)
        assert all(line.goods_minor >= 0 for line in consignment.lines) and consignment.freight_minor >= 0


@given(quotes())
def test_a_second_payment_that_went_back_changes_no_declared_value(quote):
    once = values.declared_values(quote, quote.total_minor)
    assert values.declared_values(quote, 2 * quote.total_minor, quote.total_minor) == once
    assert values.declared_values(quote, 2 * quote.total_minor, 0) == once, "also while it is still on its way back"


def test_the_incoterm_says_whether_freight_is_in_the_total():
    quote = a_paper_quote(goods_minor=4000, freight_minor=500, lines=1)
    for incoterm, total in (("DDP", 4500), ("DAP", 4500), ("CIF", 4500), ("FCA", 4000), ("EXW", 4000)):
        part = msgspec.structs.replace(quote.consignments[0], incoterm=incoterm)
        changed = msgspec.structs.replace(quote, consignments=(part,))
        assert values.declared_values(changed, quote.total_minor)[0].total_minor == total


def shares_left(draw, quote: FrozenQuote) -> list[OpenShare]:
    """What changes before dispatch may leave: some units, some of the price, some of the charges of each line."""
    found = []
    for share in values.quoted_shares(quote):
        units = draw(st.integers(0, share.quantity)) if share.kind == "goods" else 1
        net = draw(st.integers(0, share.net_minor)) if units else 0
        charges = draw(st.integers(0, share.charges_minor)) if units else 0
        found.append(msgspec.structs.replace(share, quantity=units, net_minor=net, charges_minor=charges))
    return found


@given(quotes(), st.data())
def test_over_refunds_cash_to_collect_and_splits_the_shares_sum_exactly_and_none_is_negative(quote, data):
    left = shares_left(data.draw, quote)
    captured = data.draw(st.integers(0, quote.total_minor))
    refunded = data.draw(st.integers(0, captured))
    promised = data.draw(st.integers(0, quote.total_minor))
    declared = values.declared_values(quote, captured, refunded, to_collect_minor=promised, left=left)
    charges = sum(share.charges_minor for share in left)
    price = sum(share.net_minor for share in left)
    value = max(0, min(captured + promised - refunded, price + charges) - charges)
    assert sum(c.goods_minor + c.freight_minor for c in declared) == value
    known = {share.ref: share for share in left if share.kind == "goods"}
    for part in declared:
        assert part.freight_minor >= 0 and part.goods_minor == sum(line.goods_minor for line in part.lines)
        for line in part.lines:
            assert 0 <= line.goods_minor <= known[line.ref].net_minor and line.quantity == known[line.ref].quantity
        boxes = data.draw(st.integers(1, 3))
        packages: list[dict[str, int]] = [{} for _ in range(boxes)]
        for line in part.lines:
            for _ in range(line.quantity):
                box = packages[data.draw(st.integers(0, boxes - 1))]
                box[line.ref] = box.get(line.ref, 0) + 1
        masses = [data.draw(st.integers(0, 5_000)) for _ in packages]
        parts = values.share_out(part, packages, masses)
        assert sum(p.goods_minor for p in parts) == part.goods_minor
        assert sum(p.freight_minor for p in parts) == part.freight_minor
        assert sum(p.total_minor for p in parts) == part.total_minor
        assert all(line.goods_minor >= 0 for p in parts for line in p.lines)


def test_what_is_given_back_of_one_line_lowers_that_line_alone():
    quote = a_paper_quote(goods_minor=4000, freight_minor=500, lines=2)
    first, *rest = values.quoted_shares(quote)
    gone = 1500 + 450  # of the goods, and of the duty and tax on them
    left = [msgspec.structs.replace(first, net_minor=2500, charges_minor=first.charges_minor - 450), *rest]
    part = values.declared_values(quote, quote.total_minor, gone, left=left)[0]
    assert [line.goods_minor for line in part.lines] == [2500, 4000] and part.freight_minor == 500


def test_cash_to_collect_is_declared_like_money_captured():
    quote = a_paper_quote(goods_minor=4000, freight_minor=500, lines=2)
    paid = values.declared_values(quote, quote.total_minor)
    assert values.declared_values(quote, 0, to_collect_minor=quote.total_minor) == paid


def test_unit_values_are_exact_or_finer():
    assert paper.unit_value(4000, 2, "EUR") == "20.00"
    assert paper.unit_value(10000, 3, "EUR") == "33.333333"
    assert paper.unit_value(1_234_500, 1, "JPY") == "1,234,500"
