"""Lines of bills matched by threads with a connection each: each is booked once, and what was frozen is cleared once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance import services
from entrepot.domains.finance.engine import accounts
from entrepot.domains.finance.engine.bill_files import parse, parsed
from entrepot.domains.finance.engine.bills import frozen
from entrepot.domains.finance.errors import BillLineBooked
from entrepot.domains.orders import queries as orders
from entrepot.flows.settle.match_bill import match_line
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from tests import builders
from tests import money_builders as money

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "bill_number,bill_date,carrier,reference,kind,amount,currency\n"


def test_six_lines_matched_twice_each_at_once_clear_the_freight_once() -> None:
    shop = builders.seed_shop()
    order = orders.order(order_id=builders.a_confirmed_order({"TEA-CUP": 2}).order_id)
    one = order.quote.consignments[0]
    text = HEAD + "".join(f"B,2026-11-25,sandbox,{order.number},freight,9.0{n},EUR\n" for n in range(1, 7))
    with db.transaction():
        rows = services.record_bill_lines(actor=SYSTEM, entity_id=shop.entity.id, drafts=parsed(parse(text))[0])

    def match(line_id: str) -> bool:
        try:
            match_line(actor=SYSTEM, line_id=line_id)
        except BillLineBooked:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(6) as pool:
        booked = list(pool.map(match, [row.id for row in rows] * 2))
    assert sum(booked) == 6
    freight = frozen(order.quote, one.ref)["freight"]
    assert freight > 0 and finance.cleared(order_id=order.id, consignment_ref=one.ref) == {"freight": (freight, 0)}
    books = money.balances(shop.entity.id)
    billed = sum(900 + n for n in range(1, 7))
    assert (books[accounts.CARRIAGE], books[accounts.LANDED_COST_VARIANCE]) == (freight, billed - freight)
    assert books[accounts.CARRIER_BILLS] == -billed
