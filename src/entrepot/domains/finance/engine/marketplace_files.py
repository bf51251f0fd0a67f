"""A marketplace's sales report as CSV: rows in, sales and faults out. Pure; docs/howto/file-a-return.md describes the file.

A row with a fault is refused alone. Nothing is guessed: an amount is written with a point, a day as 2026-11-25.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from entrepot.domains.finance.engine import cells
from entrepot.domains.finance.engine.cells import BadCell
from entrepot.domains.finance.types.marketplace_sales import MarketplaceSale, SaleFault
from entrepot.domains.finance.types.tax_records import TaxRecord
from entrepot.kernel.errors import N_
from entrepot.kernel.money import PPM

COLUMNS = ("marketplace", "order", "line", "date", "kind", "from", "to", "net", "tax", "currency", "collected_by")
OPTIONAL = ("region", "postcode", "sku")
KINDS = ("sale", "refund")
SCHEME = "marketplace"
MOST_LINES = 200_000
_NO_AMOUNT = N_("An amount is written as 1234.50, a refund as -1234.50.")
_LENGTHS = {"marketplace": 20, "order": 50, "line": 20, "sku": 60, "region": 10, "postcode": 12}
_TWICE = N_("This line stands in the file twice.")


def parse(text: str) -> Iterator[MarketplaceSale | SaleFault]:
    """Yield a sale or a fault for each row, in the file's order. Fields are parted by comma, semicolon or tab.

    Raises InvalidInput when the head lacks a column, or the file has more than MOST_LINES rows.
    """
    seen: set[tuple[str, str, str, str]] = set()
    too_long = N_("A file has at most 200,000 lines; cut it.")
    for number, told in cells.rows(text, columns=COLUMNS, most=MOST_LINES, too_long=too_long):
        one = _row(number, told)
        if isinstance(one, MarketplaceSale):
            key = (one.marketplace, one.order, one.line, one.kind)
            if key in seen:
                one = SaleFault(number, "line", one.line, _TWICE)
            seen.add(key)
        yield one


def _row(number: int, told: Mapping[str, str]) -> MarketplaceSale | SaleFault:
    try:
        kind = told.get("kind", "").lower()
        if kind not in KINDS:
            raise BadCell("kind", N_("One of: %(kinds)s."), kinds=", ".join(KINDS))
        if told.get("collected_by", "").lower() != "marketplace":
            raise BadCell(
                "collected_by",
                N_("Only lines whose tax the marketplace collected belong here; your own come from your orders."),
            )
        currency = cells.currency_of(told)
        net, tax = (cells.minor_of(told, name, currency, rule=_NO_AMOUNT) for name in ("net", "tax"))
        sign = 1 if kind == "sale" else -1
        if net * sign <= 0 or tax * sign < 0:
            raise BadCell("net", N_("Amounts of a sale are above zero, those of a refund below."))
        return MarketplaceSale(
            row=number,
            marketplace=_text(told, "marketplace").lower(),
            order=_text(told, "order"),
            line=_text(told, "line"),
            date=cells.day_of(told, "date"),
            kind=kind,
            dispatch_country=_country(told, "from"),
            country=_country(told, "to"),
            region=_text(told, "region", must=False).upper(),
            postcode=_text(told, "postcode", must=False),
            net_minor=net,
            tax_minor=tax,
            currency=currency,
            sku=_text(told, "sku", must=False),
        )
    except BadCell as bad:
        return SaleFault(number, bad.field, told.get(bad.field, "")[:80], bad.rule, bad.params)


def _text(told: Mapping[str, str], field: str, *, must: bool = True) -> str:
    return cells.text_of(told, field, most=_LENGTHS[field], must=must)


def _country(told: Mapping[str, str], field: str) -> str:
    value = told.get(field, "").upper()
    if not re.fullmatch("[A-Z]{2}", value):
        raise BadCell(field, N_("A country has two letters, as DE."))
    return value


def record_of(sale: MarketplaceSale) -> TaxRecord:
    """Return the tax record of a reported line: collected by the marketplace, on no account of ours, once by its key."""
    key = f"marketplace:{sale.marketplace}:{sale.order}:{sale.line}:{sale.kind}"
    rate = (abs(sale.tax_minor) * PPM * 2 + abs(sale.net_minor)) // (2 * abs(sale.net_minor))
    rounded = (rate + 500) // 1000 * 1000
    return TaxRecord(
        entry_key=key, place=0, kind="marketplace", date=sale.date, origin_date=sale.date,
        document=f"marketplace:{sale.marketplace}:{sale.order}", consignment_ref="", part="goods", ref=sale.line,
        dispatch_country=sale.dispatch_country, country=sale.country,
        region=sale.region.removeprefix(f"{sale.country}-"), locality="", scheme=SCHEME, supply="marketplace_sale",
        customer="consumer", name="", category="standard", rate_ppm=rounded, reason="marketplace_collects",
        collector="marketplace", account="", net_minor=sale.net_minor, base_minor=sale.net_minor,
        tax_minor=sale.tax_minor, currency=sale.currency, rule_table="marketplace.report", rule_key=sale.marketplace,
        rule_source=f"sales report of {sale.marketplace}",
    )  # fmt: skip
