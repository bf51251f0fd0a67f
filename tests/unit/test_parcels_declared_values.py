"""Declared goods value = captured money less frozen duty, tax and fees, exactly, over consignments, lines and parcels."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.declarations.engine import paper, values
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
        made.append(msgspec.structs.replace(part, ref=f"C{n + 1}"))
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


def test_unit_values_are_exact_or_finer():
    assert paper.unit_value(4000, 2, "EUR") == "20.00"
    assert paper.unit_value(10000, 3, "EUR") == "33.333333"
    assert paper.unit_value(1_234_500, 1, "JPY") == "1,234,500"
