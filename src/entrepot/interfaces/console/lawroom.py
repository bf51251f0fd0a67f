"""The tables of law as the console tells them: every dated row flat, its value in words, its versions, and what changes when.

Sources, notes and doubts are English texts of the data and stay as they are; everything around them is translated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from entrepot.domains.customs import queries as customs
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine.tables import WORDS
from entrepot.kernel.errors import N_
from entrepot.kernel.lawfile import LawRow

TAX_TABLES = ("schemes", "rates", "further", "exemptions", "nexus", "outside")
# What a row says beside its value, in words; what is not here is told in the value or in a column of its own.
CONDITIONS: dict[str, str] = {
    "movement": N_("movement"), "registration": N_("needs a registration for"), "basis": N_("the limit looks at"),
    "limit_per": N_("the limit counts per"), "customers": N_("only for"), "consumers_only": N_("private buyers only"),
    "modes": N_("only by"), "dispatch": N_("only when sent from"), "origins": N_("only for goods made in"),
    "not_origins": N_("not for goods made in"), "not_codes": N_("not for goods of the codes"),
    "not_categories": N_("not for goods of the kinds"), "schemes": N_("only under the tax schemes"), "countries": N_("only in"),
    "entries": N_("only with the declarations"), "chapters": N_("only for the chapters"), "valuation": N_("value counted"),
    "on_freight": N_("delivery is taxed"), "on_duty": N_("duty is taxed"), "on_fee": N_("fees are taxed"),
    "collector": N_("collected by"), "importer_of_record": N_("importer of record"), "minimum": N_("not collected below"),
    "reason": N_("reason of a nought"), "procedure_code": N_("code of the procedure"), "uplift": N_("added to the base in %"),
    "freight_taxable": N_("delivery is taxed"), "inside": N_("a share of the price with the tax"), "deduction": N_("less"),
    "digits": N_("digits of an item"), "base_step": N_("base cut to whole"), "amount_step": N_("amount in steps of"),
    "step_rounding": N_("steps go"), "level": N_("rounded by"), "invoice_note": N_("note on the invoice"),
    "net_of_base": N_("fills up to its rate"), "of_duty": N_("a rate of the duty"), "operator": N_("sales and number joined by"),
    "period": N_("period"), "limit_exclusive": N_("the limit itself is over"), "minimum_inclusive": N_("the sum itself is too little"),
    "regions": N_("only in"), "facilitated": N_("only through a marketplace"), "not_sellers_of": N_("not for sellers of"),
    "label_by_entry": N_("called after its declaration"), "inclusive": N_("the limit itself counts in"),
}  # fmt: skip
ANSWERS: dict[str, str] = {
    "any": N_("any"), "inside": N_("within the territory"), "import": N_("from outside"), "intrinsic": N_("goods alone"),
    "cif": N_("goods with freight"), "fob": N_("goods without freight"), "item": N_("piece"), "consignment": N_("parcel"),
    "consumer": N_("private buyers"), "business": N_("businesses"), "seller": N_("the seller"), "buyer": N_("the buyer"),
    "carrier": N_("the carrier"), "marketplace": N_("the marketplace"), "customs": N_("customs"), "none": N_("nobody"), "courier": N_("courier"), "post": N_("post"),
    "air": N_("air"), "sea": N_("sea"), "road": N_("road"), "line": N_("line"), "total": N_("total"), "down": N_("down"),
    "up": N_("up"), "half_up": N_("half up"), "standard": N_("ordinary rate"),
}  # fmt: skip


class Entry(msgspec.Struct, frozen=True):
    """A row of law with where it stands: `side` tax or customs, `place` its territory, `thread` what its versions share."""

    side: str
    place: str
    table: str
    thread: str
    region: str
    currency: str
    row: LawRow

    @property
    def fields(self) -> Mapping[str, Any]:
        """The fields of the row as the file has them."""
        return self.row.fields

    @property
    def key(self) -> str:
        """What the row is called: its key, kind of goods, code or place."""
        f = self.fields
        return str(
            f.get("key") or f.get("category") or f.get("code") or f.get("place") or f.get("region") or self.row.number
        )

    @property
    def start(self) -> dt.date | None:
        """The first day it is in force."""
        return self.row.period.start

    @property
    def last(self) -> dt.date | None:
        """The last day it is in force: its end is half-open."""
        return self.row.period.end - dt.timedelta(days=1) if self.row.period.end else None

    @property
    def source(self) -> str:
        """Its source, in English."""
        return str(self.fields.get("source", ""))

    @property
    def confidence(self) -> str:
        """How sure it is, as the data say."""
        return str(self.fields.get("confidence", ""))

    @property
    def doubt(self) -> str:
        """What is in doubt or noted, in English."""
        return str(self.fields.get("doubt") or self.fields.get("note") or "")

    @property
    def in_use(self) -> bool:
        """Whether it is applied when its day comes."""
        return bool(self.fields.get("in_use", True))

    def state(self, on: dt.date) -> str:
        """Return now, coming, past or not_in_use on a day."""
        if on in self.row.period:
            return "now" if self.in_use else "not_in_use"
        return "coming" if self.start and self.start > on else "past"

    @property
    def value(self) -> str:
        """What it says, in words of the active language."""
        return value_words(self)

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """What it says beside its value: (words, value)."""
        found = []
        for name, words in CONDITIONS.items():
            value = self.fields.get(name)
            if value in (None, "", []):
                continue
            found.append((_(words), _told(value)))
        return found


class Change(msgspec.Struct, frozen=True):
    """A day on which a rule begins or ends: `before` and `after` are its versions around it, None where there is none."""

    day: dt.date
    before: Entry | None
    after: Entry | None

    @property
    def entry(self) -> Entry:
        """The version that says what it is about."""
        return self.after or self.before  # type: ignore[return-value]


@cache
def entries() -> tuple[Entry, ...]:
    """Return every row of the law that comes with the program, read once per process."""
    found = []
    for place, law in sorted(customs.law().items()):
        for table, rows in law.tables.items():
            found += [_entry("customs", place, table, law.currency, row) for row in rows]
    for place, own in sorted(tax.law().items()):
        for table in TAX_TABLES:
            found += [_entry("tax", place, f"tax_{table}", own.currency, row) for row in getattr(own, table)]
    return tuple(found)


@cache
def versions() -> Mapping[tuple[str, str, str, str], tuple[Entry, ...]]:
    """Return the rows by what they stand for, the versions of each in the order of time."""
    found: dict[tuple[str, str, str, str], list[Entry]] = {}
    for entry in entries():
        found.setdefault(thread_of(entry), []).append(entry)
    return {key: tuple(sorted(rows, key=lambda one: one.start or dt.date.min)) for key, rows in found.items()}


def thread_of(entry: Entry) -> tuple[str, str, str, str]:
    """Return what the versions of a rule share."""
    return (entry.side, entry.place, entry.table, entry.thread)


@cache
def changes() -> tuple[Change, ...]:
    """Return every day on which a rule that is in use begins, ends or gives way to its next version, in order."""
    found = []
    for rows in versions().values():
        used = [row for row in rows if row.in_use]
        edges = {edge for row in used for edge in (row.row.period.start, row.row.period.end) if edge is not None}
        for edge in edges:
            before = next((row for row in used if edge - dt.timedelta(days=1) in row.row.period), None)
            after = next((row for row in used if edge in row.row.period), None)
            found.append(Change(edge, before, after))
    return tuple(sorted(found, key=lambda one: (one.day, one.entry.place, one.entry.table, one.entry.thread)))


def covers(entry: Entry) -> frozenset[str]:
    """Return the countries a row of law is for."""
    only = entry.fields.get("countries")
    if only:
        return frozenset(only)
    if entry.side == "customs":
        return frozenset(customs.law()[entry.place].countries)
    own = tax.law()[entry.place]
    return frozenset({entry.place}) | own.members


def of_country(country: str) -> tuple[Entry, ...]:
    """Return the rows that hold in a country: its own, its tax group's and its customs territory's, in the law's order."""
    law = tax.law().get(country)
    territory = customs.territory_of(country=country)
    group = law.group if law else ""
    own = {str(row.fields["key"]) for row in law.schemes} if law else set()
    found = []
    for entry in sorted(entries(), key=lambda one: one.place != group):  # the group's schemes are tried first
        if entry.side == "tax" and entry.place == group and group:
            replaced = entry.table == "tax_schemes" and str(entry.fields["key"]) in own
            found += [] if replaced else [entry]
        elif entry.side == "tax" and entry.place == country:
            found.append(entry)
        elif entry.side == "customs" and territory is not None and entry.place == territory.territory:
            found += [entry] if country in covers(entry) else []
    return tuple(found)


def value_words(entry: Entry) -> str:
    """Return what a row says in words: a rate, an amount, a limit, a share."""
    f, table = entry.fields, entry.table
    currency = str(f.get("currency", entry.currency))
    limit = _limit(f, currency)
    if table == "treatments":
        return _joined(_treatment(f, currency), limit)
    if table == "fees":
        return _joined(_fee(f, currency), _limit(f, str(f.get("limit_currency", entry.currency))))
    if table == "entries":
        return limit or _("any value")
    if table == "tax_schemes":
        first = _(WORDS[f["name"]]) if f.get("taxed", True) else _("no tax")
        return _joined(first, limit)
    if table == "tax_exemptions":
        return _("free below %(amount)s a piece") % {"amount": f"{f['below']} {entry.currency}"}
    if table == "tax_nexus":
        return _nexus(f, entry.currency)
    if table == "tax_outside":
        return ", ".join(str(code) for code in f.get("postcodes") or ())
    if table == "not_loaded":
        return _("not in the tables")
    if table == "postal_specific":
        return f"{f.get('amount', '')} {entry.currency}"
    if "share" in f:
        return _("%(share)s of the main tax") % {"share": f["share"]}
    return f"{f['rate']} %" if "rate" in f else "–"


def _treatment(f: Mapping[str, Any], currency: str) -> str:
    kind = f["kind"]
    if kind == "relief":
        return _("no duty")
    if kind == "flat_per_item":
        return _("%(amount)s for each item of the tariff") % {"amount": f"{f['amount']} {currency}"}
    if kind == "one_rate":
        return _("%(rate)s of the value, whatever the tariff says") % {"rate": f"{f['rate']} %"}
    return _("the rate of the tariff")


def _fee(f: Mapping[str, Any], currency: str) -> str:
    per = _("a declaration") if f["kind"] == "per_entry" else _("an item of the tariff")
    if f.get("rate"):
        low, high = f.get("min", "0"), f.get("max", "–")
        return _("%(rate)s of the value, from %(low)s to %(high)s, for %(per)s") % {
            "rate": f"{f['rate']} %", "low": low, "high": f"{high} {currency}", "per": per,
        }  # fmt: skip
    return _("%(amount)s for %(per)s") % {"amount": f"{f['amount']} {currency}", "per": per}


def _nexus(f: Mapping[str, Any], currency: str) -> str:
    parts = [f"{f['sales']} {currency}"] if f.get("sales") else []
    parts += [_("%(num)s sales") % {"num": f["transactions"]}] if f.get("transactions") else []
    return _("from %(limits)s") % {"limits": ", ".join(parts)} if parts else "–"


def _limit(f: Mapping[str, Any], currency: str) -> str:
    if not f.get("limit"):
        return ""
    return _("up to %(amount)s") % {"amount": f"{f['limit']} {currency}"}


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Iterable) and not isinstance(value, str | Mapping):
        return ", ".join(_told(one) for one in value)
    return _(ANSWERS[value]) if value in ANSWERS else str(value).replace("_", " ")


def _entry(side: str, place: str, table: str, currency: str, row: LawRow) -> Entry:
    f = row.fields
    region = str(f.get("region", ""))
    named = str(f.get("key") or f.get("category") or f.get("code") or f.get("place") or f.get("band_below") or "")
    apart = (region, *(f.get("regions") or ()), named, str(f.get("origin", "")), str(f.get("option", "")))
    thread = " ".join(part for part in apart if part)
    return Entry(side, place, table, thread, region, currency, row)
