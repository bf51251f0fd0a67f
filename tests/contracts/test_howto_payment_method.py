"""docs/howto/add-a-payment-method.md, followed literally: its file makes the method known, its row offers it."""

import datetime as dt
import re
from pathlib import Path

import msgspec
import pytest

from entrepot.domains.payments import queries
from entrepot.domains.payments.ports import METHODS
from entrepot.domains.payments.types import MethodTerms

HOWTO = Path(__file__).resolve().parents[2] / "docs" / "howto" / "add-a-payment-method.md"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", HOWTO.read_text(), re.DOTALL)
    assert found, f"the how-to shows no {language}"
    return re.sub(r"^   ", "", found.group(1), flags=re.MULTILINE)


@pytest.fixture
def placed(tmp_path, monkeypatch):
    """Place the file and append the row, as the page says, and take both away again."""
    exec(compile(block("python"), "methods/wallet.py", "exec"), {})
    row = msgspec.json.decode(block("json"), type=MethodTerms)
    known = queries.terms()
    monkeypatch.setattr(queries, "terms", lambda: (*known, row))
    yield row
    del METHODS._known[row.method]


def test_one_file_and_one_row_are_enough(placed):
    on = dt.date(2026, 11, 25)
    offered = {m.code: m for m in queries.methods(market="SG", currency="SGD", amount_minor=5_000, on=on)}
    assert offered["wallet"].name == "Example wallet"
    assert (offered["wallet"].hold_s, offered["wallet"].pay_s) == (1800, 900)
    for other in (
        {"market": "DE", "currency": "EUR", "amount_minor": 5_000, "on": on},
        {"market": "SG", "currency": "SGD", "amount_minor": 50, "on": on},
        {"market": "SG", "currency": "SGD", "amount_minor": 5_000, "on": dt.date(2025, 12, 31)},
    ):
        assert "wallet" not in {m.code for m in queries.methods(**other)}


def test_every_row_that_ships_names_a_method_and_a_name_that_exist():
    for row in queries.terms():
        method = METHODS.get(row.method)
        assert not row.shown_as or row.shown_as in method.shown_as, row
        assert row.source and row.confidence in ("primary", "secondary", "unverified", "demo"), row
        assert row.pay_s <= row.hold_s
