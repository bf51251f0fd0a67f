"""Tables of finance."""

from entrepot.domains.finance.models.bills import CarrierBillLine, RiskReserve
from entrepot.domains.finance.models.credit_notes import CreditNote
from entrepot.domains.finance.models.invoices import Invoice, InvoicePaper
from entrepot.domains.finance.models.replays import ReplayRun
from entrepot.domains.finance.models.tax_records import FiledRecord, TaxFiling, TaxPayment, TaxRecord, TaxReturn

__all__ = [
    "CarrierBillLine",
    "CreditNote",
    "FiledRecord",
    "Invoice",
    "InvoicePaper",
    "ReplayRun",
    "RiskReserve",
    "TaxFiling",
    "TaxPayment",
    "TaxRecord",
    "TaxReturn",
]
