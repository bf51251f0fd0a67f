"""One consignment, two collectors: invoice, credit notes, entries and tax records say the same of it, after any changes."""

from __future__ import annotations

import datetime as dt
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from bench import _quarter as quarter
from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine import accounts, bills, entries, invoice, invoice_shares, tax_records
from entrepot.domains.orders.engine import refunds
from entrepot.domains.orders.types import ChangedLines
from entrepot.flows.price.landed_cost import landed_cost
from entrepot.flows.settle import invoice_facts
from entrepot.kernel.quote import FrozenQuote
from entrepot.kernel.trade import Consignment, Line
from tests import invoice_builders
from tests.law_builders import DAY
from tests.unit.test_law_all_regimes import CODES, FX, rules_of, usd

BY_ITEM = ("SG", "NZ")
TAXES = (accounts.TAX_PAYABLE, accounts.IMPORT_TAX_PAYABLE)
ENTITY = "00000000-0000-4000-8000-000000000001"
MOMENT = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
RULES = {country: rules_of(country, "", DAY, True) for country in BY_ITEM}


@st.composite
def mixed_quotes(draw: st.DrawFn) -> FrozenQuote:
    """An order of which some goods are taxed at the sale and some at the border."""
    country = draw(st.sampled_from(BY_ITEM))
    cents = st.one_of(st.integers(1, 20_000), st.integers(70_000, 300_000))
    prices = [*draw(st.lists(cents, max_size=2)), draw(st.integers(1, 20_000)), draw(st.integers(70_000, 300_000))]
    lines = tuple(
        Line(f"l{n}", f"S{n}", units, usd(country, price) * units, draw(st.sampled_from(CODES)), "CN", 100, "standard")
        for n, price in enumerate(prices)
        for units in [draw(st.integers(1, 3))]
    )
    currency = {"SG": "SGD", "NZ": "NZD"}[country]
    freight = usd(country, draw(st.one_of(st.integers(0, 300), st.integers(300, 40_000))))
    parcel = Consignment("c", "CN", country, "", "", currency, lines, freight, 0, "consumer", "courier")
    cost = landed_cost(parcel, *RULES[country], DAY, fx=FX)
    assert cost.line_schemes
    return invoice_builders.quote_of([(parcel, cost)], DAY)


def orders() -> st.SearchStrategy[FrozenQuote]:
    """Mixed orders, and those of everywhere."""
    everywhere = st.builds(
        lambda seed, country: quarter._order(random.Random(seed), country, ENTITY),
        st.integers(0, 10**9),
        st.sampled_from(COUNTRIES),
    )
    return st.one_of(mixed_quotes(), everywhere.filter(bool).map(lambda made: made.quote))


COUNTRIES = ("DE", "US", "CA", "GB", "NO", "CH", "SG", "AU", "JP", "BR", "IN")


def posted(draft: entries.EntryDraft) -> dict[str, int]:
    """What an entry posts on the accounts of tax, above zero for what is owed."""
    found: dict[str, int] = {}
    for posting in draft.postings:
        if posting.account in TAXES:
            found[posting.account] = found.get(posting.account, 0) - posting.amount_minor
    return {account: amount for account, amount in found.items() if amount}


def recorded(records) -> dict[str, int]:
    return {account: amount for (_, account, _), amount in tax_records.by_account(records).items()}


def document(quote: FrozenQuote, shares, before=None):
    head = invoice_builders.head(
        code="380" if before is None else "381", routes=invoice_facts.routes(quote, []), union=False,
        preceding="" if before is None else "INV-1",
    )  # fmt: skip
    return invoice.compose(head, quote, shares, finance.tax_categories(), lambda text: text, before)


def history(quote: FrozenQuote, data: st.DataObject, dispatched_at: int):
    """Yield (number, change, changes before, what is left after it), until nothing is left."""
    left, before = tuple(quarter.shares_of(quote)), ()
    steps = data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=5))
    for number, tenth in enumerate([*steps, 10]):
        amount = refunds.total(left) * tenth // 10
        if not amount:
            continue
        taken = refunds.by_amount(left, amount)
        if number >= dispatched_at:
            taken = refunds.staged(taken, [c.ref for c in quote.consignments])
        change = ChangedLines(f"c{number}", "o", "goodwill", "", refunds.total(taken), MOMENT, taken)
        left = tuple(quarter._less(line, taken) for line in left)
        yield change, before, left
        before = (*before, change)


@settings(max_examples=120, deadline=None)
@given(orders(), st.data())
def test_documents_entries_and_records_say_the_same_tax_at_every_step(quote, data):
    sale = entries.sale(order_id="o", quote=quote, on=DAY)
    supply = finance.supply_kinds()
    records = tax_records.of_sale(order_id="o", quote=quote, on=DAY, entry_key=sale.key, supply=supply)
    assert recorded(records) == posted(sale)
    balance = dict.fromkeys(TAXES, 0) | posted(sale)
    whole = document(quote, invoice_shares.as_placed(quote))
    assert whole.totals.tax_minor == balance[accounts.TAX_PAYABLE]
    for change, before, left in history(quote, data, dispatched_at=9):
        draft = entries.change(order_id="o", quote=quote, change=change, on=DAY, before=before)
        assert sum(p.amount_minor for p in draft.postings) == 0
        told = tax_records.of_change(records, quote=quote, change=change, on=DAY, entry_key=draft.key, before=before)
        assert recorded(told) == posted(draft)
        note = document(quote, invoice_shares.taken(change.lines), before)
        assert note.totals.tax_minor == -posted(draft).get(accounts.TAX_PAYABLE, 0)
        assert note.totals.gross_minor == -change.amount_minor
        for account, amount in posted(draft).items():
            balance[account] += amount
        assert min(balance.values()) >= 0
        frozen = sum(bills.frozen(quote, c.ref, (*before, change))["import_tax"] for c in quote.consignments)
        assert frozen == balance[accounts.IMPORT_TAX_PAYABLE]
        if refunds.total(left):  # an invoice of what is left now
            late = document(quote, left)
            assert late.totals.tax_minor == balance[accounts.TAX_PAYABLE]
            assert late.totals.gross_minor == refunds.total(left)
    assert set(balance.values()) == {0}


@settings(max_examples=40, deadline=None)
@given(mixed_quotes(), st.data(), st.integers(0, 3))
def test_what_has_left_stays_owed_at_the_border_and_the_seller_s_tax_ends_at_nothing(quote, data, dispatched_at):
    sale = entries.sale(order_id="o", quote=quote, on=DAY)
    balance = dict.fromkeys(TAXES, 0) | posted(sale)
    assert balance[accounts.IMPORT_TAX_PAYABLE]
    for change, before, _ in history(quote, data, dispatched_at):
        draft = entries.change(order_id="o", quote=quote, change=change, on=DAY, before=before)
        for account, amount in posted(draft).items():
            balance[account] += amount
        assert min(balance.values()) >= 0
        frozen = bills.frozen(quote, "c", (*before, change))["import_tax"]
        assert frozen == balance[accounts.IMPORT_TAX_PAYABLE]
    assert balance[accounts.TAX_PAYABLE] == 0


def test_freight_of_goods_that_go_two_ways_is_two_charges_of_an_invoice():
    lines = (
        Line("small", "S", 1, 10_000, CODES[0], "CN", 100, "standard"),
        Line("large", "L", 1, 90_000, CODES[0], "CN", 100, "standard"),
    )
    parcel = Consignment("c", "CN", "SG", "", "", "SGD", lines, 1_000, 0, "consumer", "courier")
    quote = invoice_builders.quote_of([(parcel, landed_cost(parcel, *RULES["SG"], DAY, fx=FX))], DAY)
    made = document(quote, invoice_shares.as_placed(quote))
    freight = {c.category: (c.amount_minor, c.tax_minor) for c in made.charges if c.kind == "freight"}
    assert freight == {"S": (100, 9), "O": (900, 0)}
    assert made.totals.tax_minor == 909 and made.profile == "own"
