"""Reads of finance; values, never querysets."""

from entrepot.domains.finance.queries.bills import (
    bill_counts,
    bill_line,
    bill_lines,
    cleared,
    known_lines,
    lane_variances,
    open_bill_lines,
    reserve_proposals,
    reserves,
    risk_samples,
)
from entrepot.domains.finance.queries.chart import chart_of_accounts
from entrepot.domains.finance.queries.credit_notes import (
    credit_note_number,
    credit_note_of,
    credit_notes,
    credit_notes_numbered,
)
from entrepot.domains.finance.queries.invoices import (
    document,
    drawn,
    invoice_document,
    invoice_number,
    invoice_of,
    invoice_template,
    invoices,
    invoices_numbered,
    invoices_of,
    invoicing,
    series,
    tax_categories,
)
from entrepot.domains.finance.queries.replays import replay_run, replay_runs

__all__ = [
    "bill_counts",
    "bill_line",
    "bill_lines",
    "chart_of_accounts",
    "cleared",
    "credit_note_number",
    "credit_note_of",
    "credit_notes",
    "credit_notes_numbered",
    "document",
    "drawn",
    "invoice_document",
    "invoice_number",
    "invoice_of",
    "invoice_template",
    "invoices",
    "invoices_numbered",
    "invoices_of",
    "invoicing",
    "known_lines",
    "lane_variances",
    "open_bill_lines",
    "replay_run",
    "replay_runs",
    "reserve_proposals",
    "reserves",
    "risk_samples",
    "series",
    "tax_categories",
]
