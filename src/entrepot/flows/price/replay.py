"""Replay an old quote: from what it stored alone, and under the law as the tables have it now.

A stored quote carries every base, rate, flat amount and rule it used. `replay_stored` does its sums anew from them, so that a
dispute or an audit needs no old program and no old table. `recompute` asks the engines for the same goods on any day; on the
quote's own tax point it must come to the same cents as long as the tables of that day stand, whatever came after.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from entrepot.domains.customs import queries as customs
from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.types import TaxRules
from entrepot.flows.price.landed_cost import LandedCost, landed_cost
from entrepot.flows.price.same_gross import ROUNDED, landed_from_gross
from entrepot.kernel.money import Fx, Money, Rounding, apply_rate, restate
from entrepot.kernel.quote import FrozenQuote, QuotedConsignment, QuotedLine
from entrepot.kernel.trade import Charge, Consignment, Line

_BETWEEN = re.compile(r"from ([\d.]+) to ([\d.]+|-) ([A-Z]{3})")
# Rows that are no simple product of their own base and rate: a share of a total, or an amount after another.
_STANDS = frozenset({"below_collection_minimum", "rounded_on_total", "inside_the_price", "after_deduction", ROUNDED})


class Difference(msgspec.Struct, frozen=True):
    """A figure of a quote that does not follow from what it stored. `place` is consignment, kind and line."""

    place: str
    stored_minor: int
    replayed_minor: int


def rates_of(quote: FrozenQuote) -> dict[tuple[str, str], Decimal]:
    """Return the exchange rates a quote stored, as engines take them."""
    return {(one.source_currency, one.target): one.rate for one in quote.fx}


def held_between(charge: Charge) -> bool:
    """Say whether a row's rule names the least and the most it may come to."""
    return not stands(charge) and _BETWEEN.search(charge.rule.value) is not None


def stands(charge: Charge) -> bool:
    """Say whether a row is no product of its own base and rate: given, flat, a share of a total, after another amount."""
    return charge.reason in _STANDS or not charge.rate_ppm


def limits_of(charge: Charge, currency: str, fx: Fx) -> tuple[int, int | None] | None:
    """Return the least and the most a row may come to by its rule, in minor units; None where the rule says neither."""
    held = _BETWEEN.search(charge.rule.value)
    if not held:
        return None
    low, high, of = held.groups()
    most = None if high == "-" else restate(Money.parse(high, of).minor, of, currency, fx)
    return restate(Money.parse(low, of).minor, of, currency, fx), most


def rounding_of(country: str) -> Rounding:
    """Return how the tax law of a country rounds, half up where it is not known; no statement."""
    found = tax.law().get(country)
    return found.rounding if found else "half_up"  # type: ignore[return-value]


def amount_again(charge: Charge, currency: str, fx: Fx, rounding: Rounding = "half_up") -> int:
    """Return what a row comes to by its own base, rate and rule; a flat or given amount stands for itself.

    Args:
        rounding: of the destination's taxes (`rounding_of`); a part of a total that happens to be its own product half up counts
            as well. Duty and fees are rounded half up everywhere.
    """
    if stands(charge):
        return charge.amount_minor
    if charge.reason == "rounds_to_zero":  # or the other parts of a total took the coin
        return 0
    amount = apply_rate(charge.base_minor, charge.rate_ppm)
    if charge.kind == "tax" and amount != charge.amount_minor:
        amount = apply_rate(charge.base_minor, charge.rate_ppm, rounding)
    limits = limits_of(charge, currency, fx)
    if limits is not None:
        least, most = limits
        amount = max(amount, least)
        amount = amount if most is None else min(amount, most)
    return amount


def _consignment(one: QuotedConsignment, currency: str, fx: Fx, rounding: Rounding) -> Iterator[Difference]:
    sums: dict[str, int] = {}
    for charge in one.charges:
        amount = amount_again(charge, currency, fx, rounding)
        sums[charge.kind] = sums.get(charge.kind, 0) + amount
        if amount != charge.amount_minor:
            yield Difference(f"{one.ref} {charge.kind} {charge.line}".strip(), charge.amount_minor, amount)
    freight = sums.get("freight", 0) + sums.get("insurance", 0)
    for kind, stored, replayed in (
        ("goods", one.goods_minor, sums.get("goods", 0)),
        ("freight", one.freight_minor, freight),
        ("duty", one.duty_minor, sums.get("duty", 0)),
        ("fee", one.fee_minor, sums.get("fee", 0)),
        ("tax", one.tax_minor, sums.get("tax", 0)),
        ("total", one.total_minor, sum(sums.values())),
        ("lines and freight", one.total_minor, sum(line.gross_minor for line in one.lines) + one.freight_gross_minor),
    ):
        if stored != replayed:
            yield Difference(f"{one.ref} {kind}", stored, replayed)


def replay_stored(quote: FrozenQuote) -> tuple[Difference, ...]:
    """Return where a quote's figures do not follow from what it stored; () says that it replays to the same cents."""
    fx, rounding = rates_of(quote), rounding_of(quote.country)
    found = [difference for one in quote.consignments for difference in _consignment(one, quote.currency, fx, rounding)]
    total = sum(one.total_minor for one in quote.consignments)
    if total != quote.total_minor:
        found.append(Difference("total", quote.total_minor, total))
    return tuple(found)


def _category(one: QuotedConsignment, line: QuotedLine) -> str:
    """The tax category of a line: as stored, or (quotes from before it was) as the rule of its first tax row names it."""
    if line.tax_category != "standard":
        return line.tax_category
    key = next((c.rule.key for c in one.charges if c.kind == "tax" and c.line == line.ref), "standard")
    return key.removeprefix("exemption of ").partition(" ")[0]


def consignment_of(quote: FrozenQuote, one: QuotedConsignment) -> Consignment:
    """Return a stored consignment in the form that engines take."""
    insurance = sum(charge.amount_minor for charge in one.charges if charge.kind == "insurance")
    return Consignment(
        ref=one.ref,
        dispatch_country=one.warehouse_country,
        destination_country=quote.country,
        destination_region=quote.region,
        destination_postcode=quote.postcode,
        currency=quote.currency,
        lines=tuple(
            Line(
                line.ref, line.sku, line.quantity, line.goods_minor, line.hs_code, line.origin, line.mass_g,
                _category(one, line),
            )
            for line in one.lines
        ),
        freight_minor=one.freight_minor - insurance,
        insurance_minor=insurance,
        customer=quote.customer,
        mode=one.mode,
    )  # fmt: skip


def recompute(quote: FrozenQuote, *, on: dt.date) -> tuple[LandedCost, ...]:
    """Return what the same consignments cost by the law of a day, with the quote's goods, freight and exchange rates.

    Raises:
        NotCovered, NotRegistered, NoTariff: the law of that day cannot be applied to them.
    """
    pairs = {(line.hs_code, line.origin) for one in quote.consignments for line in one.lines}
    duty = customs.rules(destination=quote.country, pairs=pairs, on=on, entity_id=quote.entity_id)
    vat = tax.rules(
        destination=quote.country, region=quote.region, entity_id=quote.entity_id, on=on, postcode=quote.postcode
    )
    return tuple(cost_again(quote, one, duty, vat, on) for one in quote.consignments)


def cost_again(
    quote: FrozenQuote, one: QuotedConsignment, duty: CustomsRules, vat: TaxRules, on: dt.date
) -> LandedCost:
    """Return what a stored consignment costs by given rules, with the quote's exchange rates; as its price policy asks.

    Under same_gross what the buyer pays stands, and what is worked out is what the shop gets. Raises as the engines do.
    """
    sent, fx = consignment_of(quote, one), rates_of(quote)
    if quote.price_policy == "same_gross":
        incl = quote.tax_display == "incl"
        return landed_from_gross(_at_gross(sent, one, incl), duty, vat, on, incl=incl, fx=fx)[1]
    return landed_cost(sent, duty, vat, on, fx=fx)


def _at_gross(sent: Consignment, stored: QuotedConsignment, incl: bool) -> Consignment:
    """The same consignment with what the buyer pays for each line in the place of its net price."""
    paid = [line.gross_minor if incl else line.gross_minor - line.tax_minor for line in stored.lines]
    lines = (msgspec.structs.replace(line, goods_minor=p) for line, p in zip(sent.lines, paid, strict=True))
    return msgspec.structs.replace(sent, lines=tuple(lines))
