"""Writes of finance."""

from entrepot.domains.finance.services.bills import (
    decide_reserve,
    record_bill_lines,
    record_match,
    record_problem,
    withdraw_bill_line,
)
from entrepot.domains.finance.services.credit_notes import record_credit_note
from entrepot.domains.finance.services.invoices import record_invoice, record_paper
from entrepot.domains.finance.services.replays import ask_replay, record_replay
from entrepot.domains.finance.services.returns import (
    record_filing,
    record_payment,
    record_return,
)
from entrepot.domains.finance.services.tax_records import record_tax

__all__ = [
    "ask_replay",
    "decide_reserve",
    "record_bill_lines",
    "record_credit_note",
    "record_filing",
    "record_invoice",
    "record_match",
    "record_paper",
    "record_payment",
    "record_problem",
    "record_replay",
    "record_return",
    "record_tax",
    "withdraw_bill_line",
]
