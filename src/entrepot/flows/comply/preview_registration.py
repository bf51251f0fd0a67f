"""What a tax registration changes before it is saved: which market sells with the tax charged, which is refused, which stays.

For each market and each country that goods leave from, a consignment of a small value to a consumer is put to the law with and
without the registration. Nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from entrepot.domains.inventory import queries as inventory
from entrepot.domains.markets import queries as markets
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine.collector import collector_of
from entrepot.domains.tax.engine.registering import fits, with_registration
from entrepot.domains.tax.types import Collecting, RegistrationInfo
from entrepot.kernel.errors import N_, EntrepotError, InvalidInput
from entrepot.kernel.money import exponent
from entrepot.kernel.trade import Consignment, Line

SAMPLE = 50  # major units of the law's currency: below every limit of low value


class Outcome(msgspec.Struct, frozen=True):
    """What the law says of a sale: who collects under which scheme, or the error that refuses it."""

    collecting: Collecting | None
    refused: EntrepotError | None = None


class Effect(msgspec.Struct, frozen=True):
    """A market, where goods leave from, the day, and what the law says before and after."""

    market: str
    origin: str
    on: dt.date
    before: Outcome
    after: Outcome

    @property
    def changes(self) -> bool:
        """Whether the registration makes a difference."""
        return _told(self.before) != _told(self.after)


def preview_registration(*, entity_id: str, wanted: RegistrationInfo) -> tuple[Effect, ...]:
    """Return what a registration changes on its first day (and on the day it ends), market by market; changes come first.

    Raises:
        InvalidInput: it ends before it begins, or the number does not have the form of its jurisdiction (unless it is stored
            like that already).
    """
    if wanted.until is not None and wanted.until <= wanted.from_date:
        rule = N_("A registration ends after it begins.")
        raise InvalidInput(field="until", value=wanted.until, rule=rule)
    held = tax.registrations(entity_id=entity_id)
    known = any(
        (r.scheme, r.jurisdiction, r.number) == (wanted.scheme, wanted.jurisdiction, wanted.number) for r in held
    )
    kind = tax.number_kind(country=wanted.jurisdiction, on=wanted.from_date)
    checks = tax.own_checks(scheme=wanted.scheme, on=wanted.from_date)
    if not known and not fits(wanted, kind, checks):
        rule = N_(
            "This number does not have the form or the check digits used there. Compare it with the letter you got."
        )
        raise InvalidInput(field="number", value=wanted.number, rule=rule)
    after = with_registration(held, wanted)
    days = [wanted.from_date, *([wanted.until] if wanted.until else [])]
    origins = sorted({warehouse.country for warehouse in inventory.warehouses().values()})
    found = [
        Effect(
            info.code,
            origin,
            on,
            _outcome(info.country, wanted, origin, on, held),
            _outcome(info.country, wanted, origin, on, after),
        )
        for info in markets.markets()
        for origin in origins
        for on in days
    ]
    return tuple(sorted(found, key=lambda one: not one.changes))


def _outcome(
    country: str, wanted: RegistrationInfo, origin: str, on: dt.date, held: Sequence[RegistrationInfo]
) -> Outcome:
    region = wanted.jurisdiction.removeprefix(f"{country}-") if wanted.jurisdiction.startswith(f"{country}-") else ""
    try:
        currency = tax.law()[country].currency
        line = Line("1", "SAMPLE", 1, SAMPLE * 10 ** exponent(currency), "691110", origin, 500)
        rules = tax.rules_as_if(destination=country, region=region, on=on, registrations=held)
        sample = Consignment("C1", origin, country, region, "", currency, (line,))
        return Outcome(collector_of(sample, rules)[0])
    except EntrepotError as refused:
        return Outcome(None, refused)


def _told(outcome: Outcome) -> tuple[str, ...]:
    if outcome.collecting is None:
        return ("refused", outcome.refused.code if outcome.refused else "")
    return (outcome.collecting.collector, outcome.collecting.scheme)
