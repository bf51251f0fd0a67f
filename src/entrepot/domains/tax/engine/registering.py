"""The seller's own registrations: whether a number has the form of its place, and what a list becomes with one more. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from stdnum.eu import oss

from entrepot.domains.tax.engine.buyer_numbers import read
from entrepot.domains.tax.types import RegistrationInfo, TaxNumberKind
from entrepot.kernel.errors import EntrepotError

# Schemes whose number is the seller's ordinary one in the country; the one-stop shops give numbers of their own.
_ORDINARY = frozenset({"vat", "gst"})
_ONE_STOP = frozenset({"ioss"})


def fits(wanted: RegistrationInfo, kind: TaxNumberKind | None) -> bool:
    """Say whether a registration's number has the form of its place; True where nobody can tell."""
    if not wanted.number.strip():
        return False
    if wanted.scheme in _ONE_STOP:
        return bool(oss.is_valid(wanted.number))
    if wanted.scheme not in _ORDINARY or kind is None:
        return True
    try:
        read(wanted.number, kind, country=kind.country)
    except EntrepotError:
        return False
    return True


def with_registration(held: Sequence[RegistrationInfo], wanted: RegistrationInfo) -> tuple[RegistrationInfo, ...]:
    """Return the registrations with one more; the same scheme, place and first day is replaced."""
    key = (wanted.scheme, wanted.jurisdiction, wanted.from_date)
    return (*(r for r in held if (r.scheme, r.jurisdiction, r.from_date) != key), wanted)
