"""A period return from tax records: a pure fold of sums into the fields of an authority's form.

Each cell (sums alike in all that the form asks for) is converted once into the return's currency; lines, fields and totals are
sums of cells, so that they agree to the minor unit. docs/domains/finance.md tells the story.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence

from entrepot.domains.finance.types.returns import (
    Correction,
    CurrencyTotal,
    FieldSpec,
    FormSpec,
    PeriodRate,
    ReturnContent,
    ReturnField,
    ReturnLine,
    Where,
)
from entrepot.domains.finance.types.tax_records import TaxSum
from entrepot.domains.tax.engine.returns import bounds, due_on, period_of
from entrepot.kernel.money import convert, exponent

MARKETPLACE = "marketplace"
OURS = frozenset({"seller", MARKETPLACE})
_EXPORT = "export"
RateOf = Callable[[str, dt.date], PeriodRate]


def jurisdiction_of(form: FormSpec, record: TaxSum) -> str:
    """Return for which jurisdiction a form takes a sum, "" when it does not take it.

    Taken is what the seller or a marketplace collects under the form's schemes in its countries; and, where the form asks for
    exports, what leaves one of its countries for another place, whoever collects there.
    """
    if takes_tax(form, record):
        if form.per == "region":
            return f"{record.country}-{record.region}" if record.region else ""
        return record.country if form.per == "country" else form.jurisdiction
    if form.exports and _leaves(form, record):
        return record.dispatch_country if form.per == "country" else form.jurisdiction
    return ""


def takes_tax(form: FormSpec, record: TaxSum) -> bool:
    """Say whether the tax of a sum belongs to a form, not only its turnover as an export.

    What a marketplace collects is asked for as `marketplace` among a form's schemes, under whichever scheme it does.
    """
    scheme = MARKETPLACE if record.collector == MARKETPLACE else record.scheme
    inside = not form.countries or record.country in form.countries
    return inside and record.collector in OURS and (not form.schemes or scheme in form.schemes)


def _leaves(form: FormSpec, record: TaxSum) -> bool:
    if record.dispatch_country not in form.countries or record.collector == MARKETPLACE:
        return False
    return record.country != record.dispatch_country if form.per == "country" else record.country not in form.countries


def rate_day(form: FormSpec, record: TaxSum, until: dt.date) -> dt.date:
    """Return the day whose exchange rate counts for a sum: its own, or the last of the period it belongs to."""
    if form.rate == "day":
        return record.date
    if form.corrections == "apart":
        return bounds(period_of(record.origin, form.frequency))[1]
    return until


class _Cell:
    """A converted sum."""

    __slots__ = ("base", "net", "of", "tax")

    def __init__(self, of: TaxSum, net: int, base: int, tax: int) -> None:
        self.of, self.net, self.base, self.tax = of, net, base, tax


def compute(
    form: FormSpec, sums: Iterable[TaxSum], *, jurisdiction: str, period: str, currency: str, rate_of: RateOf
) -> ReturnContent:
    """Return the return of a period for a jurisdiction; sums of other forms and jurisdictions are passed over.

    Args:
        currency: of the return. rate_of: its units per unit of a currency on a day; asked only for other currencies.
    """
    since, until = bounds(period)
    mine = [s for s in sums if jurisdiction_of(form, s) == jurisdiction]
    rates: dict[tuple[str, dt.date], PeriodRate] = {}
    cells = [_converted(form, s, currency, until, rate_of, rates) for s in _alike(form, mine, until)]
    own, past = _parted(form, cells, period)
    stated, too_old = _stated(form, past, until)
    counted = own + [cell for cell in cells if id(cell) in stated]
    exact = sum(_owed(cell) for cell in counted)
    fields = _fields(form, own, currency)
    corrections = _corrections(form, [cell for cell in past if id(cell) in stated])
    payable = next((f.amount_minor for f in fields if f.code == form.payable), exact)
    return ReturnContent(
        form=form.key,
        jurisdiction=jurisdiction,
        period=period,
        since=since,
        until=until,
        due_date=due_on(period, form.due),
        currency=currency,
        lines=_lines(form, own),
        fields=fields,
        corrections=corrections,
        outside=_corrections(form, [cell for cell in past if id(cell) in too_old]),
        balances=_balances(counted) if form.balances else (),
        totals=_totals(counted),
        rates=tuple(rates[key] for key in sorted(rates)),
        payable_minor=payable,
        rounding_minor=payable - exact,
        records=sum(s.records for s in mine),
    )


def _owed(cell: _Cell) -> int:
    """The tax that is the seller's to pay; never what a marketplace or customs collected."""
    return cell.tax if cell.of.collector == "seller" and cell.of.supply != _EXPORT else 0


def _alike(form: FormSpec, sums: Sequence[TaxSum], until: dt.date) -> list[TaxSum]:
    """Sums added up by what the form asks for, so that each is converted once. An export's tax is not this form's."""
    found: dict[tuple[object, ...], list[TaxSum]] = {}
    for s in sums:
        origin = bounds(period_of(s.origin, form.frequency))[0]
        kept = tuple(str(getattr(s, name)) for name in form.groups if name != "rate_type")
        key = (
            rate_day(form, s, until), origin, s.currency, s.country, s.dispatch_country, s.scheme, s.supply,
            s.customer, s.reason, s.collector, s.rate_ppm, bool(s.tax_minor), rate_type(s), kept,
        )  # fmt: skip
        found.setdefault(key, []).append(s)
    return [_added(form, group) for group in found.values()]


def _added(form: FormSpec, group: Sequence[TaxSum]) -> TaxSum:
    first = group[0]
    away = not takes_tax(form, first)
    values = {name: getattr(first, name) for name in TaxSum.__struct_fields__}
    for name in ("net_minor", "base_minor", "tax_minor", "records"):
        values[name] = sum(getattr(s, name) for s in group)
    if away:
        values |= {"supply": _EXPORT, "tax_minor": 0, "rate_ppm": 0, "base_minor": values["net_minor"]}
    return TaxSum(**values)


def _converted(
    form: FormSpec,
    record: TaxSum,
    currency: str,
    until: dt.date,
    rate_of: RateOf,
    rates: dict[tuple[str, dt.date], PeriodRate],
) -> _Cell:
    amounts = (record.net_minor, record.base_minor, record.tax_minor)
    if record.currency == currency:
        return _Cell(record, *amounts)
    day = rate_day(form, record, until)
    rate = rates.get((record.currency, day)) or rate_of(record.currency, day)
    rates[record.currency, day] = rate
    return _Cell(record, *(convert(amount, record.currency, currency, rate.rate) for amount in amounts))


def _parted(form: FormSpec, cells: Sequence[_Cell], period: str) -> tuple[list[_Cell], list[_Cell]]:
    """What is of the period itself, and what corrects an earlier one, where the form states these apart."""
    if form.corrections != "apart":
        return list(cells), []
    own = [c for c in cells if period_of(c.of.origin, form.frequency) == period]
    return own, [c for c in cells if period_of(c.of.origin, form.frequency) != period]


def _stated(form: FormSpec, past: Sequence[_Cell], until: dt.date) -> tuple[set[int], set[int]]:
    """Which corrections may be stated still, and which are too old: the earlier return was due more than `years` ago."""
    fresh: set[int] = set()
    old: set[int] = set()
    for cell in past:
        due = due_on(period_of(cell.of.origin, form.frequency), form.due)
        late = form.years and (until.year - due.year, until.month, until.day) > (form.years, due.month, due.day)
        (old if late else fresh).add(id(cell))
    return fresh, old


def rate_type(record: TaxSum) -> str:
    """Return whether a sum is under the standard rate, a lower one, or none, by the row of law it was taxed with."""
    if not record.rate_ppm:
        return "ZERO"
    return "STANDARD" if record.category == "standard" else "REDUCED"


def _key(form: FormSpec, record: TaxSum) -> tuple[str, ...]:
    return tuple(rate_type(record) if name == "rate_type" else str(getattr(record, name)) for name in form.groups)


def _lines(form: FormSpec, cells: Iterable[_Cell]) -> tuple[ReturnLine, ...]:
    found: dict[tuple[str, ...], list[int]] = {}
    for cell in cells:
        if cell.of.collector != "seller" or cell.of.supply == _EXPORT:
            continue
        sums = found.setdefault(_key(form, cell.of), [0, 0, 0])
        sums[0] += cell.base
        sums[1] += cell.tax
        sums[2] += cell.of.records
    return tuple(ReturnLine(key, *sums) for key, sums in sorted(found.items()))


def _corrections(form: FormSpec, cells: Iterable[_Cell]) -> tuple[Correction, ...]:
    found: dict[tuple[str, str], list[int]] = {}
    for cell in cells:
        sums = found.setdefault((period_of(cell.of.origin, form.frequency), cell.of.country), [0, 0])
        sums[0] += cell.base
        sums[1] += _owed(cell)
    return tuple(Correction(*key, *sums) for key, sums in sorted(found.items()) if any(sums))


def _balances(cells: Iterable[_Cell]) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for cell in cells:
        found[cell.of.country] = found.get(cell.of.country, 0) + _owed(cell)
    return tuple(sorted(found.items()))


def _totals(cells: Iterable[_Cell]) -> tuple[CurrencyTotal, ...]:
    found: dict[str, list[int]] = {}
    for cell in cells:
        if cell.of.collector == "seller" and cell.of.supply != _EXPORT:
            sums = found.setdefault(cell.of.currency, [0, 0])
            sums[0] += cell.of.tax_minor
            sums[1] += cell.tax
    return tuple(CurrencyTotal(currency, *sums) for currency, sums in sorted(found.items()))


def _fields(form: FormSpec, cells: Sequence[_Cell], currency: str) -> tuple[ReturnField, ...]:
    amounts: dict[str, int] = {}
    unit = 10 ** exponent(currency)
    for spec in form.fields:
        amount = _amount(spec, cells, amounts)
        if spec.whole:
            amount = amount // unit * unit if amount >= 0 else -(-amount // unit * unit)
        amounts[spec.code] = amount
    return tuple(ReturnField(f.code, f.name, amounts[f.code], f.outside) for f in form.fields)


def _amount(spec: FieldSpec, cells: Sequence[_Cell], known: Mapping[str, int]) -> int:
    if spec.sum:
        return sum(-known[code[1:]] if code.startswith("-") else known[code] for code in spec.sum)
    if spec.of:
        return _times(known[spec.of], spec.times, spec.over)
    if not spec.measure:
        return 0
    return sum(_measured(spec.measure, cell) for cell in cells if picks(spec.where, cell.of))


def _times(amount: int, times: int, over: int) -> int:
    half = (abs(amount) * times * 2 + over) // (2 * over)
    return half if amount >= 0 else -half


def _measured(measure: str, cell: _Cell) -> int:
    if measure == "gross":
        return cell.net + cell.tax
    return {"net": cell.net, "base": cell.base, "tax": cell.tax}[measure]


def picks(where: Where, record: TaxSum) -> bool:
    """Say whether a field counts a sum."""
    lists = (
        (where.schemes, record.scheme), (where.supplies, record.supply), (where.collectors, record.collector),
        (where.customers, record.customer), (where.reasons, record.reason),
    )  # fmt: skip
    if any(wanted and value not in wanted for wanted, value in lists):
        return False
    if where.taxed is not None and where.taxed != bool(record.rate_ppm or record.tax_minor):
        return False
    return where.abroad is None or where.abroad == (record.supply == _EXPORT)
