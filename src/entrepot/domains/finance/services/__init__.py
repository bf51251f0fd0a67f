"""Writes of finance."""

from entrepot.domains.finance.services.credit_notes import record_credit_note

__all__ = ["record_credit_note"]
