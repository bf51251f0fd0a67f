"""Giving back in the console: who may, the preview share by share, refusals in words, the list, bank transfers."""

import pytest

from entrepot.domains.orders import queries as orders
from entrepot.domains.payments import queries as payments
from tests import builders
from tests import money_builders as money
from tests.flows.test_console_pages import logged_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought():
    builders.seed_shop(stock={"LAMP-OAK": (0, 50), "SPK-MINI": (50, 0), "TEA-CUP": (50, 50)})
    placed = builders.a_confirmed_order({"LAMP-OAK": 2, "SPK-MINI": 3}, market="DE")
    return orders.order(order_id=placed.order_id)


def path(order):
    return f"/console/orders/{order.id}/refund"


def units(order, sku, number):
    ref = next(line.ref for c in order.quote.consignments for line in c.lines if line.sku == sku)
    return {f"u:goods:{ref}": str(number)}


@pytest.mark.parametrize("role", ["operator", "finance", "owner"])
def test_units_are_previewed_and_then_given_back(bought, role):
    desk = logged_in(role)
    assert "Refund …" in words(desk.get(f"/console/orders/{bought.id}"))
    asked = {"asked": "1", "kind": "release", "way": "original", **units(bought, "SPK-MINI", 1)}
    shown = desk.get(path(bought), asked)
    assert shown.status_code == 200 and "What goes back" in words(shown)
    assert payments.refunds(order_id=bought.id) == ()
    answer = desk.post(path(bought), {**asked, "reason": "asked for"})
    assert answer.status_code == 302
    (refund,) = payments.refunds(order_id=bought.id)
    assert refund.amount_minor == bought.total_minor - orders.order(order_id=bought.id).total_minor > 0
    assert "goes back to the buyer" in words(desk.get(f"/console/orders/{bought.id}"))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"kind": "goodwill", "amount": "99999"}, "Amount: 99999.00 EUR is more than what is left of it ("),
        ({"kind": "goodwill", "amount": "abc"}, "Give a number"),
        ({"kind": "release", "amount": "5"}, "taken out by units"),
        ({"kind": "goodwill"}, "Nothing was chosen"),
        ({"amount": "5"}, "Choose one"),
    ],
)
def test_what_cannot_be_given_back_is_refused_in_words_and_stays_typed(bought, asked, sentence):
    answer = logged_in().get(path(bought), {"asked": "1", **asked})
    assert answer.status_code == 422 and sentence in words(answer)
    assert f'value="{asked.get("amount", "")}"' in words(answer)
    assert payments.refunds(order_id=bought.id) == ()


def test_a_reason_is_asked_for_and_nothing_is_lost(bought):
    desk = logged_in()
    answer = desk.post(path(bought), {"asked": "1", "kind": "goodwill", "amount": "5.00", "way": "store_credit"})
    assert answer.status_code == 422 and "Say why" in words(answer) and 'value="5.00"' in words(answer)


def test_the_warehouse_may_not(bought):
    desk = logged_in("warehouse")
    assert desk.get(path(bought)).status_code == 403
    assert "Your role may not give money back" in words(desk.get(f"/console/orders/{bought.id}"))


def test_finance_marks_a_bank_transfer_as_paid(bought):
    desk = logged_in("finance")
    desk.post(
        path(bought),
        {"asked": "1", "kind": "goodwill", "amount": "5.00", "way": "bank_transfer", "reason": "a scratch"},
    )
    money.send_refunds()
    (refund,) = payments.bank_transfers()
    listed = words(desk.get("/console/refunds"))
    assert "Mark as paid" in listed and listed.count(f">{bought.number}</a>") == 2
    desk.post(f"/console/refunds/{refund.id}/paid", {"note": "SEPA 77"})
    assert payments.bank_transfers() == ()
    assert payments.refund(refund_id=refund.id).state == "done"
    assert money.of_order(bought.id, "2110") == 0
    assert "bank transfer by hand" in words(desk.get("/console/refunds"))


def test_what_was_never_paid_has_no_refund(bought):
    placed = builders.a_placed_order({"TEA-CUP": 1})
    order = orders.order(order_id=placed.order_id)
    assert "not paid yet" in words(logged_in().get(path(order)))
