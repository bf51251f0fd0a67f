"""Bills and replays in the console: who may, preview before booking, matching by hand, withdrawing, lanes, reserve, a replayed period."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from entrepot.domains.finance import queries as finance
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.orders import queries as orders
from entrepot.flows.price import replay_run
from entrepot.interfaces.console import counts
from entrepot.interfaces.console.views.bills import _ppm
from entrepot.kernel.errors import InvalidInput
from tests import builders
from tests.flows.test_console_pages import logged_in, words

pytestmark = pytest.mark.django_db
HEAD = "bill_number,bill_date,carrier,reference,kind,amount,currency\n"
DAY = "2026-11-25"


@pytest.fixture
def order():
    builders.seed_shop()
    counts.forget()
    placed = builders.a_confirmed_order({"TEA-CUP": 2})
    return orders.order(order_id=placed.order_id)


def _send(desk, text: str):
    sent = SimpleUploadedFile("november.csv", text.encode(), content_type="text/csv")
    return desk.post("/console/bills/import", {"file": sent})


def test_a_file_is_seen_before_it_is_booked_and_a_line_is_matched_by_hand_and_withdrawn(order) -> None:
    desk = logged_in("finance")
    text = (
        HEAD
        + f"B1,{DAY},sandbox,{order.number},freight,99.00,EUR\nB1,{DAY},sandbox,NOBODY,storage,4.00,EUR\nB1,{DAY},sandbox,X,bribe,4,EUR\n"
    )
    preview = _send(desk, text)["Location"]
    shown = words(desk.get(preview))
    assert "What it would do" in shown and "One of: freight, duty" in shown and finance.bill_lines() == ()
    assert desk.post(preview)["Location"] == "/console/bills"
    listed = words(desk.get("/console/bills"))
    assert "1 wait for a person" in listed and "No parcel, shipment or order bears that number" in listed
    assert order.number in words(desk.get("/console/bills?state=posted"))
    (waiting,) = finance.bill_lines(state="unmatched")
    page = f"/console/bills/{waiting.id}"
    wrong = desk.get(page, {"order": "E-9"})
    assert wrong.status_code == 422 and 'value="E-9"' in words(wrong)
    assert "Book it with this order" in words(desk.get(page, {"order": order.number}))
    assert finance.bill_lines(state="unmatched")
    desk.post(f"{page}/match", {"order": order.number})
    booked = words(desk.get(page))
    assert "Landed-cost variance" in booked and "balanced" in booked
    desk.post(f"{page}/withdraw", {"reason": ""})
    assert "Say why the line is withdrawn" in words(desk.get(page))
    desk.post(f"{page}/withdraw", {"reason": "not ours"})
    assert finance.bill_line(line_id=waiting.id).state == "withdrawn" and "Reversal" in words(desk.get(page))
    again = words(desk.get(_send(desk, text)["Location"]))
    assert "lines known from before" in again and finance.bill_counts() == {"posted": 1, "withdrawn": 1}


@pytest.mark.parametrize(("role", "see"), [("auditor", 200), ("warehouse", 403)])
def test_who_may_only_look_cannot_book(order, role, see) -> None:
    desk = logged_in(role)
    assert desk.get("/console/bills").status_code == see and desk.get("/console/bills/lanes").status_code == see
    assert _send(desk, HEAD).status_code == 403
    assert desk.post("/console/bills/match").status_code == 403
    assert desk.post("/console/bills/reserve").status_code == 403


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", HEAD + "x" * 200])
def test_a_wrong_file_is_refused_in_words(order, text) -> None:
    desk = logged_in("finance")
    answer = _send(desk, text)
    shown = words(desk.get(answer["Location"]))
    assert any(said in shown for said in ("Choose a file that is not empty", "these are missing", "may not be empty"))
    assert desk.get("/console/bills/import/" + "0" * 64).status_code in (404, 500)


def test_a_reserve_is_proposed_decided_on_and_the_rate_card_asks_more_from_that_day(order) -> None:
    desk = logged_in("finance")
    one = order.quote.consignments[0]
    text = HEAD + f"B2,{DAY},sandbox,{order.number},freight,{one.freight_minor * 3 / 200:.2f},EUR\n"
    desk.post(_send(desk, text)["Location"])
    (proposal,) = finance.reserve_proposals(entity_id=order.entity_id)
    shown = words(desk.get("/console/bills/lanes"))
    assert "Reserve proposed" in shown and 'data-chart="column"' in shown
    lane = {"dispatch": proposal.lane.dispatch, "destination": "DE", "service": proposal.lane.service}
    form = {**lane, "group": "carriage", "percent": "4.5", "from_date": "2026-12-01"}

    def steps(day) -> list[int]:
        rates = logistics.lane_rates(destination="DE", on=day)
        return [
            s.amount_minor
            for r in rates
            if r.service == lane["service"] and r.origin_country == lane["dispatch"]
            for s in r.steps
        ]

    before = steps(builders.DAY)
    for wrong, said in (
        ({"percent": "x"}, "such as 4.5"),
        ({"from_date": DAY}, "begins after today"),
        ({"percent": "0"}, "above zero"),
    ):
        desk.post("/console/bills/reserve", {**form, **wrong})
        assert said in words(desk.get("/console/bills/lanes"))
    assert finance.reserves(entity_id=order.entity_id) == ()
    desk.post("/console/bills/reserve", form)
    (decided,) = finance.reserves(entity_id=order.entity_id)
    assert (decided.ppm, decided.proposed_ppm, decided.consignments) == (45_000, proposal.ppm, 1)
    assert steps(builders.DAY) == before
    after = steps(decided.from_date)
    assert len(after) == len(before) and all(
        new == old + -(-old * 45 // 1000) for new, old in zip(after, before, strict=True)
    )
    assert "Decided" in words(desk.get("/console/bills/lanes"))


def test_percent_is_read_to_the_ppm() -> None:
    assert [_ppm(text) for text in ("4.5", "4,5", "100", "0.0001", " 7 ")] == [45_000, 45_000, 1_000_000, 1, 70_000]
    for text in ("", "x", "-1", "1e3", "4.x", "٣"):
        with pytest.raises(InvalidInput):
            _ppm(text)


def test_a_period_is_replayed_from_the_console(order) -> None:
    desk = logged_in("finance")
    form = {"from": DAY, "to": DAY, "rules": "", "market": "", "what": "orders"}
    same = desk.post("/console/replay", form)["Location"]
    assert "Nothing differs" in words(desk.get(same))
    other = desk.post("/console/replay", {**form, "rules": "2026-06-30", "what": "quotes"})["Location"]
    shown = words(desk.get(other))
    assert "By the law of 30 June 2026" in shown and "Causes" in shown
    rows = list(csv.DictReader(io.StringIO(desk.get(f"{other}/csv").content.decode())))
    assert all(row["cause"] for row in rows)
    wrong = desk.post("/console/replay", {**form, "from": "2026-11-30", "market": "DE"})
    assert wrong.status_code == 422 and "not after the last" in words(wrong) and 'value="2026-11-30"' in words(wrong)
    assert desk.post("/console/replay", {**form, "to": "soon"}).status_code == 422
    assert "2026" in words(desk.get("/console/replay"))
    assert logged_in("auditor").get(same).status_code == 200


def test_a_long_replay_waits_for_the_worker(order, monkeypatch) -> None:
    monkeypatch.setattr(replay_run, "AT_ONCE", 0)
    desk = logged_in("finance")
    form = {"from": DAY, "to": DAY, "rules": "", "market": "DE", "what": "orders"}
    page = desk.post("/console/replay", form)["Location"]
    waiting = desk.get(page)
    assert "The worker is at it" in words(waiting) and waiting["Refresh"] == "3"
    assert replay_run.run_asked(builders.AT) == 1 and replay_run.run_asked(builders.AT) == 0
    (run,) = finance.replay_runs()
    assert (run.state, run.done, run.report["orders"], run.report["changed"]) == ("done", 1, 1, 0)
    assert "Nothing differs" in words(desk.get(page))


def test_a_replay_that_breaks_is_failed_and_keeps_no_other_waiting(order, monkeypatch) -> None:
    monkeypatch.setattr(replay_run, "AT_ONCE", 0)
    desk = logged_in("finance")
    form = {"from": DAY, "to": DAY, "rules": "", "market": "DE", "what": "orders"}
    for _ in range(2):
        desk.post("/console/replay", form)
    real, calls = replay_run.replay, []

    def broken(*args, **how):
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError
        return real(*args, **how)

    monkeypatch.setattr(replay_run, "replay", broken)
    assert replay_run.run_asked(builders.AT) == 2 and replay_run.run_asked(builders.AT) == 0
    assert sorted(run.state for run in finance.replay_runs()) == ["done", "failed"]
