"""States of an attempt, offers of methods, words of refusal: pure rules."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance.engine import accounts
from entrepot.domains.payments.engine import refusals, states
from entrepot.domains.payments.engine.offered import offered
from entrepot.domains.payments.types import AttemptState, MethodTerms, ProviderState

STATES = get_args(AttemptState)
SAID = get_args(ProviderState.__annotations__["status"]) or (
    "pending",
    "action_needed",
    "accepted",
    "captured",
    "failed",
    "cancelled",
)


def test_every_state_is_known_and_has_a_way_to_a_final_one():
    assert set(states.FORWARD) == set(STATES)
    for state in STATES:
        reached, queue = {state}, [state]
        while queue:
            for after in states.FORWARD[queue.pop()] - reached:
                reached.add(after)
                queue.append(after)
        assert "captured" in reached
    assert set(states.LEFT_BY) == {*states.OPEN, "accepted"}, "who takes an attempt on that is not settled?"


def test_no_state_is_left_twice():
    for state in STATES:
        for after in states.FORWARD[state]:
            assert not states.may_move(after, state), f"{state} ↔ {after} is a circle"


@given(st.lists(st.sampled_from(SAID), max_size=30))
def test_whatever_order_messages_come_in_money_is_found_once(said):
    state, captures = "started", 0
    for status in said:
        verdict = states.verdict(state, 100, "EUR", ProviderState("r", status, 100, "EUR"))
        if verdict == "applied":
            captures += status == "captured"
            state = status
    # What is promised at the door is settled parcel by parcel, never by a word about the whole.
    before = said[: said.index("accepted")] if "accepted" in said else said
    assert captures <= 1
    assert captures == 1 or "captured" not in before
    assert state == "captured" or captures == 0


@pytest.mark.parametrize(("amount", "currency"), [(99, "EUR"), (101, "EUR"), (100, "USD")])
def test_other_money_than_asked_for_is_a_mismatch(amount, currency):
    said = ProviderState("r", "captured", amount, currency)
    assert states.verdict("action_needed", 100, "EUR", said) == "mismatch"


def test_every_refusal_has_words_that_say_what_now():
    for code in refusals.WORDS:
        assert refusals.words(code).count(".") >= 2
    assert refusals.words("") == ""
    assert refusals.words("unheard_of") == refusals.WORDS["refused"]


def test_methods_are_offered_by_market_currency_and_amount():
    rows = [
        MethodTerms("card", "a", 60, currencies=("EUR",), min_minor=50, max_minor=1000),
        MethodTerms("card", "b", 60),
        MethodTerms("code", "a", 60, markets=("DE",)),
    ]

    def codes(market, currency, amount):
        return [(t.method, t.provider) for t in offered(rows, market=market, currency=currency, amount_minor=amount)]

    assert codes("DE", "EUR", 50) == [("card", "a"), ("code", "a")]
    assert codes("SA", "EUR", 1001) == [("card", "b")]
    assert codes("", "USD", 10) == [("card", "b"), ("code", "a")]
    assert codes("DE", "EUR", 0) == []


def test_the_chart_names_every_account_of_the_rules():
    chart = finance.chart_of_accounts()
    assert {spec.code for spec in chart} == set(accounts.NAMES)
    held = {accounts.CUSTOMER_DEPOSITS, accounts.DEFERRED_REVENUE, accounts.CASH_RECEIVABLE, accounts.STORE_CREDIT}
    assert {spec.code for spec in chart if spec.party} == held
