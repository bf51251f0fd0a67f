"""Compute a period's return from tax records, store it as a version; say which returns there are to file."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from entrepot.domains.finance import queries as finance
from entrepot.domains.finance import services
from entrepot.domains.finance.engine import returns
from entrepot.domains.finance.types import (
    FormSpec,
    PeriodRate,
    ReturnContent,
    ReturnView,
    StoredRecord,
    TaxRecord,
    TaxSum,
)
from entrepot.domains.markets import queries as markets
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine.returns import bounds, due_on, period_of
from entrepot.infra import db
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, InvalidInput

_FILED_BY = {
    "month": N_("This return is filed by the month, as 2026-11."),
    "quarter": N_("This return is filed by the quarter, as 2026-Q4."),
}


class Duty(msgspec.Struct, frozen=True):
    """A return that is to be filed for a period: the form, for whom, until when, and its newest version if there is one.

    `registered`: a registration asks for it, even of nothing; else there are records for it alone.
    """

    form: FormSpec
    jurisdiction: str
    period: str
    due_date: dt.date
    registered: bool
    newest: ReturnView | None = None


def prepare_return(*, actor: Actor, entity_id: str, form: str, jurisdiction: str, period: str) -> ReturnView:
    """Compute a return and store it as the next version of its period.

    Raises NoSuchReturn, InvalidInput (no such period), ReturnFiled, NoRate or StaleRate (a currency has no exchange rate).
    """
    actor.require("finance.prepare_return")
    content = computed(
        entity_id=entity_id, form=finance.return_form(key=form), jurisdiction=jurisdiction, period=period
    )
    with db.transaction():
        key = services.record_return(actor=actor, entity_id=entity_id, content=content)
    return finance.tax_return(return_id=key)


def computed(*, entity_id: str, form: FormSpec, jurisdiction: str, period: str) -> ReturnContent:
    """Return a return as it would be now; nothing is stored."""
    since, until = bounds(period)
    if period_of(since, form.frequency) != period:
        raise InvalidInput(field="period", value=period, rule=_FILED_BY[form.frequency])
    sums = finance.tax_sums(entity_id=entity_id, since=since, until=until, **_asked(form, jurisdiction))
    currency = form.currency or currency_of(jurisdiction)
    return returns.compute(
        form, sums, jurisdiction=jurisdiction, period=period, currency=currency,
        rate_of=lambda source, day: _rate(form, source, currency, day),
    )  # fmt: skip


def records_in(*, entity_id: str, form: FormSpec, jurisdiction: str, period: str) -> tuple[StoredRecord, ...]:
    """Return the records that a return of a period would hold now."""
    since, until = bounds(period)
    rows = finance.return_records(entity_id=entity_id, since=since, until=until, **_asked(form, jurisdiction))
    return tuple(row for row in rows if returns.jurisdiction_of(form, sum_of(row.record)) == jurisdiction)


def sum_of(record: TaxRecord) -> TaxSum:
    """Return a record as a sum of itself alone."""
    values = {name: getattr(record, name) for name in TaxSum.__struct_fields__ if hasattr(record, name)}
    return TaxSum(origin=record.origin_date, **values)


def _asked(form: FormSpec, jurisdiction: str) -> dict[str, Any]:
    countries = (jurisdiction.partition("-")[0],) if form.per != "one" else form.countries
    exports = countries if form.exports else ()
    schemes = () if form.exports else form.schemes
    return {
        "form": form.key, "jurisdiction": jurisdiction, "schemes": schemes, "countries": countries, "exports": exports,
    }  # fmt: skip


def currency_of(jurisdiction: str) -> str:
    """Return the currency of a jurisdiction's law; a region has its country's."""
    return tax.law()[jurisdiction.partition("-")[0]].currency


def _rate(form: FormSpec, source: str, target: str, day: dt.date) -> PeriodRate:
    if form.rate == "period_end":
        told = markets.fx_published(source_currency=source, target=target, on=day)
        if told is not None:
            return PeriodRate(source, day, told.rate, told.source, told.date)
    fx = markets.fx_quote(source_currency=source, target=target, on=day)
    return PeriodRate(source, day, fx.rate, fx.source, fx.date, provisional=form.rate == "period_end")


def duties(*, entity_id: str, on: dt.date, back: int = 1) -> tuple[Duty, ...]:
    """Return the returns whose period runs on a day, and of so many periods before: those registered for, and those with records."""
    held = tax.registrations(entity_id=entity_id)
    stored: dict[tuple[str, str, str], ReturnView] = {}
    for view in finance.tax_returns(entity_id=entity_id):
        stored.setdefault((view.content.form, view.content.jurisdiction, view.content.period), view)
    found: dict[tuple[str, str, str], Duty] = {}
    for form in finance.return_forms().values():
        period = period_of(on, form.frequency)
        for _ in range(back + 1):
            since, until = bounds(period)
            places = {
                _place(form, r.jurisdiction)
                for r in held
                if r.scheme in form.registrations and r.from_date <= until and (r.until is None or r.until > since)
            } - {""}
            seen = finance.jurisdictions_seen(entity_id=entity_id, since=since, until=until, form=form)
            for place in sorted(places | seen):
                key = (form.key, place, period)
                found[key] = Duty(form, place, period, due_on(period, form.due), place in places, stored.get(key))
            period = period_of(since - dt.timedelta(days=1), form.frequency)
    return tuple(sorted(found.values(), key=lambda duty: (duty.due_date, duty.form.key, duty.jurisdiction)))


def _place(form: FormSpec, jurisdiction: str) -> str:
    """For which jurisdiction a registration asks a form, "" for none."""
    country = jurisdiction.partition("-")[0]
    if form.per == "one":
        return (
            form.jurisdiction
            if jurisdiction in (form.jurisdiction, *form.countries) or country in form.countries
            else ""
        )
    if form.countries and country not in form.countries:
        return ""
    return jurisdiction if (form.per == "region") == ("-" in jurisdiction) else ""
