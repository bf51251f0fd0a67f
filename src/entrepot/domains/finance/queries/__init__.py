"""Reads of finance; values, never querysets."""

from entrepot.domains.finance.queries.chart import chart_of_accounts
from entrepot.domains.finance.queries.credit_notes import (
    credit_note_number,
    credit_note_of,
    credit_note_template,
    credit_notes,
    credit_notes_numbered,
)

__all__ = [
    "chart_of_accounts",
    "credit_note_number",
    "credit_note_of",
    "credit_note_template",
    "credit_notes",
    "credit_notes_numbered",
]
