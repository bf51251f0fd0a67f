"""A quarter of invented orders over all regimes, priced by the real engines: quotes, refunds, entries and tax records.

The same seed gives the same orders. Nothing here touches a database but `store`, which posts to the real ledger.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from uuid import UUID, uuid5

import msgspec

from entrepot.domains.customs import queries as customs
from entrepot.domains.customs.engine import law as customs_law
from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.finance import queries as finance
from entrepot.domains.finance import services
from entrepot.domains.finance.engine import entries, tax_records
from entrepot.domains.finance.types import TaxRecord
from entrepot.domains.ledger import services as ledger
from entrepot.domains.ledger.types import EntryDraft
from entrepot.domains.markets.queries import demo_data
from entrepot.domains.orders.engine import refunds
from entrepot.domains.orders.types import ChangedLines, LineShares
from entrepot.domains.parties.engine.address import area_names
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine import law as tax_law
from entrepot.domains.tax.errors import NotRegistered
from entrepot.domains.tax.types import RegistrationInfo, TaxRules
from entrepot.flows.price.landed_cost import LandedCost, landed_cost
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.money import restate
from entrepot.kernel.quote import FrozenQuote, Promise, QuotedConsignment, QuotedLine
from entrepot.kernel.trade import Consignment, Line

CODES = ("610910", "420221", "851830", "691110", "330499", "490199", "950300", "220300")
CATEGORIES = ("standard", "standard", "standard", "books", "food_basic", "clothing")
REGIONS = {"US": ("CA", "NY", "TX", "OR", "WA"), "CA": ("QC", "ON", "BC", "AB"), "BR": ("SP", "BA")}
FIRST, LAST = dt.date(2026, 7, 1), dt.date(2026, 9, 30)
SALE_DAYS = tuple(dt.date(2026, month, day) for month in (7, 8, 9) for day in (3, 17, 28))
LATE_DAYS = (dt.date(2026, 10, 5), dt.date(2026, 10, 29), dt.date(2026, 11, 20))
RATE_DAYS = (*SALE_DAYS, *LATE_DAYS, dt.date(2026, 7, 31), dt.date(2026, 8, 31), LAST, dt.date(2026, 11, 25))
NO_POSTCODE = ""


@cache
def regions(country: str) -> tuple[str, ...]:
    """Return the regions that orders of a country go to: where it is registered by region those, else as addresses name them.

    Of the latter the first and the two with the longest names, so that the law is compiled for few.
    """
    if country in REGIONS:
        return REGIONS[country]
    try:
        named = [code for code, _name in area_names(country, "en")]
    except ValueError:  # a place of tax law that no address names, as XI
        named = []
    return tuple(dict.fromkeys([*named[:1], *sorted(named, key=len)[-2:]])) or ("",)


def _rates() -> dict[str, Decimal]:
    told = demo_data()["fx"]
    known = {name: Decimal(rate) for name, rate in told["rates"].items()} | {told["base"]: Decimal(1)}
    return known | {"SAR": known["USD"] * Decimal("3.75"), "AED": known["USD"] * Decimal("3.6725")}


EUR_RATES = _rates()
FX = {(a, b): EUR_RATES[b] / EUR_RATES[a] for a in EUR_RATES for b in EUR_RATES if a != b}


@cache
def _held(country: str) -> tuple[RegistrationInfo, ...]:
    """Every registration that a scheme of a country asks for."""
    laws = tax.law()
    own = laws[country]
    rows = [*own.schemes, *(laws[own.group].schemes if own.group else ())]
    names = sorted({row.fields["registration"] for row in rows if row.fields.get("registration")})
    places = [country, own.group, *(f"{country}-{region}" for region in REGIONS.get(country, ()))]
    since = dt.date(2000, 1, 1)
    return tuple(RegistrationInfo(name, place, "-", since, None) for name in names for place in places if place)


@cache
def _rules(country: str, region: str, on: dt.date, ioss_off: bool) -> tuple[CustomsRules, TaxRules]:
    law = customs.territory_of(country=country)
    if law is None:
        raise LookupError(country)
    pairs = {(code, origin) for code in CODES for origin in ("CN", "US", "DE")}
    held = tuple(r for r in _held(country) if not (ioss_off and r.scheme == "oss"))
    return customs_law.compile_rules(law, destination=country, pairs=pairs, on=on), tax_law.compile_rules(
        tax.law(), destination=country, region=region, on=on, registrations=held
    )


def _priced(
    draw: random.Random, country: str, region: str, on: dt.date, ref: str, currency: str
) -> tuple[Consignment, LandedCost] | None:
    start = draw.choice(("CN", "CN", "DE", "US", "GB", country))
    customer = "business" if draw.random() < 0.1 else "consumer"
    lines = []
    for number in range(1, draw.randint(1, 3) + 1):
        units = draw.randint(1, 3)
        amount = (
            restate(draw.randint(300, 22_000), "USD", currency, FX)
            if ("USD", currency) in FX or currency == "USD"
            else draw.randint(300, 22_000)
        )
        lines.append(Line(f"{ref}-L{number}", f"SKU-{number}", units, amount * units, draw.choice(CODES),
                          draw.choice(("CN", "US", "DE")), 100 * units, draw.choice(CATEGORIES)))  # fmt: skip
    freight = draw.choice((0, max(1, lines[0].goods_minor // 9)))
    consignment = Consignment(
        ref, start, country, region, NO_POSTCODE, currency, tuple(lines), freight, 0, customer, "courier"
    )
    rules = _rules(country, region, on, draw.random() < 0.3)
    try:
        return consignment, landed_cost(consignment, *rules, on, fx=FX)
    except NotRegistered:
        return None


def _quoted(consignment: Consignment, cost: LandedCost, on: dt.date) -> QuotedConsignment:
    lines = []
    for number, line in enumerate(consignment.lines):
        goods, duty, fee, own = cost.lines[line.ref]
        scheme = cost.line_schemes[number] if cost.line_schemes else cost.tax_scheme
        lines.append(QuotedLine(line.ref, line.sku, line.sku, "", "", line.quantity, goods, duty, fee, own,
                                goods + duty + fee + own, line.hs_code, line.origin, line.mass_g, "thing", (),
                                line.tax_category, scheme))  # fmt: skip
    moment = dt.datetime(on.year, on.month, on.day, 10, tzinfo=dt.UTC)
    return QuotedConsignment(
        consignment.ref, "W", consignment.dispatch_country, "", "standard", "Standard", "sandbox", "DDP",
        cost.importer_of_record, cost.scheme, tuple(lines), cost.goods_minor, cost.freight_minor, cost.duty_minor,
        cost.fee_minor, cost.tax_minor, cost.freight_minor + cost.freight_tax_minor, cost.total_minor, cost.charges,
        Promise(on, on, moment), cost.tax_scheme, "courier",
    )  # fmt: skip


class Made(msgspec.Struct, frozen=True):
    """An invented order: what it was sold as, and what was taken back of it when, or called off as a whole."""

    id: str
    on: dt.date
    quote: FrozenQuote
    dispatched: bool
    changes: tuple[tuple[dt.date, ChangedLines], ...]
    cancelled_on: dt.date | None


def quarter(number: int, *, entity_id: str, seed: int = 1) -> Iterator[Made]:
    """Yield invented orders over all countries in turn, some with refunds in the same or in a later period."""
    draw = random.Random(seed)
    countries = sorted(tax.covered_countries())
    made = 0
    while made < number:
        one = _order(draw, countries[made % len(countries)], entity_id)
        if one is not None:
            made += 1
            yield one


def _order(draw: random.Random, country: str, entity_id: str) -> Made | None:
    on = draw.choice(SALE_DAYS)
    region = draw.choice(regions(country))
    own = tax.law()[country].currency
    currency = draw.choice((own, own, "EUR", "USD")) if own in EUR_RATES else own
    priced = [_priced(draw, country, region, on, f"C{n}", currency) for n in range(1, draw.choice((1, 1, 1, 2)) + 1)]
    found = [_quoted(*one, on) for one in priced if one]
    if len(found) < len(priced) or not sum(c.total_minor for c in found):
        return None
    key = str(uuid5(UUID(entity_id), str(draw.getrandbits(64))))
    moment = dt.datetime(on.year, on.month, on.day, 10, tzinfo=dt.UTC)
    customer = next(one[0].customer for one in priced if one)
    quote = FrozenQuote(
        key, key, entity_id, country, country, region, "", currency, "incl", on, moment, moment, "", tuple(found),
        sum(c.goods_minor for c in found), sum(c.freight_minor for c in found), sum(c.duty_minor for c in found),
        sum(c.fee_minor for c in found), sum(c.tax_minor for c in found), sum(c.total_minor for c in found), (), (),
        customer=customer,
    )  # fmt: skip
    fate = draw.random()
    if fate < 0.05:
        return Made(key, on, quote, False, (), draw.choice([d for d in (*SALE_DAYS, *LATE_DAYS) if d >= on]))
    dispatched = draw.random() < 0.8
    changes = _changes(draw, key, quote, on, dispatched) if fate < 0.30 else ()
    return Made(key, on, quote, dispatched, changes, None)


def shares_of(quote: FrozenQuote) -> list[LineShares]:
    """Return the lines of an order as it keeps them: goods by line, a freight line a consignment."""
    found = []
    for c in quote.consignments:
        for q in c.lines:
            found.append(LineShares("goods", q.ref, c.ref, c.warehouse, q.sku, q.quantity, q.goods_minor, q.duty_minor,
                                    q.fee_minor, q.tax_minor, q.gross_minor))  # fmt: skip
        tax_minor = c.freight_gross_minor - c.freight_minor
        found.append(LineShares("freight", c.ref, c.ref, c.warehouse, "", 1, c.freight_minor, 0, 0, tax_minor,
                                c.freight_gross_minor))  # fmt: skip
    return found


def _changes(
    draw: random.Random, key: str, quote: FrozenQuote, on: dt.date, dispatched: bool
) -> tuple[tuple[dt.date, ChangedLines], ...]:
    left, found = shares_of(quote), []
    days = sorted(draw.sample([d for d in (*SALE_DAYS, *LATE_DAYS) if d >= on], k=draw.randint(1, 2)))
    for number, day in enumerate(days):
        whole = sum(line.gross_minor for line in left)
        if whole <= 0:
            break
        taken = _taken(draw, left, whole)
        if not taken:
            continue
        lines = refunds.staged(taken, [c.ref for c in quote.consignments] if dispatched else [])
        moment = dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)
        change = ChangedLines(f"{key[:-2]}{number:02d}", key, "return", "", refunds.total(lines), moment, lines)
        found.append((day, change))
        left = [_less(line, lines) for line in left]
    return tuple(found)


def _taken(draw: random.Random, left: Sequence[LineShares], whole: int) -> tuple[LineShares, ...]:
    if draw.random() < 0.4:
        return tuple(line for line in refunds.by_amount(left, draw.randint(1, whole)) if line.gross_minor)
    units = {refunds.key(line): draw.randint(0, line.quantity) for line in left if line.kind == "goods"}
    if not any(units.values()):
        return ()
    return refunds.by_units(left, {k: n for k, n in refunds.with_freight(left, units).items() if n})


def _less(line: LineShares, taken: Sequence[LineShares]) -> LineShares:
    for one in taken:
        if refunds.key(one) == refunds.key(line):
            sums = {name: getattr(line, name) + getattr(one, name) for name in (
                "quantity", "goods_minor", "duty_minor", "fee_minor", "tax_minor", "gross_minor")}  # fmt: skip
            return msgspec.structs.replace(line, **sums)
    return line


def books_of(made: Made) -> Iterator[tuple[EntryDraft, tuple[TaxRecord, ...]]]:
    """Yield the entries of an order with their tax records; a cancellation's entry is the reversal, made by the ledger."""
    quote, supply = made.quote, finance.supply_kinds()
    yield entries.capture(
        attempt_id=made.id, order_id=made.id, entity_id=quote.entity_id, amount_minor=quote.total_minor,
        currency=quote.currency, on=made.on,
    ), ()  # fmt: skip
    sale = entries.sale(order_id=made.id, quote=quote, on=made.on)
    records = tax_records.of_sale(order_id=made.id, quote=quote, on=made.on, entry_key=sale.key, supply=supply)
    yield sale, records
    if made.dispatched:
        for c in quote.consignments:
            draft = entries.dispatch(order_id=made.id, quote=quote, consignment_ref=c.ref, on=made.on)
            if draft.postings:
                yield draft, ()
    before: tuple[ChangedLines, ...] = ()
    for day, change in made.changes:
        draft = entries.change(order_id=made.id, quote=quote, change=change, on=day, before=before)
        yield (
            draft,
            tax_records.of_change(records, quote=quote, change=change, before=before, on=day, entry_key=draft.key),
        )
        before = (*before, change)


def store(made: Made) -> int:
    """Post an order to the ledger with its tax records, in the caller's transaction; return how many entries that were."""
    number, records = 0, ()  # type: int, tuple[TaxRecord, ...]
    for draft, with_it in books_of(made):
        entry_id = ledger.post_entry(actor=SYSTEM, draft=draft)
        services.record_tax(actor=SYSTEM, entity_id=made.quote.entity_id, records=with_it)
        number += 1
        if draft.kind == "sale":
            records, sale_id = with_it, entry_id
    if made.cancelled_on is not None:
        ledger.reverse_entry(actor=SYSTEM, entry_id=sale_id, on=made.cancelled_on, reason="cancelled")
        undone = tax_records.of_reversal(records, on=made.cancelled_on, entry_key=f"reversal:{sale_id}")
        services.record_tax(actor=SYSTEM, entity_id=made.quote.entity_id, records=undone)
        number += 1
    return number
