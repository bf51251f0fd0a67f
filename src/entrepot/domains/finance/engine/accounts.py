"""The accounts that the posting rules use, and their names. Kind, party and side of each are in refdata/chart.json."""

from __future__ import annotations

from entrepot.kernel.errors import N_

BANK = "1110"
PROVIDER_CLEARING = "1210"
CARRIER_CLEARING = "1220"
CURRENCY_CONVERSION = "1290"
CASH_RECEIVABLE = "1310"
CUSTOMER_DEPOSITS = "2110"
DEFERRED_REVENUE = "2120"
STORE_CREDIT = "2130"
TAX_PAYABLE = "2210"
IMPORT_TAX_PAYABLE = "2220"
DUTY_PAYABLE = "2230"
CUSTOMS_FEES_PAYABLE = "2240"
TAX_DUE = "2250"
CARRIER_BILLS_TO_COME = "2320"
CARRIER_BILLS = "2330"
GOODS_REVENUE = "4110"
FREIGHT_REVENUE = "4120"
CARRIAGE = "5210"
LANDED_COST_VARIANCE = "5310"
NOT_RECOVERED = "5320"
PROVIDER_FEES = "5410"
FX_DIFFERENCES = "5510"
ROUNDING = "5520"
CASH_ROUNDING = "5530"

NAMES: dict[str, str] = {
    BANK: N_("Bank"),
    PROVIDER_CLEARING: N_("Payment provider clearing"),
    CARRIER_CLEARING: N_("Carrier clearing"),
    CURRENCY_CONVERSION: N_("Currency conversion"),
    CASH_RECEIVABLE: N_("Cash on delivery to come"),
    CUSTOMER_DEPOSITS: N_("Customer deposits"),
    DEFERRED_REVENUE: N_("Deferred revenue"),
    STORE_CREDIT: N_("Store credit owed to buyers"),
    TAX_PAYABLE: N_("Sales tax payable"),
    IMPORT_TAX_PAYABLE: N_("Import tax payable"),
    DUTY_PAYABLE: N_("Duty payable"),
    CUSTOMS_FEES_PAYABLE: N_("Customs fees payable"),
    TAX_DUE: N_("Tax filed and due"),
    CARRIER_BILLS_TO_COME: N_("Carriers’ bills to come"),
    CARRIER_BILLS: N_("Carriers and brokers, billed"),
    GOODS_REVENUE: N_("Revenue from goods"),
    FREIGHT_REVENUE: N_("Revenue from delivery"),
    CARRIAGE: N_("Carriage"),
    LANDED_COST_VARIANCE: N_("Landed-cost variance"),
    NOT_RECOVERED: N_("Duty, tax and freight not recovered"),
    PROVIDER_FEES: N_("Payment provider fees"),
    FX_DIFFERENCES: N_("Exchange differences"),
    ROUNDING: N_("Rounding"),
    CASH_ROUNDING: N_("Cash rounding"),
}
