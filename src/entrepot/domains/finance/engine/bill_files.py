"""A carrier's bill as CSV: rows in, drafts and faults out. Pure; docs/howto/match-a-carrier-bill.md describes the file.

A row with a fault is refused alone and says which field, what stood there and the rule. Nothing is guessed: an amount is written
with a point, a day as 2026-11-25.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from entrepot.domains.finance.engine import cells
from entrepot.domains.finance.engine.cells import BadCell
from entrepot.domains.finance.types import CHARGE_KINDS, BillFault, BillLineDraft
from entrepot.kernel.errors import N_

COLUMNS = ("bill_number", "bill_date", "carrier", "reference", "kind", "amount", "currency")
OPTIONAL = ("line", "lane", "note")
_OTHER_NAMES = {
    "tracking_number": "reference", "shipment_number": "reference", "tracking": "reference", "charge_kind": "kind",
    "charge": "kind", "notes": "note", "invoice_number": "bill_number", "invoice_date": "bill_date",
}  # fmt: skip
_LENGTHS = {"bill_number": 60, "carrier": 40, "reference": 80, "lane": 80, "note": 200}
MOST_LINES = 100_000

Parsed = BillLineDraft | BillFault


def parse(text: str) -> Iterator[Parsed]:
    """Yield a draft or a fault for each row of a file, in its order; rows are counted as a spreadsheet does (the head is 1).

    Fields are parted by comma, semicolon or tab. A line's number within its bill is its column `line`, or, where the file has
    none, its place among the bill's rows.

    Raises InvalidInput when the head lacks a column, or the file has more than MOST_LINES rows.
    """
    places: dict[tuple[str, str], int] = {}
    too_long = N_("A file has at most 100,000 lines; cut it.")
    for number, told in cells.rows(text, columns=COLUMNS, most=MOST_LINES, too_long=too_long, name=_name):
        yield _row(number, told, places)


def _name(cell: str) -> str:
    plain = cell.replace("-", "_")
    return _OTHER_NAMES.get(plain, plain)


def _row(number: int, told: Mapping[str, str], places: dict[tuple[str, str], int]) -> Parsed:
    try:
        carrier, bill = _text(told, "carrier"), _text(told, "bill_number")
        place = places[carrier, bill] = places.get((carrier, bill), 0) + 1
        currency = cells.currency_of(told)
        return BillLineDraft(
            row=number,
            carrier=carrier,
            bill_number=bill,
            line=_line(told, place),
            bill_date=cells.day_of(told, "bill_date"),
            reference=_text(told, "reference"),
            kind=_kind(told),  # type: ignore[arg-type]
            amount_minor=_amount(told, currency),
            currency=currency,
            lane=told.get("lane", "")[: _LENGTHS["lane"]],
            note=told.get("note", "")[: _LENGTHS["note"]],
        )
    except BadCell as bad:
        return BillFault(number, bad.field, told.get(bad.field, "")[:80], bad.rule, bad.params)


def _text(told: Mapping[str, str], field: str) -> str:
    value = cells.text_of(told, field, most=_LENGTHS[field])
    return value.lower() if field == "carrier" else value


def _line(told: Mapping[str, str], place: int) -> int:
    value = told.get("line", "")
    if not value:
        return place
    if not value.isascii() or not value.isdecimal() or not 0 < int(value) < 1_000_000:
        raise BadCell("line", N_("A line's number is a whole number above zero."))
    return int(value)


def _kind(told: Mapping[str, str]) -> str:
    kind = told.get("kind", "").lower().replace(" ", "_")
    if kind not in CHARGE_KINDS:
        raise BadCell("kind", N_("One of: %(kinds)s."), kinds=", ".join(CHARGE_KINDS))
    return kind


def _amount(told: Mapping[str, str], currency: str) -> int:
    minor = cells.minor_of(told, "amount", currency, rule=N_("An amount is written as 1234.50, a credit as -1234.50."))
    if not minor:
        raise BadCell("amount", N_("A line of zero says nothing; leave it out."))
    return minor


def parsed(rows: Iterable[Parsed]) -> tuple[list[BillLineDraft], list[BillFault]]:
    """Return the drafts and the faults of a file; a line that stands twice in it is refused the second time."""
    drafts: list[BillLineDraft] = []
    faults: list[BillFault] = []
    seen: set[tuple[str, str, int]] = set()
    for row in rows:
        if isinstance(row, BillFault):
            faults.append(row)
            continue
        key = (row.carrier, row.bill_number, row.line)
        if key in seen:
            faults.append(BillFault(row.row, "line", str(row.line), N_("This line stands in the file twice.")))
            continue
        seen.add(key)
        drafts.append(row)
    return drafts, faults
