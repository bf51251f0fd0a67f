"""China's export refund file of a month, from the datasets of the parcels that left."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from entrepot.domains.declarations import queries as declarations
from entrepot.domains.declarations.engine import refund_file
from entrepot.domains.declarations.engine.refund_file import MonthRate, RefundLine
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets.errors import NoRate, StaleRate
from entrepot.domains.organisation import queries as organisation
from entrepot.kernel.money import exponent

GONE = frozenset({"voided"})


def refund_lines(*, month: dt.date) -> tuple[RefundLine, ...]:
    """Return the lines of the refund file of a month (any day of it), civil dates of the seller; parcels without a label are left out."""
    zone = ZoneInfo(organisation.store().entity.time_zone)
    start = dt.datetime(month.year, month.month, 1, tzinfo=zone)
    end = dt.datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=zone)
    held = declarations.exported(start=start, end=end)
    shipped = {
        (parcel.shipment_id, parcel.package)
        for parcel in logistics.parcels(shipment_ids={view.goods.shipment_id for view in held})
        if parcel.state not in GONE
    }
    left = [view for view in held if (view.goods.shipment_id, view.package) in shipped]
    rates = _rates({view.goods.currency for view in left}, refund_file.rate_day(start.date()))
    return refund_file.lines(left, rates, declarations.legal_units(), declarations.refund_rates())


def refund_csv(found: tuple[RefundLine, ...]) -> bytes:
    """Return the lines as the file that is handed to the bookkeeper."""
    currencies = {line.currency for line in found} | {refund_file.YUAN}
    return refund_file.as_csv(found, {currency: exponent(currency) for currency in currencies})


def _rates(currencies: set[str], on: dt.date) -> dict[str, MonthRate]:
    known = {}
    for currency in sorted(currencies):
        try:
            told = markets.fx_quote(source_currency=currency, target=refund_file.YUAN, on=on)
        except (NoRate, StaleRate):
            continue
        known[currency] = MonthRate(currency, told.rate, f"{told.rate.normalize():f} ({told.source}, {told.date})")
    return known
