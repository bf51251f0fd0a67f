"""The accounts that the posting rules use, and their names. Kind, party and side of each are in refdata/chart.json."""

from __future__ import annotations

from entrepot.kernel.errors import N_

PROVIDER_CLEARING = "1210"
CUSTOMER_DEPOSITS = "2110"
DEFERRED_REVENUE = "2120"
TAX_PAYABLE = "2210"
IMPORT_TAX_PAYABLE = "2220"
DUTY_PAYABLE = "2230"
CUSTOMS_FEES_PAYABLE = "2240"
GOODS_REVENUE = "4110"
FREIGHT_REVENUE = "4120"
LANDED_COST_VARIANCE = "5310"
PROVIDER_FEES = "5410"
FX_DIFFERENCES = "5510"
ROUNDING = "5520"
CASH_ROUNDING = "5530"

NAMES: dict[str, str] = {
    PROVIDER_CLEARING: N_("Payment provider clearing"),
    CUSTOMER_DEPOSITS: N_("Customer deposits"),
    DEFERRED_REVENUE: N_("Deferred revenue"),
    TAX_PAYABLE: N_("Sales tax payable"),
    IMPORT_TAX_PAYABLE: N_("Import tax payable"),
    DUTY_PAYABLE: N_("Duty payable"),
    CUSTOMS_FEES_PAYABLE: N_("Customs fees payable"),
    GOODS_REVENUE: N_("Revenue from goods"),
    FREIGHT_REVENUE: N_("Revenue from delivery"),
    LANDED_COST_VARIANCE: N_("Landed-cost variance"),
    PROVIDER_FEES: N_("Payment provider fees"),
    FX_DIFFERENCES: N_("Exchange differences"),
    ROUNDING: N_("Rounding"),
    CASH_ROUNDING: N_("Cash rounding"),
}
