"""The posting rules over random orders and histories: debits = credits, deposits never negative, zero at the end."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.finance.engine import accounts, entries
from entrepot.domains.ledger.engine import refuse_unbalanced, reversal
from entrepot.domains.ledger.types import EntryDraft, EntryView
from entrepot.kernel.errors import DataFault
from entrepot.kernel.quote import FrozenQuote, Promise, QuotedConsignment
from entrepot.kernel.trade import Charge, RuleRef

DAY = dt.date(2026, 11, 25)
AT = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
ORDER, ENTITY = "order-1", "entity-1"
RULE = RuleRef("", "", "", "", "")


def charge(kind, amount, collector="seller"):
    return Charge(kind=kind, name=kind, line="", amount_minor=amount, rule=RULE, collector=collector)


def consignment(ref, charges, total=None):
    def of(kind):
        return sum(c.amount_minor for c in charges if c.kind == kind)

    return QuotedConsignment(
        ref=ref, warehouse="SZX", warehouse_country="CN", warehouse_city="Shenzhen", service="s", service_name="s",
        carrier="sandbox", incoterm="DDP", importer_of_record="seller", scheme="", lines=(), goods_minor=of("goods"),
        freight_minor=of("freight"), duty_minor=of("duty"), fee_minor=of("fee"), tax_minor=of("tax"),
        freight_gross_minor=of("freight"), total_minor=sum(c.amount_minor for c in charges) if total is None else total,
        charges=tuple(charges), promise=Promise(DAY, DAY, AT),
    )  # fmt: skip


def quote(consignments):
    total = sum(c.total_minor for c in consignments)
    return FrozenQuote(
        id="q", store_id="s", entity_id=ENTITY, market="DE", country="DE", region="", postcode="", currency="EUR",
        tax_display="incl", tax_point=DAY, created_at=AT, expires_at=AT, expires_because="", consignments=tuple(consignments),
        goods_minor=0, freight_minor=0, duty_minor=0, fee_minor=0, tax_minor=0, total_minor=total, fx=(), rules=(),
    )  # fmt: skip


amounts = st.integers(0, 500_000)


@st.composite
def consignments(draw, ref):
    charges = [charge("goods", draw(st.integers(1, 500_000))), charge("freight", draw(amounts))]
    for kind in draw(st.lists(st.sampled_from(["duty", "fee", "tax", "insurance"]), max_size=6)):
        charges.append(charge(kind, draw(amounts), draw(st.sampled_from(["seller", "carrier", "customs"]))))
    return consignment(ref, charges)


@st.composite
def quotes(draw):
    return quote([draw(consignments(f"c{n}")) for n in range(draw(st.integers(1, 3)))])


class Books:
    """A ledger in memory that refuses what the real one refuses."""

    def __init__(self):
        self.posted, self.balance, self.party = {}, Counter(), Counter()

    def post(self, draft: EntryDraft) -> EntryView:
        refuse_unbalanced(draft)
        if draft.key not in self.posted:
            for p in draft.postings:
                self.balance[p.account] += p.amount_minor
                if p.party:
                    self.party[p.account] += p.amount_minor
            assert all(amount <= 0 for amount in self.party.values()), f"{draft.kind} overdraws {self.party}"
            self.posted[draft.key] = EntryView(
                draft.key, len(self.posted), draft.date, draft.currency, draft.kind, draft.document, "", "",
                draft.postings, AT, entity_id=draft.entity_id,
            )  # fmt: skip
        return self.posted[draft.key]


def money(kind, key, amount):
    facts = {"order_id": ORDER, "entity_id": ENTITY, "amount_minor": amount, "currency": "EUR", "on": DAY}
    return entries.capture(attempt_id=key, **facts) if kind == "capture" else entries.refund(refund_id=key, **facts)


@given(quotes(), st.data())
def test_any_history_keeps_the_books_even_and_the_deposits_covered(frozen, data):
    """Histories: attempts that fail or pay twice, then sale, dispatches with repeats, or a cancellation with refund."""
    books, total = Books(), frozen.total_minor
    paid = data.draw(st.integers(0, 2), label="captures")
    for n in range(paid):
        books.post(money("capture", f"a{n}", total))
        if n and data.draw(st.booleans(), label="give the second one back now"):
            books.post(money("refund", f"r{n}", total))
    if paid:
        sale = books.post(entries.sale(order_id=ORDER, quote=frozen, on=DAY))
        if data.draw(st.booleans(), label="cancelled"):
            books.post(reversal(sale, DAY, "order cancelled"))
            books.post(money("refund", "cancel", total))
        else:
            refs = [c.ref for c in frozen.consignments]
            for ref in data.draw(st.lists(st.sampled_from(refs)), label="dispatches") + refs:
                books.post(entries.dispatch(order_id=ORDER, quote=frozen, consignment_ref=ref, on=DAY))
            assert books.party[accounts.DEFERRED_REVENUE] == 0, "all is dispatched: nothing is deferred"
    extra = max(0, paid - 1) * total - sum(total for key in books.posted if key.startswith("refund:r"))
    assert books.party[accounts.CUSTOMER_DEPOSITS] == -extra, "deposits are what the buyer overpaid, else nothing"
    assert sum(books.balance.values()) == 0


@given(quotes())
def test_what_is_owed_and_earned_is_what_was_charged(frozen):
    books = Books()
    books.post(money("capture", "a", frozen.total_minor))
    books.post(entries.sale(order_id=ORDER, quote=frozen, on=DAY))
    for c in frozen.consignments:
        books.post(entries.dispatch(order_id=ORDER, quote=frozen, consignment_ref=c.ref, on=DAY))
    charges = [c for one in frozen.consignments for c in one.charges]

    def charged(*kinds, collectors=("seller", "carrier", "customs")):
        return sum(c.amount_minor for c in charges if c.kind in kinds and c.collector in collectors)

    assert -books.balance[accounts.GOODS_REVENUE] == charged("goods")
    assert -books.balance[accounts.FREIGHT_REVENUE] == charged("freight", "insurance")
    assert -books.balance[accounts.DUTY_PAYABLE] == charged("duty")
    assert -books.balance[accounts.CUSTOMS_FEES_PAYABLE] == charged("fee")
    assert -books.balance[accounts.TAX_PAYABLE] == charged("tax", collectors=("seller",))
    assert -books.balance[accounts.IMPORT_TAX_PAYABLE] == charged("tax", collectors=("carrier", "customs"))
    assert books.balance[accounts.PROVIDER_CLEARING] == frozen.total_minor


def test_charges_that_do_not_add_up_are_refused():
    wrong = quote([consignment("c", [charge("goods", 100)], total=99)])
    with pytest.raises(DataFault):
        entries.sale(order_id=ORDER, quote=wrong, on=DAY)


def test_an_unknown_consignment_is_refused():
    with pytest.raises(DataFault):
        entries.dispatch(
            order_id=ORDER, quote=quote([consignment("c", [charge("goods", 1)])]), consignment_ref="x", on=DAY
        )


def test_zero_sides_are_left_out():
    draft = entries.sale(
        order_id=ORDER, quote=quote([consignment("c", [charge("goods", 5), charge("duty", 0)])]), on=DAY
    )
    assert [p.account for p in draft.postings] == [accounts.CUSTOMER_DEPOSITS, accounts.DEFERRED_REVENUE]
