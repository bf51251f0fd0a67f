"""Put a winning plan together as a FrozenQuote: lines with their shares, the cascade, the rules, and when it expires."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from entrepot.flows.price.facts import Facts
from entrepot.flows.price.plan import Priced
from entrepot.kernel.errors import N_, DataFault
from entrepot.kernel.quote import FrozenQuote, QuotedConsignment, QuotedLine
from entrepot.kernel.trade import RuleRef

BY_SHOP = N_("The shop keeps a price for this long.")
BY_FX = N_("The exchange rate of that day may not be used any longer.")
BY_PROOF = N_("The check of your tax number holds for this long.")
BY_LAW = N_("A rule of tax or customs changes on that day.")

ONLY_PLAN = N_("Stock and services allow one way to send this.")
CHEAPEST_PLAN = N_("The cheapest of all ways that stock, services and law allow.")
BEST_FOUND = N_("The cheapest way found; there were too many to compare them all.")


def assemble(
    facts: Facts, priced: Sequence[Priced], *, considered: int, exact: bool, language: str, id: str
) -> FrozenQuote:
    """Return the quote of a plan; its totals are the sums of its consignments, to the minor unit.

    Raises DataFault when a consignment's parts do not sum to its total: such a price must not leave the house.
    """
    consignments = tuple(_consignment(facts, one) for one in priced)
    expires_at, because = expiry(facts, priced)
    return FrozenQuote(
        id=id,
        store_id=facts.store.id,
        entity_id=facts.store.entity.id,
        market=facts.market.code,
        country=facts.place.country,
        region=facts.place.region,
        postcode=facts.place.postcode,
        currency=facts.market.currency,
        tax_display=facts.market.tax_display,
        tax_point=facts.on,
        created_at=facts.at,
        expires_at=expires_at,
        expires_because=because,
        consignments=consignments,
        goods_minor=sum(c.goods_minor for c in consignments),
        freight_minor=sum(c.freight_minor for c in consignments),
        duty_minor=sum(c.duty_minor for c in consignments),
        fee_minor=sum(c.fee_minor for c in consignments),
        tax_minor=sum(c.tax_minor for c in consignments),
        total_minor=sum(c.total_minor for c in consignments),
        fx=facts.fx,
        rules=_once(rule for one in priced for rule in one.cost.rules),
        plans_considered=considered,
        plan_note=BEST_FOUND if not exact else ONLY_PLAN if considered == 1 else CHEAPEST_PLAN,
        grade=facts.grade,
        language=language,
        customer=facts.customer,
        tax_proof=facts.buyer.id if facts.buyer else "",
        price_policy=facts.market.price_policy,
    )


def expiry(facts: Facts, priced: Iterable[Priced]) -> tuple[dt.datetime, str]:
    """Return when a quote expires and why, as a message id: the earliest of all.

    The shop's own limit; when a business's proof grows too old; the first day on which an exchange rate is too old (UTC); the next day on which a rule of any
    consignment differs (midnight in the market's zone).
    """
    zone = ZoneInfo(facts.market.time_zone)
    ends = [(facts.at + dt.timedelta(seconds=facts.store.quote_lifetime_s), BY_SHOP)]
    if facts.buyer is not None:
        ends.append((facts.buyer.holds_until, BY_PROOF))
    ends += [(_midnight(quote.usable_until, dt.UTC), BY_FX) for quote in facts.fx]
    ends += [(_midnight(p.cost.next_boundary, zone), BY_LAW) for p in priced if p.cost.next_boundary]
    return min(ends, key=lambda end: end[0])


def _midnight(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(dt.UTC)


def _consignment(facts: Facts, one: Priced) -> QuotedConsignment:
    cost = one.cost
    lines = tuple(_line(facts, one, number) for number in range(len(one.consignment.lines)))
    freight_gross = cost.freight_minor + cost.freight_tax_minor
    total = sum(line.gross_minor for line in lines) + freight_gross
    if total != cost.total_minor or sum(charge.amount_minor for charge in cost.charges) != total:
        raise DataFault(what=f"the parts of consignment {one.consignment.ref} do not sum to its total")
    return QuotedConsignment(
        ref=one.consignment.ref,
        warehouse=one.warehouse.code,
        warehouse_country=one.warehouse.country,
        warehouse_city=one.warehouse.city,
        service=one.lane.service,
        service_name=one.lane.name,
        carrier=one.lane.carrier,
        incoterm=one.lane.incoterm or cost.incoterm,
        importer_of_record=cost.importer_of_record,
        scheme=cost.scheme,
        lines=lines,
        goods_minor=cost.goods_minor,
        freight_minor=cost.freight_minor,
        duty_minor=cost.duty_minor,
        fee_minor=cost.fee_minor,
        tax_minor=cost.tax_minor,
        freight_gross_minor=freight_gross,
        total_minor=total,
        charges=cost.charges,
        promise=one.promise,
        tax_scheme=cost.tax_scheme,
        mode=one.consignment.mode,
    )


def _line(facts: Facts, one: Priced, number: int) -> QuotedLine:
    line = one.consignment.lines[number]
    goods, duty, fee, tax = one.cost.lines[line.ref]
    variant = facts.variants[line.sku]
    return QuotedLine(
        ref=line.ref,
        sku=line.sku,
        title=variant.title,
        option=variant.option,
        picture=variant.picture,
        quantity=line.quantity,
        goods_minor=goods,
        duty_minor=duty,
        fee_minor=fee,
        tax_minor=tax,
        gross_minor=goods + duty + fee + tax,
        hs_code=line.hs_code,
        origin=line.origin,
        mass_g=line.mass_g,
        customs_description=variant.customs_description,
        assumed=variant.assumed,
        tax_category=line.tax_category,
        tax_scheme=one.cost.line_schemes[number] if one.cost.line_schemes else one.cost.tax_scheme,
    )


def _once(rules: Iterable[RuleRef]) -> tuple[RuleRef, ...]:
    return tuple(dict.fromkeys(rules))
