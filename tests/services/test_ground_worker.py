"""The worker: deliveries in order, a timetable that two workers share, one wiring for all."""

import datetime as dt
import threading
import time

import pytest
from django.db import connection

from entrepot.infra import clock, db, events, schedule, wiring
from entrepot.infra.schedule import Scheduled
from entrepot.interfaces.jobs import timetable, worker
from entrepot.kernel.event import TOPICS, Event

TOPIC = "ground.ground_tried.v1"
taken: list[int] = []
broken: set[int] = set()


def _take(event) -> None:
    if event.number in broken:
        raise ValueError("planted")
    taken.append(event.number)


@pytest.fixture
def subscribed(monkeypatch):
    """Plant an event and a subscriber; afterwards neither is known any more."""
    monkeypatch.setattr(events, "_by_topic", dict(events._by_topic))
    monkeypatch.setattr(events, "_by_name", dict(events._by_name))

    class GroundTried(Event, frozen=True, topic=TOPIC):
        """Something to deliver."""

        number: int

    taken.clear()
    broken.clear()
    events.subscribe([events.Subscription("ground.take", GroundTried, _take)])
    yield taken
    del TOPICS[TOPIC]


def _publish(*numbers, aggregate="thing:1"):
    with db.transaction():
        for number in numbers:
            events.publish(TOPICS[TOPIC](number=number), aggregate=aggregate)


@pytest.mark.django_db(transaction=True)
def test_drain_delivers_all_in_order(subscribed):
    _publish(1, 2, 3)
    worker.drain()
    assert taken == [1, 2, 3]
    assert events.backlog() == 0


@pytest.mark.django_db(transaction=True)
def test_a_failing_delivery_holds_back_its_aggregate_only(subscribed):
    broken.add(1)
    _publish(1, 2)
    _publish(7, aggregate="thing:2")
    worker.drain()
    assert taken == [7]
    assert events.backlog() == 2


@pytest.mark.django_db(transaction=True)
def test_the_loop_stops_when_told_and_delivers_before(subscribed):
    stop = threading.Event()

    def work():
        worker.deliver(stop)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    _publish(5)
    deadline = time.monotonic() + 5
    while taken != [5] and time.monotonic() < deadline:
        time.sleep(0.01)
    stop.set()
    thread.join(5)
    assert taken == [5]
    assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_what_goes_alone_has_a_transaction_of_its_own_in_order_and_once(subscribed):
    """Batched handlers share a transaction; one that goes alone shares it with nobody, and fails by itself."""
    seen = []

    def together(event):
        seen.append(("together", event.number, _transaction()))

    def by_itself(event):
        seen.append(("alone", event.number, _transaction()))
        if event.number in broken:
            raise ValueError("planted")

    event = TOPICS[TOPIC]
    events.subscribe([events.Subscription("ground.alone", event, by_itself, alone=True)])
    events.subscribe([events.Subscription("ground.together", event, together)])
    _publish(1, 2, 3)
    assert (
        events.deliver_batch() == 2 + 1
    )  # the first event to two that share a transaction, and to the one that goes alone
    assert worker.drain() == 6
    alone = [(number, transaction) for kind, number, transaction in seen if kind == "alone"]
    others = {transaction for kind, _, transaction in seen if kind == "together"}
    assert [number for number, _ in alone] == [1, 2, 3] and len({t for _, t in alone}) == 3
    assert not others & {t for _, t in alone}
    assert events.backlog() == 0

    broken.add(4)
    seen.clear()
    _publish(4, 5)
    _publish(6, aggregate="thing:2")
    worker.drain()
    assert [number for kind, number, _ in seen if kind == "alone"] == [4, 6]  # 5 waits behind 4, 6 does not
    assert events.backlog() >= 2


def _transaction():
    return db.fetch("SELECT pg_current_xact_id()::text", [])[0][0]


# ---- the timetable


@pytest.mark.django_db(transaction=True)
def test_an_entry_runs_once_per_interval_whoever_asks():
    moments = []
    entry = Scheduled("ground.tick", 60, moments.append)
    assert timetable.run_once(entry)
    assert not timetable.run_once(entry)
    assert [moment.date() for moment in moments] == [clock.today()]
    db.execute("UPDATE infra_schedulerun SET started_at = started_at - interval '1 minute'")
    assert timetable.run_once(entry)


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_double_a_long_run():
    began, release = threading.Event(), threading.Event()
    runs = []

    def slow(at: dt.datetime) -> None:
        runs.append(at)
        began.set()
        release.wait(5)

    entry = Scheduled("ground.slow", 0, slow)

    def other():
        timetable.run_once(entry)
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert began.wait(5)
    assert not timetable.run_once(entry)  # due again (every 0 s), but the other is still at it
    release.set()
    thread.join(5)
    assert len(runs) == 1


@pytest.mark.django_db(transaction=True)
def test_a_fault_is_recorded_and_does_not_stop_the_timetable():
    def fails(at: dt.datetime) -> None:
        raise ValueError("planted")

    assert timetable.run_once(Scheduled("ground.fails", 1, fails))
    assert db.fetch("SELECT error FROM infra_schedulerun WHERE name = 'ground.fails'") == [("ValueError: planted",)]


# ---- wiring


def test_loading_twice_registers_once():
    before = len(events.subscriptions()), len(schedule.entries())
    wiring.load()
    assert (len(events.subscriptions()), len(schedule.entries())) == before


def test_every_subscription_and_entry_is_named_after_its_process():
    processes = {name.rsplit(".", 1)[1] for name in wiring.processes()}
    for name in [s.name for s in events.subscriptions()] + [e.name for e in schedule.entries()]:
        assert name.split(".")[0] in processes | {"jobs"}, name
