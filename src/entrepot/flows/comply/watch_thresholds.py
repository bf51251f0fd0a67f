"""How far the shop is from thresholds of registration: measured from orders, forecast, and told before a line is crossed.

Every night by the clock, and by hand on the console's page. A level is told once per measuring period: an event, a mail to the
shop's own address, a line on the page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_date
from babel.numbers import format_currency, format_percent
from django.conf import settings

from entrepot.domains.inventory import queries as inventory
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets.errors import NoRate, StaleRate
from entrepot.domains.messages import services as messages
from entrepot.domains.orders import queries as orders
from entrepot.domains.orders.types import Supplied
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.organisation.types import StoreInfo
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax import services as tax_services
from entrepot.domains.tax.engine import thresholds, watch
from entrepot.domains.tax.types import SoldOn, Threshold, Watched
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import NotFound
from entrepot.kernel.money import PPM, convert, exponent
from entrepot.kernel.quote import FxQuote

_LEVELS = ("reached", "near", "in_sight", "fine")


def measure(*, at: dt.datetime) -> tuple[Watched, ...]:
    """Return how far the shop's entity is from each threshold that is for it, the fullest first; nothing is written.

    Sales count with the exchange rate of their day, else of today; a currency that has neither is left out and named.
    """
    store = organisation.store()
    entity = store.entity
    on = at.astimezone(ZoneInfo(entity.time_zone)).date()
    first = watch.since(on)
    since = dt.datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(entity.time_zone))
    sold = orders.supplied(entity_id=entity.id, since=since, until=at, zone=entity.time_zone)
    held = tax.registrations(entity_id=entity.id)
    places = {code: warehouse.country for code, warehouse in inventory.warehouses().items()}
    rates = _Rates(on)
    found = []
    for one in tax.thresholds_on(on=on):
        members = tax.members_of(one.jurisdiction)
        if not thresholds.applies(one, seller_country=entity.country, members=members):
            continue
        counted, left_out = _counted(one, sold, places, members, rates)
        state = watch.watched(one, counted, on, registered=thresholds.holds(one, held, on))
        found.append(msgspec.structs.replace(state, left_out=left_out))
    return tuple(sorted(found, key=lambda w: (_LEVELS.index(w.level), -w.share_ppm, w.threshold.key)))


def watch_thresholds(at: dt.datetime, *, actor: Actor = SYSTEM) -> int:
    """Measure all thresholds and tell each new level once; return how many were told.

    Raises nothing where there is no shop yet.
    """
    try:
        store = organisation.store()
    except NotFound:
        return 0
    told = 0
    for one in measure(at=at):
        with db.transaction():
            if tax_services.note_threshold(actor=actor, entity_id=store.entity.id, watched=one, at=at):
                told += 1
                _write(store, one)
    return told


class _Rates:
    """Exchange rates of days, each asked once."""

    def __init__(self, today: dt.date) -> None:
        self.today = today
        self.known: dict[tuple[str, str, dt.date], FxQuote | None] = {}

    def of(self, source: str, target: str, day: dt.date) -> FxQuote | None:
        """Return the rate of a day, else of today, None where there is neither."""
        key = (source, target, day)
        if key not in self.known:
            try:
                self.known[key] = markets.fx_quote(source_currency=source, target=target, on=day)
            except (NoRate, StaleRate):
                self.known[key] = None if day == self.today else self.of(source, target, self.today)
        return self.known[key]


def _counted(
    threshold: Threshold,
    sold: Iterable[Supplied],
    places: Mapping[str, str],
    members: frozenset[str],
    rates: _Rates,
) -> tuple[list[SoldOn], tuple[str, ...]]:
    """The sales that count towards a threshold, in its currency, and the currencies that could not be converted."""
    found, left_out = [], set()
    for one in sold:
        where = places.get(one.warehouse, "")
        if not thresholds.counts(
            threshold,
            dispatch=where,
            destination=one.country,
            region=one.region,
            customer=one.customer,
            members=members,
        ):
            continue
        if one.currency == threshold.currency:
            found.append(SoldOn(one.day, one.minor, one.orders))
            continue
        rate = rates.of(one.currency, threshold.currency, one.day)
        if rate is None:
            left_out.add(one.currency)
            continue
        found.append(SoldOn(one.day, convert(one.minor, one.currency, threshold.currency, rate.rate), one.orders))
    return found, tuple(sorted(left_out))


def _write(store: StoreInfo, one: Watched) -> None:
    """Queue the mail of a new level to the shop's own address, in English; without an address the console says it alone."""
    if not store.contact_email:
        return
    limit = one.threshold
    place = f"{limit.jurisdiction}-{limit.region}" if limit.region else limit.jurisdiction
    crossing = one.forecast.crossing
    messages.queue_message(
        actor=SYSTEM,
        key=f"threshold:{store.entity.id}:{limit.key}:{one.period_until.year}:{one.level}",
        kind="threshold",
        language="en",
        recipient=store.contact_email,
        name=store.name,
        context={
            "shop": store.name,
            "link": f"{settings.ENTREPOT_BASE_URL}/console/thresholds",
            "place": place,
            "share": format_percent(Decimal(one.share_ppm) / PPM, locale="en"),
            "amount": _money(one.amount_minor, limit.currency),
            "limit": limit.rule.value if not limit.amount_minor else _money(limit.amount_minor, limit.currency),
            "crossing": format_date(crossing, "long", locale="en") if crossing and one.level != "reached" else "",
            "ahead": one.level != "reached",
            "reached": one.level == "reached",
        },
        about=f"entity:{store.entity.id}",
    )


def _money(minor: int, currency: str) -> str:
    return format_currency(Decimal(minor).scaleb(-exponent(currency)), currency, locale="en")
