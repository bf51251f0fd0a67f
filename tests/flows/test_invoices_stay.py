"""What was issued stays as it was written, whoever asks: raw SQL of the tables' owner is refused too."""

import pytest
from django.db import IntegrityError, transaction

from entrepot.domains.finance import queries as finance
from entrepot.flows.sell.refund_order import refund_order
from entrepot.flows.settle.draw_invoice import draw_invoice
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from tests import builders
from tests.invoice_builders import shipped

pytestmark = pytest.mark.django_db


def test_not_even_the_owner_rewrites_an_issued_document(as_owner):
    builders.seed_shop(stock={"LAMP-OAK": (0, 50), "SPK-MINI": (50, 0)})
    order = shipped({"LAMP-OAK": 1})
    refund_order(actor=SYSTEM, order_id=order.id, kind="goodwill", reason="late", at=builders.AT, amount_minor=100)
    builders.deliver_all()
    (view,) = finance.invoices_of(order_id=order.id)[:1]
    drawn = draw_invoice(view=view, form="pdf")
    assert draw_invoice(view=view, form="pdf") == drawn  # a second look writes nothing
    changes = {
        "finance_invoice": "tax_minor = 0",
        "finance_creditnote": "amount_minor = 1",
        "finance_invoicepaper": "document_id = ''",
    }
    for table, change in changes.items():
        before = db.fetch(f"SELECT * FROM {table} ORDER BY id")
        assert before
        for sql in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}"):
            with pytest.raises(IntegrityError, match=f"rows of {table} stay"), transaction.atomic():
                db.execute(sql)
        assert db.fetch(f"SELECT * FROM {table} ORDER BY id") == before
