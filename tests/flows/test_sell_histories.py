"""Random histories of a shop on all payment paths: whatever is ordered, paid, doubled, paid late, cancelled, shipped, taken or
refused at the door, given back, spent again as store credit, in whatever order, the books balance, stock is never below zero, no more goes back than came in, the charge is the quote, the declared values
follow from the money, and nothing is stuck.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from entrepot.domains.declarations.engine.values import declared_values
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.fulfilment.errors import StepRefused
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.inventory.errors import NotReserved, OutOfStock
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.engine import states
from entrepot.domains.orders.errors import (
    AlreadyOnItsWay,
    MoneyNotHere,
    RefundTooLarge,
    TooManyHolds,
    WholeOrder,
    WrongState,
)
from entrepot.domains.payments import queries as payments
from entrepot.domains.payments.errors import (
    AmountNotPayable,
    CreditNotUsable,
    MethodNotOffered,
    TenderNotPossible,
)
from entrepot.domains.payments.types import ProviderState
from entrepot.flows.pay.apply_answer import apply_answer
from entrepot.flows.pay.decide import mark_paid
from entrepot.flows.sell.cancel_order import cancel_order
from entrepot.flows.sell.refund_order import refund_order
from entrepot.flows.sell.retry_payment import retry_payment
from entrepot.infra import db
from entrepot.infra.memo import forget_all
from entrepot.kernel.actor import SYSTEM
from tests import builders
from tests import money_builders as money

STOCK = {"LAMP-OAK": (6, 3), "SPK-MINI": (5, 0), "TEA-CUP": (9, 9)}
BASKETS = [
    {"LAMP-OAK": 1},
    {"LAMP-OAK": 2, "TEA-CUP": 3},
    {"SPK-MINI": 1, "TEA-CUP": 1},
    {"LAMP-OAK": 5},  # more than Rotterdam holds: the line comes from Shenzhen, or is torn
    {"SPK-MINI": 3, "LAMP-OAK": 4},
]
# market, method: where the data offer it
WAYS = [("DE", "card"), ("US", "card"), ("DE", "code"), ("SA", "card"), ("DE", "redirect"), ("SA", "cash_on_delivery")]


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
        self.codes: list[str] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)
        forget_all()

    # ---- what may happen

    @rule(basket=st.sampled_from(BASKETS), way=st.sampled_from(WAYS))
    def order(self, basket: dict[str, int], way: tuple[str, str]) -> None:
        try:
            placed = builders.a_placed_order(basket, market=way[0], at=self.at, method=way[1])
        except (OutOfStock, TooManyHolds, MethodNotOffered):  # cash has a cap
            return
        self.orders.append(placed.order_id)

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), basket=st.sampled_from(BASKETS), way=st.sampled_from(WAYS))
    def order_with_credit(self, data: st.DataObject, basket: dict[str, int], way: tuple[str, str]) -> None:
        """Spend a store credit on the next order, as a part or as the whole."""
        code = data.draw(st.sampled_from(self.codes))
        try:
            with db.transaction():
                placed = builders.a_placed_order(basket, market=way[0], at=self.at, method=way[1], credit_code=code)
        except (OutOfStock, TooManyHolds, MethodNotOffered, CreditNotUsable):
            return
        self.orders.append(placed.order_id)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), part=st.sampled_from([0, 0, 0, -1, 100]))
    def pay(self, data: st.DataObject, part: int) -> None:
        """The provider says that money came: mostly the right amount, at any time."""
        order_id = data.draw(st.sampled_from(self.orders))
        tries = payments.attempts(order_id=order_id)
        attempt = data.draw(st.sampled_from(tries))
        if attempt.provider == payments.HOUSE:
            return
        cash = attempt.method == "cash_on_delivery"
        amount = attempt.amount_minor if cash else max(1, attempt.amount_minor + part)
        state = ProviderState(
            f"ref-{attempt.id}", "accepted" if cash else "captured", amount, attempt.currency, attempt_id=attempt.id
        )
        self.say(attempt.id, state)

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        order_id = data.draw(st.sampled_from(self.orders))
        attempt = data.draw(st.sampled_from(payments.attempts(order_id=order_id)))
        if attempt.provider == payments.HOUSE:
            return
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
    @rule(data=st.data(), method=st.sampled_from(["card", "code", "redirect", "cash_on_delivery"]))
    def try_again(self, data: st.DataObject, method: str) -> None:
        order_id = data.draw(st.sampled_from(self.orders))
        try:
            retry_payment(actor=SYSTEM, order_id=order_id, method=method, at=self.at)
        except WrongState as refused:
            assert refused.params["reason"]
        except (MethodNotOffered, AmountNotPayable):  # elsewhere, or a store credit has paid the whole
            return

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order_id = data.draw(st.sampled_from(self.orders))
        try:
            cancel_order(actor=SYSTEM, order_id=order_id, reason="a change of mind", at=self.at)
        except (WrongState, AlreadyOnItsWay):
            return

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def ship(self, data: st.DataObject) -> None:
        order_id = data.draw(st.sampled_from(self.orders))
        for shipment in fulfilment.shipments(order_id=order_id):
            if shipment.state == "to_pick" and data.draw(st.booleans()):
                money.ship(shipment.id, at=self.at)

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def at_the_door(self, data: st.DataObject) -> None:
        """Parcels arrive, are taken or refused; cash is told of before or after, and paid out sooner or later."""
        order_id = data.draw(st.sampled_from(self.orders))
        for shipment in fulfilment.shipments(order_id=order_id):
            if shipment.state == "shipped":
                takes = data.draw(st.booleans())
                money.at_the_door(shipment.id, takes=takes, at=self.at)
                if takes and self.pays_cash(order_id):
                    money.cash(order_id, shipment.consignment_ref, "collected", at=self.at)
            elif shipment.state == "refused":
                money.comes_back(shipment.id, at=self.at)
            elif shipment.state == "delivered" and self.pays_cash(order_id):
                money.cash(order_id, shipment.consignment_ref, "remitted", at=self.at)

    @precondition(lambda self: self.orders)
    @rule(
        data=st.data(),
        kind=st.sampled_from(["release", "return", "goodwill"]),
        tender=st.sampled_from(["original", "store_credit", "bank_transfer"]),
    )
    def give_back(self, data: st.DataObject, kind: Any, tender: Any) -> None:
        """Somebody gives units or an amount back, whether that is possible or not."""
        order_id = data.draw(st.sampled_from(self.orders))
        left = orders.open_lines(order_id=order_id)
        amount, units = 0, {}
        if kind == "goodwill":
            amount = data.draw(st.integers(1, max(2, sum(line.gross_minor for line in left))))
        else:
            line = data.draw(st.sampled_from(left))
            units = {(line.kind, line.ref): data.draw(st.integers(1, 3))}
        try:
            refund_order(
                actor=SYSTEM, order_id=order_id, kind=kind, reason="history", at=self.at, units=units,
                amount_minor=amount, tender=tender,
            )  # fmt: skip
        except (WrongState, RefundTooLarge, WholeOrder, MoneyNotHere, StepRefused, TenderNotPossible) as refused:
            assert refused.message()
        except NotReserved:  # it is confirmed, and its shipments and stock are one event away
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
        money.send_refunds(at=self.at)
        for refund in payments.bank_transfers():
            mark_paid(actor=SYSTEM, refund_id=refund.id, note="bank", by="Finance", at=self.at)
        for order_id in self.orders:
            for credit in payments.credits_of(order_id=order_id):
                code = payments.credit_code(credit_id=credit.id)
                if code not in self.codes:
                    self.codes.append(code)

    def pays_cash(self, order_id: str) -> bool:
        return any(
            a.method == "cash_on_delivery" and a.state == "accepted" for a in payments.attempts(order_id=order_id)
        )

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
        order, whole = orders.order(order_id=order_id), payments.money(order_id=order_id)
        assert captured - back + whole.promised_minor >= order.total_minor
        if not order.changes:
            values = declared_values(order.quote, captured, back, to_collect_minor=whole.promised_minor)
            assert sum(v.goods_minor for v in values) == order.quote.goods_minor

    @invariant()
    def what_is_left_is_never_below_zero(self) -> None:
        for order_id in self.orders:
            left = orders.open_lines(order_id=order_id)
            assert all(line.quantity >= 0 and line.gross_minor >= 0 for line in left)
            assert sum(line.gross_minor for line in left) == orders.brief(order_id=order_id).total_minor
            for line in left:
                assert line.goods_minor + line.duty_minor + line.fee_minor + line.tax_minor == line.gross_minor

    @invariant()
    def store_credits_are_the_sum_of_their_moves(self) -> None:
        for order_id in self.orders:
            for credit in payments.credits_of(order_id=order_id):
                moves = payments.credit_moves(credit_id=credit.id)
                assert 0 <= credit.balance_minor == sum(move.amount_minor for move in moves)

    def _books_of(self, order_id: str) -> None:
        """What is the buyer's is zero at the end, but for payments of another amount, on which a person decides."""
        attempts = payments.attempts(order_id=order_id)
        wrong = {a.id for a in attempts if a.mismatch}
        stuck = sum(
            c.amount_minor - c.refunded_minor for c in payments.captures(order_id=order_id) if c.attempt_id in wrong
        )
        assert money.of_order(order_id, "2110") == -stuck
        assert money.of_order(order_id, "1310") == payments.money(order_id=order_id).promised_minor
        for credit in payments.credits_of(order_id=order_id):
            set_aside = sum(
                a.amount_minor for one in self.orders for a in payments.attempts(order_id=one)
                if a.state == "accepted" and a.provider == payments.HOUSE and self._of(credit.id, one)
            )  # fmt: skip
            owed = ledger.party_balance(
                entity_id=self.entity, account="2130", party=credit.id, currency=credit.currency
            )
            assert -owed == credit.balance_minor + set_aside

    @staticmethod
    def _of(credit_id: str, order_id: str) -> bool:
        return any(
            move.order_id == order_id for move in payments.credit_moves(credit_id=credit_id) if move.kind == "hold"
        )

    def settle_everything(self) -> None:
        """At the end: the worker has worked, the books know each confirmed order, cancelled ones hold nothing."""
        self.refunds_go_out()
        self.refunds_go_out()
        self.books_balance()
        for order_id in self.orders:
            order = orders.order(order_id=order_id)
            shipments = [s for s in fulfilment.shipments(order_id=order_id) if s.state != "cancelled"]
            kept = [r for r in inventory.reservations(order_id=order_id) if r.state in ("held", "allocated")]
            self._books_of(order_id)
            if order.state == "confirmed":
                left = orders.open_lines(order_id=order_id)
                waited_for = {line.consignment_ref for line in left if line.kind == "goods" and line.quantity}
                assert waited_for <= {s.consignment_ref for s in shipments}
                assert {r.state for r in kept} <= {"allocated"}
            elif order.state in ("cancelled", "expired"):
                assert not kept and all(s.state in ("refused", "returned", "delivered", "shipped") for s in shipments)
                captured = payments.captures(order_id=order_id)
                wrong = {a.id for a in payments.attempts(order_id=order_id) if a.mismatch}
                assert all(c.refunded_minor == c.amount_minor for c in captured if c.attempt_id not in wrong)


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
            stateful_step_count=22,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=False,
        ),
    )
