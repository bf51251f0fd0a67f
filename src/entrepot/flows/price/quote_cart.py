"""Quote a cart: facts once per domain, the cheapest legal plan exactly, a price that binds until it says.

The loop is over plans, never between domains. Nothing is written unless `freeze` asks for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from entrepot.domains.checkout import queries as checkout
from entrepot.domains.checkout import services as checkout_services
from entrepot.domains.checkout.engine.compare import differences
from entrepot.domains.checkout.types import CartLine, QuoteDifference
from entrepot.domains.inventory.engine.sourcing import cheapest
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.errors import ProofNotUsable
from entrepot.flows.price.assemble import assemble
from entrepot.flows.price.facts import Place, gather
from entrepot.flows.price.plan import Pricer
from entrepot.infra import db
from entrepot.infra.ids import new_id
from entrepot.kernel.actor import Actor
from entrepot.kernel.quote import FrozenQuote


def quote_cart(
    *,
    actor: Actor,
    market: str,
    at: dt.datetime,
    cart_id: str | None = None,
    lines: Sequence[CartLine] | None = None,
    country: str = "",
    region: str = "",
    postcode: str = "",
    grade: str = "standard",
    language: str = "en",
    store: str = "main",
    freeze: bool = False,
    tax_proof: str = "",
) -> FrozenQuote:
    """Return what a cart (or `lines`) costs landed in a market, from the cheapest legal split over the warehouses.

    Plans of one price: fewer parcels win, then the earlier arrival. All amounts are minor units of the market's currency.

    Args:
        country, region, postcode: the place of delivery; without a country the market's own.
        grade: standard or express, where the lane has it.
        freeze: store the quote, so that it can be placed by its id until it expires.
        tax_proof: from `prove_business`; with it the buyer is a business, without it always a consumer.
    Raises:
        ClosedMarket, EmptyCart, QuantityRule, UnknownSku, NotForSale, OutOfStock: the cart cannot be ordered as it is.
        ProofNotUsable: the proof is none, too old, or of another country.
        NoWay, TooHeavy, NoTariff, NotRegistered, NotCovered, NoRate, StaleRate: no plan may be sold; the words say why.
    """
    if lines is None:
        lines = checkout.cart(cart_id=cart_id or "").lines
    place = Place(country, region.strip(), postcode.strip()) if country else None
    facts = gather(
        market=market, store=store, lines=lines, place=place, grade=grade, language=language, at=at, tax_proof=tax_proof
    )
    pricer = Pricer(facts)
    won = cheapest(facts.demand, facts.available, pricer.rank, floors=pricer.floors())
    if won is None:
        raise pricer.why_not()
    quote = assemble(
        facts, pricer.priced(won.plan), considered=won.considered, exact=won.exact, language=language, id=str(new_id())
    )
    if freeze:
        with db.transaction():
            checkout_services.freeze_quote(actor=actor, quote=quote, cart_id=cart_id)
    return quote


def requote(
    *, actor: Actor, quote_id: str, at: dt.datetime, freeze: bool = True
) -> tuple[FrozenQuote, tuple[QuoteDifference, ...]]:
    """Quote the same goods to the same place anew, and say part by part what changed; for a quote that has expired.

    A business whose proof has grown too old is quoted as a consumer: what changed says so.

    Raises what `quote_cart` raises, and NotFound for an unknown quote.
    """
    old, _ = checkout.quote(quote_id=quote_id)
    wanted: dict[str, int] = {}
    for consignment in old.consignments:
        for line in consignment.lines:
            wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
    fresh = quote_cart(
        actor=actor,
        market=old.market,
        at=at,
        cart_id=checkout.cart_of_quote(quote_id=quote_id) or None,
        lines=tuple(CartLine(sku, quantity) for sku, quantity in wanted.items()),
        country=old.country,
        region=old.region,
        postcode=old.postcode,
        grade=old.grade,
        language=old.language,
        freeze=freeze,
        tax_proof=_still_proven(old, at),
    )
    return fresh, differences(old, fresh)


def _still_proven(quote: FrozenQuote, at: dt.datetime) -> str:
    if not quote.tax_proof:
        return ""
    try:
        return tax.usable_proof(proof_id=quote.tax_proof, country=quote.country, at=at).id
    except ProofNotUsable:
        return ""
