"""China's export refund file of a month: per article of an exported parcel what the tax office asks, and what is missing of it.

    FOB in yuan = goods value × the month's rate (freight abroad is no part of it), shared over the lines so that they sum exactly
    refund       = FOB in yuan × refund rate, an estimate: the refund itself is reckoned from the purchase's input VAT

The month's rate is that of the third Wednesday of the month before (General Administration of Customs); where that day's is not
known, the rate of the dataset's day stands in its place and the line says so.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

import msgspec

from entrepot.domains.declarations.engine.records.facts import kg
from entrepot.domains.declarations.types import DatasetLine, DatasetView
from entrepot.kernel.errors import N_
from entrepot.kernel.money import apply_rate, convert, split
from entrepot.kernel.sheet import calm

YUAN = "CNY"
KILOGRAM = "035"

MISSING = {
    "hs_code": N_("the commodity code has fewer than ten digits"),
    "month_rate": N_("the month's exchange rate is not known; the rate of the parcel's day stands in its place"),
    "no_rate": N_("no exchange rate into yuan is known"),
    "refund_rate": N_("no refund rate is known for this code"),
    "input_invoice": N_("the input VAT invoice of the purchase is not recorded"),
    "declaration": N_("the number of the export declaration is not recorded; it comes with the monthly summary"),
    "unit": N_("the second legal quantity is counted in pieces: check it against the tariff"),
}
"""What a line may lack, in words."""


class LegalUnit(msgspec.Struct, frozen=True):
    """In which units China's tariff counts goods of a code; `*`: all others."""

    prefix: str
    unit1: str
    unit2: str
    source: str
    confidence: str


class RefundRate(msgspec.Struct, frozen=True):
    """The refund rate of goods of a code in a period."""

    prefix: str
    rate_ppm: int
    source: str
    confidence: str
    start: dt.date | None = None
    end: dt.date | None = None


class MonthRate(msgspec.Struct, frozen=True):
    """Units of yuan per unit of a currency for a month, and where they are from."""

    currency: str
    rate: Decimal
    words: str


Row = TypeVar("Row", LegalUnit, RefundRate)


class RefundLine(msgspec.Struct, frozen=True):
    """A line of the file. Amounts in minor units; `fob_yuan_minor` and `refund_minor` None while no rate is known."""

    order_number: str
    package: int
    dataset_id: str
    dataset_version: int
    mode: str
    day: dt.date
    sku: str
    name: str
    hs_code: str
    quantity: int
    legal1: str
    unit1: str
    legal2: str
    unit2: str
    destination: str
    currency: str
    fob_minor: int
    rate: str
    fob_yuan_minor: int | None
    refund_ppm: int | None
    refund_minor: int | None
    missing: tuple[str, ...]


def rate_day(month: dt.date) -> dt.date:
    """Return the third Wednesday of the month before, whose rate customs use for a month."""
    first = (month.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    return first + dt.timedelta(days=(2 - first.weekday()) % 7 + 14)


def lines(
    datasets: Iterable[DatasetView],
    rates: Mapping[str, MonthRate],
    units: Sequence[LegalUnit],
    refunds: Sequence[RefundRate],
) -> tuple[RefundLine, ...]:
    """Return the lines of the file, in the order of the datasets; the lines of a parcel sum to its value in yuan exactly."""
    found: list[RefundLine] = []
    for view in datasets:
        goods = view.goods
        rate = rates.get(goods.currency)
        total = convert(goods.goods_minor, goods.currency, YUAN, rate.rate) if rate else goods.values_in.get(YUAN)
        words = rate.words if rate else goods.value_rates.get(YUAN, "")
        shares: Sequence[int | None] = [None] * len(goods.lines)
        if total is not None and goods.lines:
            weights = [line.goods_minor for line in goods.lines]
            shares = split(total, weights if any(weights) else [1] * len(weights))
        day = view.created_at.date()
        for line, yuan in zip(goods.lines, shares, strict=True):
            open_ = ["month_rate"] if not rate and yuan is not None else []
            found.append(_line(view, line, yuan, words, open_, day, units, refunds))
    return tuple(found)


def _line(
    view: DatasetView,
    line: DatasetLine,
    yuan: int | None,
    words: str,
    missing: list[str],
    day: dt.date,
    units: Sequence[LegalUnit],
    refunds: Sequence[RefundRate],
) -> RefundLine:
    unit = _longest(units, line.hs_code)
    known = [row for row in refunds if (not row.start or day >= row.start) and (not row.end or day < row.end)]
    refund = _longest(known, line.hs_code)
    if len(line.hs_code) < 10:
        missing.append("hs_code")
    missing += ["no_rate"] * (yuan is None) + ["refund_rate"] * (refund is None) + ["input_invoice", "declaration"]
    unit1, unit2 = (unit.unit1, unit.unit2) if unit else ("", "")
    if {unit1, unit2} - {KILOGRAM, ""}:
        missing.append("unit")
    return RefundLine(
        order_number=view.goods.order_number,
        package=view.package,
        dataset_id=view.id,
        dataset_version=view.version,
        mode=view.goods.export_mode,
        day=day,
        sku=line.sku,
        name=line.description,
        hs_code=line.hs_code,
        quantity=line.quantity,
        legal1=_legal(unit1, line),
        unit1=unit1,
        legal2=_legal(unit2, line),
        unit2=unit2,
        destination=view.goods.destination_country,
        currency=view.goods.currency,
        fob_minor=line.goods_minor,
        rate=words,
        fob_yuan_minor=yuan,
        refund_ppm=refund.rate_ppm if refund else None,
        refund_minor=apply_rate(yuan, refund.rate_ppm) if refund and yuan is not None else None,
        missing=tuple(missing),
    )


def _legal(code: str, line: DatasetLine) -> str:
    if not code:
        return ""
    return kg(line.net_mass_g) if code == KILOGRAM else str(line.quantity)


def _longest(rows: Iterable[Row], code: str) -> Row | None:
    fitting = [row for row in rows if row.prefix == "*" or code.startswith(row.prefix)]
    return max(fitting, key=lambda row: len(row.prefix.strip("*")), default=None)


COLUMNS = (
    "order_number", "package", "dataset_id", "dataset_version", "mode", "day", "sku", "name", "hs_code", "quantity", "legal1",
    "unit1", "legal2", "unit2", "destination", "currency", "fob", "rate", "fob_cny", "refund_rate", "refund_cny_estimate",
    "input_invoice", "declaration", "missing",
)  # fmt: skip


def as_csv(found: Iterable[RefundLine], amount: Mapping[str, int]) -> bytes:
    """Return the file; `amount` is currency → decimals. Columns still to be filled by hand are empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in found:
        told = msgspec.structs.asdict(line)
        told["fob"] = _decimal(line.fob_minor, amount[line.currency])
        told["fob_cny"] = "" if line.fob_yuan_minor is None else _decimal(line.fob_yuan_minor, amount[YUAN])
        told["refund_rate"] = "" if line.refund_ppm is None else f"{Decimal(line.refund_ppm) / 10_000:.2f}%"
        told["refund_cny_estimate"] = "" if line.refund_minor is None else _decimal(line.refund_minor, amount[YUAN])
        told["missing"] = " ".join(line.missing)
        writer.writerow([calm(told.get(column, "")) for column in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def _decimal(minor: int, places: int) -> str:
    return f"{Decimal(minor).scaleb(-places):.{places}f}"


def lacking(found: Iterable[RefundLine]) -> dict[str, int]:
    """Return how many lines lack what, by the keys of MISSING, in their order."""
    counts = dict.fromkeys(MISSING, 0)
    for line in found:
        for key in line.missing:
            counts[key] += 1
    return {key: count for key, count in counts.items() if count}
