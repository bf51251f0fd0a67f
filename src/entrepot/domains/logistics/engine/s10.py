"""Item numbers of the Universal Postal Union, standard S10: RR 12345678 9 CN."""

from __future__ import annotations

import re

from entrepot.kernel.errors import N_, InvalidInput

_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_FORM = re.compile(r"([A-Z]{2})(\d{8})(\d)([A-Z]{2})")


def check_digit(serial: int) -> int:
    """Return the check digit of an 8-digit serial.

    The digits are weighed 8 6 4 2 3 5 9 7; the digit is 11 less the rest by 11, where 10 becomes 0 and 11 becomes 5.
    Source: UPU standard S10-12, annex A; worked example there: 47312482 → 9.
    """
    weighed = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, f"{serial:08d}", strict=True))
    return {10: 0, 11: 5}.get(11 - weighed % 11, 11 - weighed % 11)


def item_number(indicator: str, serial: int, country: str) -> str:
    """Return the item number of 13 signs; `indicator` is the service's two letters, `country` the origin's.

    Raises InvalidInput when a part does not fit the standard.
    """
    number = f"{indicator}{serial:08d}{check_digit(serial % 10**8)}{country}"
    if not _FORM.fullmatch(number):
        raise InvalidInput(
            field="item number", value=number, rule=N_("It has two letters, nine digits and two letters.")
        )
    return number


def is_item_number(number: str) -> bool:
    """Say whether a text is an item number with the right check digit."""
    found = _FORM.fullmatch(number)
    return found is not None and check_digit(int(found[2])) == int(found[3])


def grouped(number: str) -> str:
    """Return an item number in the groups it is printed in: RR 123 456 789 CN; any other number as it is."""
    if not is_item_number(number):
        return number
    return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:11]} {number[11:]}"
