"""Cells of the files that others send (bills, sales reports): read one way, refused with field and rule. Pure.

Nothing is guessed: an amount is written with a point, a day as 2026-11-25.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from entrepot.kernel.errors import N_, InvalidInput
from entrepot.kernel.money import Money, exponent

_AMOUNT = re.compile(r"-?\d{1,12}(\.\d+)?")


class BadCell(Exception):
    """A cell that cannot be read: its column, the rule (a message id) and the rule's params."""

    def __init__(self, field: str, rule: str, **params: str) -> None:
        self.field, self.rule, self.params = field, rule, params
        super().__init__(field)


def rows(
    text: str, *, columns: Sequence[str], most: int, too_long: str, name: Callable[[str], str] = str
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (row number, column → cell) of each row that holds anything, counted as a spreadsheet does (the head is 1).

    Fields are parted by comma, semicolon or tab. `name` turns a plain head into the column's own name.

    Raises InvalidInput when the head lacks a column, or the file has more than `most` rows (in the words `too_long`).
    """
    text = text.removeprefix("\ufeff")
    head = text.partition("\n")[0]
    found = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    names = [name(cell.strip().lower().replace(" ", "_")) for cell in next(found, [])]
    missing = [column for column in columns if column not in names]
    if missing:
        rule = N_("The first line names the columns; these are missing: %(missing)s.")
        raise InvalidInput(field=N_("File"), value=head[:60], rule=rule % {"missing": ", ".join(missing)})
    if text.count("\n") > most:
        raise InvalidInput(field=N_("File"), value=head[:60], rule=too_long)
    for number, cells in enumerate(found, 2):
        if any(cell.strip() for cell in cells):
            yield number, dict(zip(names, (cell.strip() for cell in cells), strict=False))


def text_of(told: Mapping[str, str], field: str, *, most: int, must: bool = True) -> str:
    """Return a cell of at most so many signs; raise BadCell for a longer one, and for none where there must be one."""
    value = told.get(field, "")
    if must and not value:
        raise BadCell(field, N_("It may not be empty."))
    if len(value) > most:
        raise BadCell(field, N_("It has at most %(most)s characters."), most=str(most))
    return value


def day_of(told: Mapping[str, str], field: str) -> dt.date:
    """Return a cell's day; raise BadCell."""
    try:
        return dt.date.fromisoformat(told.get(field, ""))
    except ValueError as fault:
        raise BadCell(field, N_("A day is written as 2026-11-25.")) from fault


def currency_of(told: Mapping[str, str]) -> str:
    """Return the currency of a row; raise BadCell."""
    currency = told.get("currency", "").upper()
    if not re.fullmatch("[A-Z]{3}", currency):
        raise BadCell("currency", N_("A currency has three letters, as EUR."))
    return currency


def minor_of(told: Mapping[str, str], field: str, currency: str, *, rule: str) -> int:
    """Return a cell's amount in minor units; raise BadCell, by `rule` where it is no amount."""
    value = told.get(field, "")
    if not _AMOUNT.fullmatch(value):
        raise BadCell(field, rule)
    places = exponent(currency)
    coins = Decimal(value).scaleb(places)
    if coins != coins.to_integral_value():
        few = N_("%(currency)s has at most %(places)s digits after the point.")
        raise BadCell(field, few, currency=currency, places=str(places))
    return Money.parse(value, currency).minor
