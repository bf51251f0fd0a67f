"""Shares of a refund: exact, each once, whatever is given back in whatever order; ways of the money; cash at the door."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.orders.engine import refunds
from entrepot.domains.orders.errors import NothingToRefund, RefundTooLarge
from entrepot.domains.orders.types import LineShares
from entrepot.domains.payments.engine import collections, tenders
from entrepot.domains.payments.errors import RefundExceedsCapture, TenderNotPossible
from entrepot.domains.payments.types import CaptureView, Collection, CollectionView

AT = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)
LAMP = LineShares("goods", "1", "A", "SZX", "LAMP", 1, 18151, 600, 0, 3449, 22200)
FREIGHT = LineShares("freight", "A", "A", "SZX", "", 1, 412, 0, 0, 78, 490)


def less(line: LineShares, taken: LineShares) -> LineShares:
    return msgspec.structs.replace(
        line, **{n: getattr(line, n) + getattr(taken, n) for n in ("quantity", *refunds.SHARES, "gross_minor")}
    )


def test_the_worked_example_of_the_docs():
    lamp, freight = refunds.by_amount([LAMP, FREIGHT], 2000)
    assert (lamp.goods_minor, lamp.duty_minor, lamp.tax_minor, lamp.gross_minor) == (-1600, -53, -304, -1957)
    assert (freight.goods_minor, freight.tax_minor) == (-36, -7)
    (rest,) = refunds.by_units([less(LAMP, lamp), less(FREIGHT, freight)], {("goods", "1"): 1})
    assert (rest.goods_minor, rest.duty_minor, rest.tax_minor) == (-16551, -547, -3145)


def test_unit_by_unit_as_the_docs_say():
    cups, tax = LineShares("goods", "1", "A", "SZX", "CUP", 3, 3675, 0, 0, 701, 4376), []
    for _ in range(3):
        (taken,) = refunds.by_units([cups], {("goods", "1"): 1})
        tax.append((-taken.goods_minor, -taken.tax_minor))
        cups = less(cups, taken)
    assert tax == [(1225, 234), (1225, 234), (1225, 233)]
    assert (cups.quantity, cups.gross_minor) == (0, 0)


lines = st.builds(
    lambda n, ref, q, shares: LineShares(n, str(ref), "A", "W", "S", q, *shares, sum(shares)),
    st.just("goods"), st.integers(1, 9), st.integers(1, 7), st.tuples(*[st.integers(0, 99_999)] * 4),
)  # fmt: skip


@given(st.lists(lines, min_size=1, max_size=5, unique_by=lambda line: line.ref), st.data())
def test_whatever_is_given_back_nothing_is_below_zero_and_all_of_it_is_all_of_it(left, data):
    whole = sum(line.gross_minor for line in left)
    given_back = 0
    for _ in range(6):
        open_lines = [line for line in left if line.gross_minor]
        if not open_lines:
            break
        if data.draw(st.booleans()):
            amount = data.draw(st.integers(1, sum(line.gross_minor for line in left)))
            taken = refunds.by_amount(left, amount)
            assert refunds.total(taken) == -amount
        else:
            line = data.draw(st.sampled_from(left))
            if not line.quantity:
                continue
            taken = refunds.by_units(left, {refunds.key(line): data.draw(st.integers(1, line.quantity))})
        by_key = {refunds.key(one): one for one in taken}
        left = [less(line, by_key[refunds.key(line)]) if refunds.key(line) in by_key else line for line in left]
        given_back -= refunds.total(taken)
        for line in left:
            assert min(line.quantity, *(getattr(line, share) for share in refunds.SHARES)) >= 0
            assert sum(getattr(line, share) for share in refunds.SHARES) == line.gross_minor
    rest = [refunds.negated(line) for line in left]
    assert given_back - refunds.total(rest) == whole


def test_too_much_nothing_and_strangers_are_refused():
    for units in ({("goods", "1"): 2}, {("goods", "9"): 1}, {("goods", "1"): -1}):
        with pytest.raises(RefundTooLarge):
            refunds.by_units([LAMP], units)
    for call in (lambda: refunds.by_units([LAMP], {}), lambda: refunds.by_amount([LAMP], 0)):
        with pytest.raises(NothingToRefund):
            call()
    with pytest.raises(RefundTooLarge):
        refunds.by_amount([LAMP], 22201)


def test_the_last_goods_take_their_delivery_with_them():
    two = msgspec.structs.replace(LAMP, quantity=2)
    assert refunds.with_freight([two, FREIGHT], {("goods", "1"): 1}) == {("goods", "1"): 1}
    assert refunds.with_freight([two, FREIGHT], {("goods", "1"): 2}) == {("goods", "1"): 2, ("freight", "A"): 1}


# ---- ways


def capture(attempt, amount, *, back=0, method="card", credit=""):
    return CaptureView(attempt, "o", "e", "p", amount, back, "EUR", AT, "", method, credit)


TAKES_BACK = {"card": True, "cash_on_delivery": False, "store_credit": True}


def test_the_methods_money_goes_before_the_credits_and_credit_goes_back_onto_itself():
    came = [capture("credit", 300, method="store_credit", credit="c"), capture("card", 700)]
    shares = tenders.plan(came, 800, "original", TAKES_BACK)
    assert [(s.attempt_id, s.amount_minor, s.tender) for s in shares] == [
        ("card", 700, "original"), ("credit", 100, "store_credit"),
    ]  # fmt: skip
    with pytest.raises(RefundExceedsCapture):
        tenders.plan(came, 1_001, "bank_transfer", TAKES_BACK)
    with pytest.raises(TenderNotPossible):
        tenders.plan([capture("c", 500, method="cash_on_delivery")], 100, "original", TAKES_BACK)
    assert tenders.plan([capture("c", 500, method="cash_on_delivery")], 100, "store_credit", TAKES_BACK)


@given(st.lists(st.tuples(st.integers(1, 999), st.integers(0, 999)), min_size=1, max_size=5), st.integers(1, 6000))
def test_never_more_than_is_left_of_each_and_exactly_what_was_asked_for(sums, amount):
    came = [capture(str(i), whole, back=min(back, whole)) for i, (whole, back) in enumerate(sums)]
    left = {c.attempt_id: c.amount_minor - c.refunded_minor for c in came}
    try:
        shares = tenders.plan(came, amount, "original", TAKES_BACK)
    except RefundExceedsCapture:
        assert amount > sum(left.values())
        return
    assert sum(s.amount_minor for s in shares) == amount
    assert all(0 < s.amount_minor <= left[s.attempt_id] for s in shares)


# ---- cash at the door

SAID = st.builds(
    Collection,
    st.sampled_from(["A", "B"]),
    st.sampled_from(["collected", "refused", "remitted"]),
    st.sampled_from([40, 60]),
    st.just("SAR"),
)


@given(st.lists(SAID, max_size=12))
def test_whatever_a_carrier_says_in_whatever_order_no_more_cash_counts_than_was_promised(said):
    known: dict[str, CollectionView] = {}
    for word in said:
        verdict = collections.verdict(100, "SAR", known.values(), word)
        assert verdict in ("applied", "stale", "mismatch")
        if verdict == "applied":
            before = known.get(word.part)
            assert before is None or (before.state, word.status) == ("collected", "remitted")
            known[word.part] = CollectionView(word.part, word.status, word.amount_minor, AT)
        assert sum(view.amount_minor for view in known.values()) <= 100
    end = collections.settled(100, known.values())
    if end:
        assert (end == "captured") == any(view.state == "remitted" for view in known.values())


def test_another_currency_or_more_than_promised_is_a_persons_to_decide():
    assert collections.verdict(100, "SAR", (), Collection("A", "remitted", 100, "USD")) == "mismatch"
    assert collections.verdict(100, "SAR", (), Collection("A", "remitted", 101, "SAR")) == "mismatch"
    assert collections.shares(100, [150, 96]) == (61, 39)
