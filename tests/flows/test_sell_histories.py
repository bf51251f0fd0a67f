"""Random histories of a shop: whatever is ordered, paid, doubled, paid late, cancelled, shipped, in whatever order,
the books balance, stock is never below zero, no more goes back than came in, the charge is the quote, the declared values
follow from the money, and nothing is stuck.
"""

from __future__ import annotations

import datetime as dt
import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from entrepot.domains.declarations.engine.values import declared_values
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.inventory.errors import OutOfStock
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.engine import states
from entrepot.domains.orders.errors import AlreadyOnItsWay, TooManyHolds, WrongState
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments import services as payment_services
from entrepot.domains.payments.types import ProviderState
from entrepot.flows.pay.apply_answer import apply_answer
from entrepot.flows.pay.execute_refund import post_refund
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.flows.sell.retry_payment import retry_payment
from entrepot.infra import db
from entrepot.infra.memo import forget_all
from entrepot.kernel.actor import SYSTEM
from tests import builders

STOCK = {"LAMP-OAK": (6, 3), "SPK-MINI": (5, 0), "TEA-CUP": (9, 9)}
BASKETS = [
    {"LAMP-OAK": 1},
    {"LAMP-OAK": 2, "TEA-CUP": 3},
    {"SPK-MINI": 1, "TEA-CUP": 1},
    {"LAMP-OAK": 5},  # more than Rotterdam holds: the line comes from Shenzhen, or is torn
    {"SPK-MINI": 3, "LAMP-OAK": 4},
]


class Shop(RuleBasedStateMachine):
    """One shop over some days; rolled back at the end of each history."""

    entity = ""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.at = builders.AT
        self.orders: list[str] = []
        self.said: list[tuple[str, ProviderState]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)
        forget_all()

    # ---- what may happen

    @rule(
        basket=st.sampled_from(BASKETS),
        market=st.sampled_from(["DE", "US", "SA"]),
        method=st.sampled_from(["card", "code"]),
    )
    def order(self, basket: dict[str, int], market: str, method: str) -> None:
        try:
            placed = builders.a_placed_order(basket, market=market, at=self.at, method=method)
        except (OutOfStock, TooManyHolds):
            return
        self.orders.append(placed.order_id)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), part=st.sampled_from([0, 0, 0, -1, 100]))
    def pay(self, data: st.DataObject, part: int) -> None:
        """The provider says that money came: mostly the right amount, at any time."""
        order_id = data.draw(st.sampled_from(self.orders))
        tries = payments.attempts(order_id=order_id)
        attempt = data.draw(st.sampled_from(tries))
        amount = max(1, attempt.amount_minor + part)
        state = ProviderState(f"ref-{attempt.id}", "captured", amount, attempt.currency, attempt_id=attempt.id)
        self.say(attempt.id, state)

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        order_id = data.draw(st.sampled_from(self.orders))
        attempt = data.draw(st.sampled_from(payments.attempts(order_id=order_id)))
        state = ProviderState(
            f"ref-{attempt.id}",
            "failed",
            attempt.amount_minor,
            attempt.currency,
            refusal="refused",
            attempt_id=attempt.id,
        )
        self.say(attempt.id, state)

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """A message comes once more, perhaps long after others."""
        attempt_id, state = data.draw(st.sampled_from(self.said))
        self.say(attempt_id, state, keep=False)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), method=st.sampled_from(["card", "code"]))
    def try_again(self, data: st.DataObject, method: str) -> None:
        order_id = data.draw(st.sampled_from(self.orders))
        try:
            retry_payment(actor=SYSTEM, order_id=order_id, method=method, at=self.at)
        except WrongState as refused:
            assert refused.params["reason"]

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order_id = data.draw(st.sampled_from(self.orders))
        try:
            cancel_order(actor=SYSTEM, order_id=order_id, reason="a change of mind", at=self.at)
        except (WrongState, AlreadyOnItsWay):
            return

    @rule(hours=st.sampled_from([0.1, 1, 30]))
    def time_goes_by(self, hours: float) -> None:
        self.at += dt.timedelta(hours=hours)
        if self.at > builders.AT + dt.timedelta(days=5):
            self.at = builders.AT + dt.timedelta(days=5)
        builders.let_lapse(self.at)

    @rule()
    def worker(self) -> None:
        builders.deliver_all()

    @rule()
    def refunds_go_out(self) -> None:
        builders.deliver_all()
        for refund_id in payments.due_refunds(at=self.at + dt.timedelta(days=1)):
            with db.transaction():
                done = payment_services.record_refund(actor=SYSTEM, refund_id=refund_id, status="done", at=self.at)
                if done is not None:
                    post_refund(done, self.at)

    def say(self, attempt_id: str, state: ProviderState, *, keep: bool = True) -> None:
        with db.transaction():
            apply_answer(attempt_id, state, self.at)
        if keep:
            self.said.append((attempt_id, state))

    # ---- what must always hold

    @invariant()
    def books_balance(self) -> None:
        sums: dict[str, int] = {}
        for row in ledger.trial_balance(entity_id=self.entity):
            sums[row.currency] = sums.get(row.currency, 0) + row.balance_minor
        assert all(total == 0 for total in sums.values())

    @invariant()
    def stock_is_never_below_zero(self) -> None:
        for level in inventory.stock_levels():
            assert 0 <= level.reserved <= level.on_hand

    @invariant()
    def money_fits_the_quote(self) -> None:
        for order_id in self.orders:
            order = orders.order(order_id=order_id)
            assert order.placed_total_minor == order.quote.total_minor
            captured = sum(c.amount_minor for c in payments.captures(order_id=order_id))
            back = sum(c.refunded_minor for c in payments.captures(order_id=order_id))
            assert 0 <= back <= captured
            assert sum(r.amount_minor for r in payments.refunds(order_id=order_id) if r.state != "failed") == back
            assert order.total_minor == order.placed_total_minor + sum(c.amount_minor for c in order.changes)
            assert order.state in states.FINAL or states.next_steps(order.state)
            if order.state == "confirmed":
                self._confirmed_is_paid(order_id, captured, back)

    def _confirmed_is_paid(self, order_id: str, captured: int, back: int) -> None:
        order = orders.order(order_id=order_id)
        exact = [c for c in payments.captures(order_id=order_id) if c.amount_minor == order.quote.total_minor]
        assert exact and captured - back >= order.quote.total_minor
        values = declared_values(order.quote, captured, back)
        assert sum(v.goods_minor for v in values) == order.quote.goods_minor

    def settle_everything(self) -> None:
        """At the end: the worker has worked, the books know each confirmed order, cancelled ones hold nothing."""
        self.refunds_go_out()
        self.refunds_go_out()
        self.books_balance()
        for order_id in self.orders:
            order = orders.order(order_id=order_id)
            shipments = [s for s in fulfilment.shipments(order_id=order_id) if s.state != "cancelled"]
            kept = [r for r in inventory.reservations(order_id=order_id) if r.state in ("held", "allocated")]
            if order.state == "confirmed":
                assert {s.consignment_ref for s in shipments} == {c.ref for c in order.quote.consignments}
                assert {r.state for r in kept} == {"allocated"}
            elif order.state in ("cancelled", "expired"):
                assert not shipments and not kept
                captured = payments.captures(order_id=order_id)
                exact = [c for c in captured if c.amount_minor == order.quote.total_minor]
                assert all(c.refunded_minor == c.amount_minor for c in exact)


class Settled(Shop):
    """The same shop, which settles everything at the end of each history."""

    def teardown(self) -> None:
        try:
            self.settle_everything()
        finally:
            super().teardown()


@pytest.mark.django_db
@pytest.mark.slow
def test_random_histories():
    Shop.entity = builders.seed_shop(stock=STOCK).entity.id
    builders.deliver_all()
    run_state_machine_as_test(
        Settled,
        settings=settings(
            max_examples=int(os.environ.get("ENTREPOT_HISTORIES", "10")),
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=False,
        ),
    )
