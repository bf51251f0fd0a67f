"""A consignment that left in several boxes: the order page shows each of them, and it arrives with the last."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.fulfilment.types import PackageView
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.orders import queries as orders
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.fulfil.record_tracking import record_tracking
from entrepot.flows.fulfil.ship_shipment import ship_shipment
from entrepot.kernel.actor import SYSTEM
from tests import builders, money_builders
from tests.fakes.carrier import carrying

pytestmark = pytest.mark.django_db
AT = builders.AT


def page_of(order_id: str, locale: str = "en-us") -> str:
    token = orders.access_token(order_id=order_id)
    answer = Client().get(f"/{locale}/order/{order_id}?t={token}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_box_has_its_way_and_the_consignment_arrives_with_the_last():
    builders.seed_shop()
    placed = builders.a_confirmed_order({"SPK-MINI": 2}, market="US")
    (shipment,) = fulfilment.shipments(order_id=placed.order_id)
    boxes = [PackageView(number, 700, {shipment.lines[0].line_ref: 1}, 200, 150, 150) for number in (1, 2)]
    assert "Box 1" not in page_of(placed.order_id)
    with carrying("sandbox") as carrier:
        pick_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
        pack_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT, packages=boxes)
        ship_shipment(actor=SYSTEM, shipment_id=shipment.id, at=AT)
        builders.deliver_all()
        numbers = [parcel.tracking_number for parcel in logistics.parcels(order_id=placed.order_id)]
        page = page_of(placed.order_id)
        assert len(set(numbers)) == 2 and all(number in page for number in numbers)
        assert re.findall(r"Box (\d) of (\d)", page) == [("1", "2"), ("2", "2")]

        first, second = carrier.booked
        for box, said, arrived in ((first, "Delivered", False), (second, "Delivered", True)):
            record_tracking(carrier.message(box, "delivered", AT), at=AT)
            builders.deliver_all()
            page = page_of(placed.order_id)
            assert said in page and ("Everything has arrived" in page) is arrived
            assert bool(re.search(r"</i>Arrived ", page)) is arrived


def test_an_order_to_be_paid_at_the_door_does_not_read_as_paid():
    builders.seed_shop(stock={"SPK-MINI": (50, 0)})
    placed = builders.a_placed_order({"SPK-MINI": 1}, market="SA", method="cash_on_delivery")
    money_builders.promised(placed.order_id)
    page = page_of(placed.order_id, "en-sa")
    assert "The order is confirmed; you pay the courier" in page
    assert "Paid, the order is confirmed" not in page
    paid = builders.a_confirmed_order({"SPK-MINI": 1}, market="SA")
    assert "Paid, the order is confirmed" in page_of(paid.order_id, "en-sa")
