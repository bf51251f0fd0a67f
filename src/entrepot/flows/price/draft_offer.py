"""One offer from a pricer, and the words of a product for cards and search."""

from __future__ import annotations

from entrepot.domains.catalogue.types import SearchText, VariantFacts
from entrepot.domains.offers.engine.band import band
from entrepot.domains.offers.types import OfferDraft, Part, WordsDraft
from entrepot.flows.price.plan import Priced, Pricer
from entrepot.kernel.errors import EntrepotError
from entrepot.kernel.trade import Charge

NO_PRICE = "NO_PRICE"
_FACET_VALUE, _FACETS = 40, 12  # longer values and later attributes are no facets
_DESCRIPTION = 2000


def offer_of(pricer: Pricer, variant: VariantFacts) -> OfferDraft | str:
    """Return the offer of one unit from the warehouse that is cheapest to the door, or the code of why there is none.

    Where no warehouse has a unit, the price is told as if one had: sold out, not gone.
    """
    facts, sku = pricer.facts, variant.sku
    if sku not in facts.prices:
        return NO_PRICE
    stock = facts.available.get(sku, {})
    units = sum(stock.values())
    codes = [code for code, number in stock.items() if number > 0] or list(facts.warehouses)
    one = ((sku, 1),)
    if len(codes) > 1:  # which is cheapest is asked without a trace; only the one that wins gets its cascade
        found = [(code, pricer.weigh(code, one)) for code in codes]
        fit = [(told, n) for n, (_, told) in enumerate(found) if not isinstance(told, EntrepotError)]
        codes = [codes[min(fit)[1]]] if fit else codes[:1]
    best = pricer.consignment(codes[0], one) if codes else None
    if isinstance(best, Priced):
        return _draft(pricer, variant, best, units)
    return best.code if best is not None else NO_PRICE


def _draft(pricer: Pricer, variant: VariantFacts, priced: Priced, units: int) -> OfferDraft:
    market, cost = pricer.facts.market, priced.cost
    line = cost.lines[priced.consignment.lines[0].ref]
    incl = market.tax_display == "incl"
    word, left = band(units)
    return OfferDraft(
        market=market.code,
        sku=variant.sku,
        product_id=variant.product_id,
        price_minor=line.goods_minor + line.duty_minor + line.fee_minor + (line.tax_minor if incl else 0),
        goods_minor=line.goods_minor,
        duty_minor=line.duty_minor,
        fee_minor=line.fee_minor,
        tax_minor=line.tax_minor,
        currency=market.currency,
        band=word,
        ships_from=priced.warehouse.country,
        arrives_first=priced.promise.first,
        arrives_last=priced.promise.last,
        delivery_minor=cost.freight_minor + (cost.freight_tax_minor if incl else 0),
        computed_on=pricer.facts.on,
        warehouse=priced.warehouse.code,
        service=priced.lane.service,
        units_left=left,
        good_until=priced.promise.order_by,
        parts=tuple(_part(charge) for charge in cost.charges if _of_the_unit(charge)),
    )


def _of_the_unit(charge: Charge) -> bool:
    """Freight and its tax are told as delivery; everything else makes the price of the unit."""
    if charge.kind in ("freight", "insurance"):
        return False
    return charge.kind != "tax" or bool(charge.line) or not charge.amount_minor


def _part(charge: Charge) -> Part:
    rule = charge.rule
    since = f"{rule.key} {rule.value}".strip()
    return Part(
        charge.kind,
        charge.name,
        charge.amount_minor,
        charge.rate_ppm,
        charge.reason,
        since,
        rule.source,
        rule.confidence,
    )


def words_of(text: SearchText) -> WordsDraft:
    """Return what a card says of a product in one language, and what search finds it by."""
    facets = [(name, value) for name, value in text.attributes.items() if value and len(value) <= _FACET_VALUE]
    return WordsDraft(
        product_id=text.product_id,
        language=text.language,
        title=text.title,
        place=text.maker_place,
        facets=tuple(facets[:_FACETS]),
        heavy=(text.title,),
        middle=(text.brand, text.category_name, text.maker_place, *text.options, *text.attributes.values()),
        light=(text.description[:_DESCRIPTION],),
        codes=(*text.skus, *text.barcodes),
    )
