"""A marketplace's sales report as CSV: rows in, sales and faults out. Pure; docs/howto/file-a-return.md describes the file.

A row with a fault is refused alone. Nothing is guessed: an amount is written with a point, a day as 2026-11-25.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from entrepot.domains.finance.types.marketplace_sales import MarketplaceSale, SaleFault
from entrepot.domains.finance.types.tax_records import TaxRecord
from entrepot.kernel.errors import N_, InvalidInput
from entrepot.kernel.money import PPM, Money, exponent

COLUMNS = ("marketplace", "order", "line", "date", "kind", "from", "to", "net", "tax", "currency", "collected_by")
OPTIONAL = ("region", "postcode", "sku")
KINDS = ("sale", "refund")
SCHEME = "marketplace"
MOST_LINES = 200_000
_AMOUNT = re.compile(r"-?\d{1,12}(\.\d+)?")
_LENGTHS = {"marketplace": 20, "order": 50, "line": 20, "sku": 60, "region": 10, "postcode": 12}
_TWICE = N_("This line stands in the file twice.")


class _Bad(Exception):
    def __init__(self, field: str, rule: str, **params: str) -> None:
        self.field, self.rule, self.params = field, rule, params
        super().__init__(field)


def parse(text: str) -> Iterator[MarketplaceSale | SaleFault]:
    """Yield a sale or a fault for each row, in the file's order. Fields are parted by comma, semicolon or tab.

    Raises InvalidInput when the head lacks a column, or the file has more than MOST_LINES rows.
    """
    text = text.removeprefix("\ufeff")
    head = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    names = [cell.strip().lower().replace(" ", "_") for cell in next(rows, [])]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        rule = N_("The first line names the columns; these are missing: %(missing)s.")
        raise InvalidInput(field=N_("File"), value=head[:60], rule=rule % {"missing": ", ".join(missing)})
    if text.count("\n") > MOST_LINES:
        raise InvalidInput(field=N_("File"), value=head[:60], rule=N_("A file has at most 200,000 lines; cut it."))
    seen: set[tuple[str, str, str, str]] = set()
    for number, cells in enumerate(rows, 2):
        if not any(cell.strip() for cell in cells):
            continue
        told = dict(zip(names, (cell.strip() for cell in cells), strict=False))
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
            raise _Bad("kind", N_("One of: %(kinds)s."), kinds=", ".join(KINDS))
        if told.get("collected_by", "").lower() != "marketplace":
            raise _Bad(
                "collected_by",
                N_("Only lines whose tax the marketplace collected belong here; your own come from your orders."),
            )
        currency = told.get("currency", "").upper()
        if not re.fullmatch("[A-Z]{3}", currency):
            raise _Bad("currency", N_("A currency has three letters, as EUR."))
        net, tax = _amount(told, "net", currency), _amount(told, "tax", currency)
        sign = 1 if kind == "sale" else -1
        if net * sign <= 0 or tax * sign < 0:
            raise _Bad("net", N_("Amounts of a sale are above zero, those of a refund below."))
        return MarketplaceSale(
            row=number,
            marketplace=_text(told, "marketplace").lower(),
            order=_text(told, "order"),
            line=_text(told, "line"),
            date=_day(told),
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
    except _Bad as bad:
        return SaleFault(number, bad.field, told.get(bad.field, "")[:80], bad.rule, bad.params)


def _text(told: Mapping[str, str], field: str, *, must: bool = True) -> str:
    value = told.get(field, "")
    if must and not value:
        raise _Bad(field, N_("It may not be empty."))
    if len(value) > _LENGTHS[field]:
        raise _Bad(field, N_("It has at most %(most)s characters."), most=str(_LENGTHS[field]))
    return value


def _country(told: Mapping[str, str], field: str) -> str:
    value = told.get(field, "").upper()
    if not re.fullmatch("[A-Z]{2}", value):
        raise _Bad(field, N_("A country has two letters, as DE."))
    return value


def _day(told: Mapping[str, str]) -> dt.date:
    try:
        return dt.date.fromisoformat(told.get("date", ""))
    except ValueError as fault:
        raise _Bad("date", N_("A day is written as 2026-11-25.")) from fault


def _amount(told: Mapping[str, str], field: str, currency: str) -> int:
    value = told.get(field, "")
    if not _AMOUNT.fullmatch(value):
        raise _Bad(field, N_("An amount is written as 1234.50, a refund as -1234.50."))
    places = exponent(currency)
    if -Decimal(value).normalize().as_tuple().exponent > places:  # type: ignore[operator]
        raise _Bad(
            field, N_("%(currency)s has at most %(places)s digits after the point."),
            currency=currency, places=str(places),
        )  # fmt: skip
    return Money.parse(value, currency).minor


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
