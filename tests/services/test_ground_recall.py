"""What one subscriber read is there for the next of the same event, and never a moment too long."""

import pytest

from entrepot.domains.orders import queries as orders
from entrepot.domains.orders import services as order_services
from entrepot.infra import db
from entrepot.infra.recall import forget, recall, recalling
from entrepot.kernel.actor import SYSTEM
from tests import builders

pytestmark = pytest.mark.django_db


def count(kept: list[int]) -> int:
    kept.append(1)
    return len(kept)


def test_nothing_is_kept_outside_a_batch():
    asked: list[int] = []
    assert [recall("orders", "a", lambda: count(asked)) for _ in range(2)] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_kept_until_its_domain_writes_or_the_next_event_begins():
    asked: list[int] = []

    def ask() -> int:
        return recall("orders", "a", lambda: count(asked))

    with db.transaction(), recalling() as next_event:
        seen = [ask(), ask()]
        forget("ledger")
        seen.append(ask())
        forget("orders")
        seen += [ask(), ask()]
        next_event()
        seen += [ask(), recall("orders", "a", lambda: count(asked), anew=True), ask()]
    assert seen == [1, 1, 1, 2, 2, 3, 4, 4]


@pytest.mark.django_db(transaction=True)
def test_a_service_forgets_what_its_domain_answered_and_a_savepoint_keeps_nothing():
    builders.seed_shop()
    order_id = builders.a_placed_order().order_id
    with db.transaction(), recalling():
        first = orders.order(order_id=order_id)
        assert orders.order(order_id=order_id) is first
        with db.transaction():
            assert orders.order(order_id=order_id) is not first
        locked = orders.order(order_id=order_id, lock=True)
        assert locked is not first and orders.order(order_id=order_id) is locked
        order_services.add_timeline(
            actor=SYSTEM, order_id=order_id, kind="note", params={}, for_buyer=False, at=builders.AT
        )
        assert [step.kind for step in orders.order(order_id=order_id).timeline][-1] == "note"
    assert orders.order(order_id=order_id) is not orders.order(order_id=order_id)
