"""The list of drawn pages: which records, which reads and writes. Data; nothing appears that does not stand here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

import msgspec
from django.utils.translation import gettext

from entrepot.domains.customs import queries as customs
from entrepot.domains.customs import services as customs_services
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.logistics.types import MODES
from entrepot.domains.markets import queries as markets
from entrepot.domains.markets import services as market_services
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.organisation import services as organisation_services
from entrepot.domains.organisation.types import STORE_TEXTS
from entrepot.domains.pricing import queries as pricing
from entrepot.domains.pricing import services as pricing_services
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax import services as tax_services
from entrepot.infra import clock
from entrepot.interfaces.console.drawn import company, registrations, single
from entrepot.interfaces.console.drawn.columns import Column, columns_of
from entrepot.interfaces.console.drawn.fields import Field, Note, fields_of
from entrepot.kernel.errors import N_

Values = Mapping[str, Any]


class Write(msgspec.Struct, frozen=True):
    """A form: the service, what its arguments are called, what the page gives itself, whose shelves follow.

    `preview` returns (heads, rows) of words shown before anything is written; `shelves` the codes of markets to be
    computed anew, by the values. `says` is what the form is for, `button` what it does.
    """

    slug: str
    title: str
    button: str
    says: str
    service: Callable[..., Any]
    notes: Mapping[str, Note]
    given: Callable[[], Mapping[str, Any]] = dict
    shelves: Callable[[Values], Sequence[str]] | None = None
    preview: Callable[[Any, Values], tuple[Sequence[str], Sequence[Sequence[str]]]] | None = None

    @property
    def permission(self) -> str:
        """The permission the service itself asks."""
        return self.service.permission  # type: ignore[attr-defined]

    def fields(self) -> tuple[Field, ...]:
        """Return the fields of the form."""
        return fields_of(self.service, self.notes, GIVEN)


class Page(msgspec.Struct, frozen=True):
    """A page of records: a read drawn as a table, and the writes of it. A row opens the write `change`, filled in.

    What is called as in the row is filled in by itself; `fill` returns the rest, by the name of the argument.
    """

    slug: str
    title: str
    says: str
    read: Callable[..., Any]
    arguments: Callable[[], Mapping[str, Any]]
    labels: Mapping[str, str]
    writes: tuple[Write, ...]
    change: str = ""
    fill: Callable[[Any], Mapping[str, Any]] = lambda row: {}

    def columns(self) -> tuple[Column, ...]:
        """Return the columns of the table."""
        return columns_of(self.read, self.labels)

    def rows(self) -> tuple[Any, ...]:
        """Ask the query and return its rows."""
        found = self.read(**self.arguments())
        return tuple(found.values()) if isinstance(found, Mapping) else tuple(found)


GIVEN = frozenset({"entity_id", "store_code"})  # a console works for one store


def _entity() -> dict[str, Any]:
    return {"entity_id": organisation.store().entity.id}


def _store() -> dict[str, Any]:
    return {"store_code": organisation.store().code}


def _today() -> dict[str, Any]:
    return {"on": clock.today()}


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone) for zone in sorted(available_timezones())]


def _sources() -> list[tuple[str, str]]:
    return [(s.code, f"{s.code} ({s.base})") for s in markets.fx_sources()]


def _territories() -> list[tuple[str, str]]:
    return [(code, code) for code in sorted(customs.law())]


def _schemes() -> list[tuple[str, str]]:
    """The registrations that any table of law asks for."""
    found = {
        str(row.fields["registration"])
        for law in tax.law().values()
        for row in law.schemes
        if row.fields.get("registration")
    }
    return [(scheme, scheme) for scheme in sorted(found)]


def _jurisdictions() -> list[tuple[str, str]]:
    """Every territory of the law, and every region that has rates or thresholds of its own."""
    found = set(tax.law())
    for code, law in tax.law().items():
        found |= {f"{code}-{row.fields['region']}" for row in (*law.rates, *law.nexus) if row.fields.get("region")}
    return [(code, code) for code in sorted(found)]


def _switch_names() -> list[tuple[str, str]]:
    return [(s.name, gettext(s.says)) for s in organisation.switches()]


def _text_kinds() -> list[tuple[str, str]]:
    return [(kind, gettext(name)) for kind, name in STORE_TEXTS.items()]


def _languages() -> list[tuple[str, str]]:
    spoken = dict.fromkeys(locale for market in markets.markets() for locale in market.locales)
    return [(language, language) for language in spoken]


def _displays() -> list[tuple[str, str]]:
    return [("incl", gettext("tax inside")), ("excl", gettext("tax added at the end"))]


def _kinds() -> list[tuple[str, str]]:
    words = {
        "domestic": gettext("at home"), "bonded": gettext("bonded"), "overseas": gettext("overseas"),
        "third_party": gettext("of a third party"),
    }  # fmt: skip
    return list(words.items())


def _modes() -> list[tuple[str, str]]:
    return [(mode, gettext(name)) for mode, name in MODES.items()]


def _to(country: str) -> tuple[str, ...]:
    return tuple(m.code for m in markets.markets() if m.country == country.upper())


def _in(currency: str) -> tuple[str, ...]:
    return tuple(m.code for m in markets.markets() if m.currency == currency.upper())


def _of_territory(code: str) -> tuple[str, ...]:
    known = customs.law().get(code)
    return tuple(m.code for m in markets.markets() if known and m.country in known.countries)


CURRENCY = Note(N_("Currency"), N_("Three capital letters, e.g. EUR."), length=3, ltr=True)
CODE = Note(N_("Code"), N_("Short and without spaces; it names the record for good."), length=40, ltr=True)
ZONE = Note(N_("Time zone"), choices=_zones, ltr=True)
COUNTRY = Note(N_("Country"), N_("Two capital letters, e.g. DE."), length=2, ltr=True)

MARKETS = Page(
    "markets", N_("Markets"), N_("Where we sell: currency, languages, how tax is shown."), markets.markets, dict,
    {"code": N_("Market"), "currency": N_("Currency"), "locales": N_("Languages"), "tax_display": N_("Prices"),
     "time_zone": N_("Time zone"), "open": N_("Takes orders")},
    (Write("set-up", N_("Set up a market"), N_("Save the market"),
           N_("A market that exists is changed; its shelves are computed anew."), market_services.set_up_market,
           {"code": Note(N_("Market"), N_("Mostly the country's two letters."), length=10, ltr=True), "country": COUNTRY,
            "currency": CURRENCY,
            "locales": Note(N_("Languages"), N_("One a line, the first is the market's own, e.g. de."), ltr=True),
            "tax_display": Note(N_("Prices"), choices=_displays), "time_zone": ZONE,
            "open": Note(N_("Takes orders")),
            "display_decimals": Note(N_("Decimals shown"), least=0, most=3),
            "position": Note(N_("Place in the list"), least=0, most=1000)},
           shelves=lambda v: (v["code"].upper(),)),),
    change="set-up",
)  # fmt: skip

FX = Page(
    "rates", N_("Exchange rates"), N_("The last rate of each source; a rate that is too old is not used."),
    markets.rates_in_use, _today,
    {"source": N_("Source"), "currency": N_("Currency"), "rate": N_("Units per one"), "base": N_("Base"),
     "date": N_("Day")},
    (Write("set", N_("Set a rate by hand"), N_("Save the rate"),
           N_("Units of the currency per one unit of the source's base."), single.set_rate,
           {"source": Note(N_("Source"), choices=_sources), "currency": CURRENCY, "rate": Note(N_("Units per one")),
            "date": Note(N_("From which day"))},
           shelves=lambda v: _in(v["currency"])),),
    change="set",
)  # fmt: skip

FX_SOURCES = Page(
    "rate-sources", N_("Sources of rates"), N_("Who says what a currency is worth; the lowest number is asked first."),
    markets.fx_sources, dict,
    {"code": N_("Source"), "base": N_("Base"), "age_limit_days": N_("Good for days"), "priority": N_("Asked as number"),
     "note": N_("Note")},
    (Write("set-up", N_("Set up a source of rates"), N_("Save the source"),
           N_("A rate older than the limit stops the sale in its currency rather than sell at a wrong price."),
           market_services.set_up_fx_source,
           {"code": CODE, "base": CURRENCY, "age_limit_days": Note(N_("Good for days"), least=0, most=3650),
            "priority": Note(N_("Asked as number"), least=0, most=1000), "note": Note(N_("Note"))}),),
    change="set-up",
)  # fmt: skip

TAX = Page(
    "registrations", N_("Tax registrations"),
    N_("Where the seller is registered; without one the ordinary import rules hold."), tax.registrations, _entity,
    {"scheme": N_("Scheme"), "jurisdiction": N_("Where"), "number": N_("Number"), "from_date": N_("From"),
     "until": N_("Until before")},
    (Write("record", N_("Record a registration"), N_("Save the registration"),
           N_("From its first day on, quotes are computed under it."), tax_services.register,
           {"scheme": Note(N_("Scheme"), N_("As the law data name it: ioss, oss, vat, sales_tax …"), choices=_schemes, ltr=True),
            "jurisdiction": Note(N_("Where"), N_("EU, DE, US-CA …"), choices=_jurisdictions, ltr=True),
            "number": Note(N_("Number"), length=40, ltr=True), "from_date": Note(N_("First day")),
            "until": Note(N_("First day on which it no longer holds"), N_("Empty: it goes on."))},
           given=_entity, shelves=lambda v: tuple(m.code for m in markets.markets()), preview=registrations.preview),),
    change="record",
)  # fmt: skip

PRICE_LISTS = Page(
    "price-lists", N_("Price lists"), N_("One per currency; what has no price of its own is converted from the base list."),
    pricing.all_price_lists, lambda: {"store_id": organisation.store().id},
    {"code": N_("Price list"), "currency": N_("Currency"), "base": N_("Base list"), "prices": N_("Prices")},
    (Write("set-up", N_("Set up a price list"), N_("Save the price list"),
           N_("Prices in it win over converted ones from the day they begin."), pricing_services.set_up_price_list,
           {"code": CODE, "currency": CURRENCY, "base": Note(N_("Base list"), N_("A shop has exactly one."))},
           given=_store),),
    change="set-up",
)  # fmt: skip

DUTIES = Page(
    "flat-duties", N_("Flat duties"), N_("The merchant's own rate where no tariff is known; shown to buyers as such."),
    customs.merchant_duties, dict,
    {"territory": N_("Customs territory"), "rate_ppm": N_("Rate"), "from_date": N_("From")},
    (Write("set", N_("Set a flat duty"), N_("Save the flat duty"),
           N_("It covers goods whose tariff is not known. Set it high enough to pay what customs will ask."),
           customs_services.set_merchant_duty,
           {"territory": Note(N_("Customs territory"), choices=_territories, ltr=True),
            "rate_ppm": Note(N_("Rate in per cent"), kind="percent", least=0, most=1000),
            "from_date": Note(N_("From which day"))},
           shelves=lambda v: _of_territory(v["territory"])),),
    change="set",
)  # fmt: skip

WAREHOUSES = Page(
    "warehouses", N_("Warehouses"), N_("Where stock lies and when a parcel still leaves the same day."),
    inventory.warehouses, dict,
    {"code": N_("Warehouse"), "name": N_("Name"), "kind": N_("Kind"), "country": N_("Country"), "city": N_("City"),
     "time_zone": N_("Time zone"), "cutoff": N_("Leaves the same day until")},
    (Write("set-up", N_("Set up a warehouse"), N_("Save the warehouse"),
           N_("A warehouse that exists is changed. Its code stays."), single.set_up_warehouse,
           {"code": CODE, "name": Note(N_("Name"), length=120), "kind": Note(N_("Kind"), choices=_kinds),
            "country": COUNTRY, "city": Note(N_("City"), length=80), "line1": Note(N_("Street and number")),
            "postcode": Note(N_("Postcode"), length=20, ltr=True), "time_zone": ZONE,
            "cutoff": Note(N_("Leaves the same day until"), N_("Local time, e.g. 15:00."), length=5, ltr=True)},
           given=_entity),),
    change="set-up",
    fill=lambda row: {key: row.address.get(key, "") for key in ("line1", "postcode")},
)  # fmt: skip

LANES = Page(
    "lanes", N_("Lanes and rate cards"), N_("Which service carries from where to where, for how much, in how many days."),
    logistics.rate_cards, _today,
    {"origin_country": N_("From"), "destination_country": N_("To"), "name": N_("Service"), "carrier": N_("Carrier"),
     "mode": N_("Crosses by"), "incoterm": N_("Incoterm"), "transit_min_days": N_("Days at least"), "transit_max_days": N_("Days at most"),
     "max_mass_g": N_("Grams at most"), "currency": N_("Currency")},
    (Write("set-up", N_("Set up a rate card"), N_("Save the rate card"),
           N_("A card of the same service, lane and first day is changed; a later first day follows it."),
           single.set_up_lane,
           {"origin_country": Note(N_("From"), N_("Two capital letters, e.g. DE."), length=2, ltr=True),
            "destination_country": Note(N_("To"), N_("Two capital letters, e.g. DE."), length=2, ltr=True),
            "carrier": Note(N_("Carrier"), length=40, ltr=True), "service": CODE, "name": Note(N_("Name"), length=80),
            "grade": Note(N_("Speed")), "incoterm": Note(N_("Incoterm")), "currency": CURRENCY,
            "mode": Note(N_("Crosses by"), N_("Some limits of customs differ by it."), choices=_modes),
            "steps": Note(N_("Steps"), N_("One a line, grams:amount in the smallest unit, e.g. 500:690."), ltr=True),
            "transit_min_days": Note(N_("Days at least"), least=0, most=120),
            "transit_max_days": Note(N_("Days at most"), least=0, most=120),
            "start": Note(N_("From which day")), "source": Note(N_("Where the rates come from")),
            "handling_days": Note(N_("Days in the warehouse"), least=0, most=30),
            "customs_days": Note(N_("Days at customs"), least=0, most=60),
            "volumetric_divisor": Note(N_("Cubic centimetres that count as a kilogram"), least=1, most=100_000)},
           shelves=lambda v: _to(v["destination_country"])),),
    change="set-up",
    fill=lambda row: {"steps": [f"{step.up_to_g}:{step.amount_minor}" for step in row.steps]},
)  # fmt: skip

SERIES = Page(
    "number-series", N_("Number series"), N_("Invoices and credit notes are numbered without a gap; the next number is drawn with the paper."),
    organisation.number_series, _entity,
    {"kind": N_("Kind"), "year": N_("Year"), "next_number": N_("Next number")}, (),
)  # fmt: skip

COMPANY = Page(
    "company", N_("Company"), N_("As papers, declarations and invoices name the seller. A label waits while a declaration lacks a part of it."),
    company.companies, dict,
    {"name": N_("Name"), "local_name": N_("Name in its own script"), "country": N_("Country"), "book_currency": N_("Currency")},
    (Write("set-up", N_("Change the company's record"), N_("Save the company"),
           N_("Papers drawn from now on name it so; those that were drawn stay."), company.set_up_company,
           {"name": Note(N_("Name"), length=120), "local_name": Note(N_("Name in its own script"), length=120),
            "line1": Note(N_("Street and number"), length=140), "city": Note(N_("City"), length=35),
            "region": Note(N_("Region"), length=35), "postcode": Note(N_("Postcode"), length=17, ltr=True),
            "phone": Note(N_("Telephone"), length=40, ltr=True),
            "eori": Note(N_("EORI"), length=20, ltr=True),
            "uscc": Note(N_("Unified social credit code"), length=20, ltr=True),
            "cn_customs": Note(N_("Registration with China's customs"), length=20, ltr=True),
            "ein": Note(N_("EIN"), length=15, ltr=True), "vat": Note(N_("VAT number"), length=20, ltr=True),
            "scheme_number": Note(N_("IOSS number"), N_("For the declarant alone, so it is not shown. Empty: it stays as it is."), length=20, ltr=True)}),),
    change="set-up",
    fill=company.filled,
)  # fmt: skip

CONTACT = Page(
    "contact", N_("Where buyers reach us"), N_("It stands on the shop's help page and beside every order."),
    organisation.contacts, _store,
    {"name": N_("Shop"), "contact_email": N_("E-mail"), "contact_phone": N_("Telephone")},
    (Write("set", N_("Say where buyers reach us"), N_("Save"), N_("The law of most markets asks for an e-mail address at least."),
           organisation_services.set_contact,
           {"contact_email": Note(N_("E-mail"), length=254, ltr=True), "contact_phone": Note(N_("Telephone"), length=40, ltr=True)},
           given=_store),),
    change="set",
)  # fmt: skip

WORDS = Page(
    "words", N_("Words of the shop"),
    N_("What the shop tells buyers about sending back, its terms and privacy. Have somebody who knows the law of the market read it."),
    organisation.store_texts, _store,
    {"title": N_("About"), "language": N_("Language"), "text": N_("Text")},
    (Write("write", N_("Write a text"), N_("Save the text"), N_("An empty text takes the one there is away."),
           organisation_services.set_store_text,
           {"kind": Note(N_("About"), choices=_text_kinds), "language": Note(N_("Language"), choices=_languages),
            "text": Note(N_("Text"), N_("Paragraphs are parted by an empty line."), kind="long", length=20_000)},
           given=_store),),
    change="write",
)  # fmt: skip

SWITCHES = Page(
    "switches", N_("Switches"), N_("Parts that can be turned on and off."), organisation.switches, dict,
    {"name": N_("Switch"), "says": N_("When it is on"), "on": N_("On")},
    (Write("turn", N_("Turn a switch"), N_("Save"), N_("It holds at once, everywhere."), organisation_services.set_switch,
           {"name": Note(N_("Switch"), choices=_switch_names), "on": Note(N_("On"))}),),
    change="turn",
)  # fmt: skip

PAGES = {
    page.slug: page
    for page in (
        MARKETS,
        COMPANY,
        CONTACT,
        WORDS,
        PRICE_LISTS,
        FX,
        FX_SOURCES,
        TAX,
        DUTIES,
        WAREHOUSES,
        LANES,
        SERIES,
        SWITCHES,
    )
}
