"""Frozen nouns of finance."""

from entrepot.domains.finance.types.credit_notes import CreditNoteView

__all__ = ["CreditNoteView"]
