"""Tables of finance."""

from entrepot.domains.finance.models.bills import CarrierBillLine, RiskReserve
from entrepot.domains.finance.models.credit_notes import CreditNote
from entrepot.domains.finance.models.invoices import Invoice, InvoicePaper
from entrepot.domains.finance.models.replays import ReplayRun

__all__ = [
    "CarrierBillLine",
    "CreditNote",
    "Invoice",
    "InvoicePaper",
    "ReplayRun",
    "RiskReserve",
]
