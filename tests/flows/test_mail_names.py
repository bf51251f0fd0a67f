"""Mails name towns and services in the buyer's language, and end a sentence with one full stop."""

from __future__ import annotations

import msgspec
import pytest

from entrepot.domains.messages.engine.mail import render
from entrepot.domains.orders import queries as orders
from entrepot.flows.tell.write_facts import facts
from tests import builders

RIYAL = "452.34\u00a0\u0631.\u0633.\u200f"


@pytest.mark.parametrize(
    ("arrives", "sentence"),
    [("lun. 30 nov.", "It arrives lun. 30 nov."), ("Monday", "It arrives Monday."), ("soon…", "It arrives soon….")],
)
def test_a_sentence_has_one_full_stop(arrives, sentence):
    told = {"city": "X", "arrives": arrives, "number": "1"}
    words = render("shipped", told, language="en", translate=str).text
    assert sentence in words and ".." not in words


def test_the_stop_of_the_riyal_is_one():
    told = {"number": "1", "total": RIYAL, "name": "N", "cash": True}
    words = render("order_confirmed", told, language="ar", translate=str).text
    assert RIYAL in words and RIYAL + "." not in words


@pytest.mark.django_db
def test_towns_and_services_are_named_in_the_buyers_language():
    builders.seed_shop()
    order = orders.order(order_id=builders.a_confirmed_order({"SPK-MINI": 1}, market="SA").order_id)
    order = msgspec.structs.replace(order, locale="ar-sa")
    told = facts(order, shop="S", link="", city="Shenzhen", carrier="Standard delivery")
    assert not any(sign.isascii() and sign.isalpha() for sign in told["city"] + told["carrier"])
