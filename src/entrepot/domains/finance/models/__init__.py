"""Tables of finance."""

from entrepot.domains.finance.models.credit_notes import CreditNote

__all__ = ["CreditNote"]
