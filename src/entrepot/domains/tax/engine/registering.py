"""The seller's own registrations: whether a number has the form of its place, and what a list becomes with one more. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.domains.tax.engine.buyer_numbers import COUNTRY, module, read
from entrepot.domains.tax.types import RegistrationInfo, TaxNumberKind
from entrepot.kernel.errors import EntrepotError


def fits(wanted: RegistrationInfo, kind: TaxNumberKind | None, checks: Sequence[str]) -> bool:
    """Say whether a registration's number has the form of its scheme and place; True where nobody can tell.

    Args:
        kind: how companies of the place are known, None where no row says.
        checks: how the scheme's numbers are checked (`own` in the table of tax numbers), () not at all.
    """
    if not wanted.number.strip():
        return False
    found = [module(name) for name in checks if name != COUNTRY]
    if any(one.is_valid(wanted.number) for one in found):
        return True
    if COUNTRY not in checks or kind is None:
        return not found
    try:
        read(wanted.number, kind, country=kind.country)
    except EntrepotError:
        return False
    return True


def with_registration(held: Sequence[RegistrationInfo], wanted: RegistrationInfo) -> tuple[RegistrationInfo, ...]:
    """Return the registrations with one more; the same scheme, place and first day is replaced."""
    key = (wanted.scheme, wanted.jurisdiction, wanted.from_date)
    return (*(r for r in held if (r.scheme, r.jurisdiction, r.from_date) != key), wanted)
