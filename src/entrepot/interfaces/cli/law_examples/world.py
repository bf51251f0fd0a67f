"""One shipment of an example, sent through the real engines and tables: what it costs, and everything an example may ask about it.

The law of the day is used as it stands. What an example states itself (a rate, an exchange rate, whether the seller is
registered) takes the place of the table's figure for that example alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

import msgspec

from entrepot.domains.customs.engine import duty as customs_engine
from entrepot.domains.customs.queries import law as customs_tables
from entrepot.domains.customs.types import CustomsRules, Treatment
from entrepot.domains.markets.queries import demo_data
from entrepot.domains.tax.engine import law as tax_law
from entrepot.domains.tax.engine import vat as tax_engine
from entrepot.domains.tax.queries import law as tax_tables
from entrepot.domains.tax.types import RegistrationInfo, TaxRules, TaxScheme
from entrepot.flows.price.landed_cost import LandedCost, landed_cost
from entrepot.interfaces.cli.law_examples import shapes
from entrepot.kernel.money import Fx, exponent
from entrepot.kernel.trade import Consignment, Line


class Shipment(msgspec.Struct, frozen=True):
    """What an example says of a consignment. Amounts in minor units of `currency`; None is "as the law has it"."""

    jurisdiction: str
    currency: str
    on: dt.date
    goods: tuple[int, ...]
    freight: int = 0
    origin: str = "CN"
    dispatch: str = "CN"
    mode: str = "courier"
    customer: str = "consumer"
    registered: bool = True
    duty_ppm: int | None = None
    added_ppm: int | None = None
    tax_ppm: int | None = None
    further_ppm: int | None = None
    fx: Fx | None = None
    code: str = "999999"
    category: str = "standard"

    @property
    def country(self) -> str:
        """The country of a jurisdiction such as CA-ON."""
        return self.jurisdiction.partition("-")[0]

    @property
    def region(self) -> str:
        """The province or state of a jurisdiction such as CA-ON, "" where it has none."""
        return self.jurisdiction.partition("-")[2]


class Answer(msgspec.Struct, frozen=True):
    """What the engines say of a shipment."""

    shipment: Shipment
    cost: LandedCost
    schemes: tuple[TaxScheme, ...]
    treatment: Treatment | None
    tax: TaxRules
    customs: CustomsRules

    def taxed(self, *collectors: str) -> int:
        """The tax that these collect, of all when none is named."""
        rows = [charge for charge in self.cost.charges if charge.kind == "tax"]
        return sum(charge.amount_minor for charge in rows if not collectors or charge.collector in collectors)

    def further(self) -> int:
        """The taxes beside the main one."""
        names = {more.name for rate in self.tax.rates.values() for more in rate.further}
        return sum(c.amount_minor for c in self.cost.charges if c.kind == "tax" and c.name in names)

    def tax_base(self) -> int:
        """What the main tax is a rate of; nothing where it is not charged."""
        names = {more.name for rate in self.tax.rates.values() for more in rate.further}
        return sum(c.base_minor for c in self.cost.charges if c.kind == "tax" and c.name not in names and c.rate_ppm)

    def duty_parts(self) -> tuple[int, int]:
        """The duty of the tariff or of its one rate, and what is added to it."""
        rows = [charge for charge in self.cost.charges if charge.kind == "duty"]
        extra = sum(c.amount_minor for c in rows if c.name == customs_engine.ADDED_DUTY)
        return sum(c.amount_minor for c in rows) - extra, extra


def is_place(jurisdiction: str) -> bool:
    """Say whether both tax and customs of a jurisdiction stand in the tables."""
    country = jurisdiction.partition("-")[0]
    return country in tax_tables() and any(country in law.countries for law in customs_tables().values())


def currency_of(jurisdiction: str) -> str:
    """Return the currency of a jurisdiction's law."""
    return tax_tables()[jurisdiction.partition("-")[0]].currency


@cache
def _usual_fx() -> dict[tuple[str, str], Decimal]:
    """Every pair of the rates that come with the program: for limits in another currency where an example gives no rate."""
    told = demo_data()["fx"]
    rates = {name: Decimal(rate) for name, rate in told["rates"].items()} | {told["base"]: Decimal(1)}
    rates |= {"SAR": rates["USD"] * Decimal("3.75"), "AED": rates["USD"] * Decimal("3.6725")}
    return {(one, two): rates[two] / rates[one] for one in rates for two in rates if one != two}


def rates_with(given: Mapping[tuple[str, str], Decimal]) -> dict[tuple[str, str], Decimal]:
    """Return the usual exchange rates with an example's own in their place, both ways."""
    return _usual_fx() | dict(given) | {(two, one): 1 / rate for (one, two), rate in given.items()}


def _held(shipment: Shipment) -> list[RegistrationInfo]:
    """Every registration that a scheme of the country asks for, or none."""
    if not shipment.registered:
        return []
    laws = tax_tables()
    own = laws[shipment.country]
    rows = [*own.schemes, *(laws[own.group].schemes if own.group else ())]
    names = {row.fields["registration"] for row in rows if row.fields.get("registration")}
    places = [shipment.country, shipment.jurisdiction, own.group]
    return [RegistrationInfo(name, place, "-", shapes.LONG_AGO, None) for name in sorted(names) for place in places]


def tax_rules(shipment: Shipment) -> TaxRules:
    """Return the real tax rules of the day; a rate the example states takes the place of the table's."""
    rules = tax_law.compile_rules(
        tax_tables(), destination=shipment.country, region=shipment.region, on=shipment.on,
        registrations=_held(shipment),
    )  # fmt: skip
    rates = rules.rates
    if shipment.tax_ppm is not None:
        rates = {name: msgspec.structs.replace(rate, rate_ppm=shipment.tax_ppm) for name, rate in rates.items()}
    if shipment.further_ppm is not None:
        rates = {
            name: msgspec.structs.replace(
                rate,
                further=tuple(msgspec.structs.replace(m, rate_ppm=shipment.further_ppm) for m in rate.further),
            )
            for name, rate in rates.items()
        }
    return msgspec.structs.replace(rules, rates=rates)


def customs_rules(shipment: Shipment, lines: Sequence[Line]) -> CustomsRules:
    """Return the real customs rules of the day; a duty rate the example states is that of its goods."""
    duty = shipment.duty_ppm
    rules = shapes.customs_rules(shipment.country, shipment.on, lines, duty_ppm=duty)
    if duty is not None:
        stated = [
            msgspec.structs.replace(t, rate_ppm=duty, code_rates=()) if t.kind == "one_rate" else t
            for t in rules.treatments
        ]
        rules = msgspec.structs.replace(rules, treatments=tuple(stated))
    if shipment.added_ppm is not None:
        rates = {
            pair: msgspec.structs.replace(
                rate, added=tuple(msgspec.structs.replace(a, rate_ppm=shipment.added_ppm) for a in rate.added)
            )
            for pair, rate in rules.rates.items()
        }
        rules = msgspec.structs.replace(rules, rates=rates)
    return rules


def parcel_of(shipment: Shipment) -> Consignment:
    """Return the consignment of a shipment: one line per amount."""
    codes = [shipment.code] * len(shipment.goods)
    lines = shapes.lines(shipment.goods, codes, category=shipment.category, origin=shipment.origin)
    return Consignment(
        "example", shipment.dispatch, shipment.country, shipment.region, "", shipment.currency, lines,
        shipment.freight, 0, shipment.customer, shipment.mode,
    )  # fmt: skip


def answer(shipment: Shipment) -> Answer:
    """Send a shipment through the engines by the law of its day."""
    parcel = parcel_of(shipment)
    tax, customs = tax_rules(shipment), customs_rules(shipment, parcel.lines)
    fx = rates_with(shipment.fx or {})
    cost = landed_cost(parcel, customs, tax, shipment.on, fx=fx)
    schemes = tuple(tax_engine.schemes_for(parcel, tax, fx=fx))
    return Answer(shipment, cost, schemes, _treatment(cost, customs), tax, customs)


def _treatment(cost: LandedCost, customs: CustomsRules) -> Treatment | None:
    return next((one for one in customs.treatments if one.key == cost.treatment), None)


def scheme_limit(found: Answer) -> str:
    """Return the value up to which nothing is charged that day on such a consignment, in major units as the law has it, or ""."""
    parcel = parcel_of(found.shipment)
    for scheme in found.tax.schemes:
        if not scheme.taxed and scheme.reason == "below_threshold" and tax_engine.open_to(scheme, parcel):
            return f"{Decimal(scheme.limit_minor or 0).scaleb(-exponent(scheme.currency)):f}"
    return ""
