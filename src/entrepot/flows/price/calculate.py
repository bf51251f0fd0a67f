"""What goods cost at a door, for anybody who asks: no catalogue, no warehouse, no stock; the same engines as every quote.

A question says all that the law looks at (goods, way, places, day) and under which registrations of the seller it is answered. So
it serves the public calculator and the console's map alike. At most three statements, and none for what was asked a moment ago.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

import msgspec

from entrepot.domains.customs import queries as customs
from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.markets import queries as markets
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine.law import compile_rules
from entrepot.domains.tax.types import RegistrationInfo, TaxRules
from entrepot.flows.price.facts import needed_currencies
from entrepot.flows.price.landed_cost import LandedCost, landed_cost
from entrepot.infra.memo import Memo
from entrepot.kernel.errors import EntrepotError
from entrepot.kernel.money import NoRateGiven
from entrepot.kernel.quote import FxQuote
from entrepot.kernel.trade import Consignment, Line

MOST_ARTICLES = 10
Registered = Literal["all", "none", "own"]
_rules = Memo(ttl_s=30, limit=2048)


class Article(msgspec.Struct, frozen=True):
    """Goods of one kind: `unit_minor` is the price of one piece, `mass_g` of one piece, `category` its kind for tax."""

    hs_code: str
    origin: str
    quantity: int
    unit_minor: int
    mass_g: int = 0
    description: str = ""
    category: str = "standard"


class Question(msgspec.Struct, frozen=True):
    """A consignment that is asked about. Amounts are minor units of `currency`; `on` is the tax point.

    `registered`: the seller holds every registration the destination knows, none, or those of the entity `entity_id`.
    """

    articles: tuple[Article, ...]
    dispatch: str
    country: str
    on: dt.date
    currency: str
    region: str = ""
    postcode: str = ""
    freight_minor: int = 0
    customer: str = "consumer"
    mode: str = "courier"
    registered: Registered = "all"
    entity_id: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What a question comes to: the landed cost with its trace, the rules it was worked out by, and the rates it used."""

    question: Question
    consignment: Consignment
    cost: LandedCost
    customs: CustomsRules
    tax: TaxRules
    fx: tuple[FxQuote, ...]

    @property
    def rates(self) -> dict[tuple[str, str], Decimal]:
        """The exchange rates as engines take them."""
        return {(one.source_currency, one.target): one.rate for one in self.fx}

    @property
    def paid_to(self) -> dict[str, int]:
        """What goes to whom, in minor units: seller, carrier, customs; those who get nothing are left out."""
        found: dict[str, int] = {}
        for charge in self.cost.charges:
            found[charge.collector] = found.get(charge.collector, 0) + charge.amount_minor
        return {who: amount for who, amount in found.items() if amount}


def due_of(cost: LandedCost) -> str:
    """Return what is due beside goods and freight, in one word: nothing, tax_sale, tax_border, duty or duty_tax.

    tax_sale is taken when buying (by seller or marketplace) and none of it at the border; duty stands for its fees too.
    """
    if cost.duty_minor or cost.fee_minor:
        return "duty_tax" if cost.tax_minor else "duty"
    if not cost.tax_minor:
        return "nothing"
    taken = {charge.collector for charge in cost.charges if charge.kind == "tax" and charge.amount_minor}
    return "tax_sale" if taken <= {"seller", "marketplace"} else "tax_border"


def destinations() -> Mapping[str, tuple[str, ...]]:
    """Return every country that has rules of tax and of customs, with its regions where rates differ by region (else ())."""
    return {
        country: tuple(
            sorted({str(row.fields["region"]) for row in tax.law()[country].rates if row.fields.get("region")})
        )
        for country in tax.covered_countries()
        if customs.territory_of(country=country) is not None
    }


def calculate(question: Question, *, rates_on: dt.date) -> Answer:
    """Return what a consignment costs at its door, by the law of the question's day.

    Args:
        rates_on: the day whose exchange rates restate limits and flat amounts of another currency.
    Raises:
        NotCovered, OutsideTerritory, NotRegistered, NoTariff, NoRate, StaleRate, InvalidInput: as their words say.
    """
    consignment = consignment_of(question)
    pairs = {(line.hs_code, line.origin) for line in consignment.lines}
    own = question.entity_id if question.registered == "own" else ""
    duty = customs.rules(destination=question.country, pairs=pairs, on=question.on, entity_id=own)
    vat = tax_rules(question)
    wanted = needed_currencies({}, (), duty, vat) - {question.currency, ""}
    fx, refused = [], None
    for currency in sorted(wanted):
        try:
            fx.append(markets.fx_quote(source_currency=currency, target=question.currency, on=rates_on))
        except EntrepotError as fault:  # told only if the sum needs it
            refused = fault
    rates = {(one.source_currency, one.target): one.rate for one in fx}
    try:
        cost = landed_cost(consignment, duty, vat, question.on, fx=rates)
    except NoRateGiven as fault:
        raise refused or fault from fault
    return Answer(question, consignment, cost, duty, vat, tuple(fx))


def consignment_of(question: Question) -> Consignment:
    """Return a question in the form that engines take; its lines are L1, L2, … in the order of the articles."""
    return Consignment(
        ref="C1",
        dispatch_country=question.dispatch,
        destination_country=question.country,
        destination_region=question.region,
        destination_postcode=question.postcode,
        currency=question.currency,
        lines=tuple(
            Line(
                f"L{number}", f"L{number}", one.quantity, one.unit_minor * one.quantity, one.hs_code, one.origin,
                one.mass_g * one.quantity, one.category,
            )
            for number, one in enumerate(question.articles, start=1)
        ),
        freight_minor=question.freight_minor,
        customer=question.customer,
        mode=question.mode,
    )  # fmt: skip


def tax_rules(question: Question) -> TaxRules:
    """Return the tax rules of a question's destination and day, under the registrations that it assumes.

    Raises:
        NotCovered, OutsideTerritory: as `tax.queries.rules`.
    """
    country, region, postcode, on = question.country, question.region, question.postcode, question.on
    if question.registered == "own":
        own = question.entity_id
        return tax.rules(destination=country, region=region, entity_id=own, on=on, postcode=postcode)
    tax.refuse_place_outside(destination=country, postcode=postcode, on=on)
    local = tax.local_tax(destination=country, region=region, postcode=postcode, on=on) if postcode else None
    held = registrations_of(country) if question.registered == "all" else ()
    key = (country, region, on, question.registered, local.postcode if local else "")
    return _rules.get(
        key,
        lambda: compile_rules(
            tax.law(), destination=country, region=region, on=on, registrations=held, local=local
        ),
    )  # type: ignore[no-any-return]  # fmt: skip


def registrations_of(country: str) -> tuple[RegistrationInfo, ...]:
    """Return every registration that a scheme of a country or its group asks for, as held for ever: an assumption."""
    laws = tax.law()
    own = laws.get(country)
    group = laws.get(own.group) if own is not None and own.group else None
    rows = [*(own.schemes if own else ()), *(group.schemes if group else ())]
    needed = sorted({str(row.fields["registration"]) for row in rows if row.fields.get("registration")})
    return tuple(RegistrationInfo(scheme, country, "", dt.date.min, None) for scheme in needed)
