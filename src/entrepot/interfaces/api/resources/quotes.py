"""Quotes: what goods cost landed, with the rule behind every figure."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from entrepot.domains.checkout import queries as checkout
from entrepot.domains.checkout.types import CartLine, buyer
from entrepot.domains.markets import queries as markets
from entrepot.domains.payments import queries as payments
from entrepot.flows.price.quote_cart import quote_cart
from entrepot.interfaces.api.company import proof_of
from entrepot.interfaces.api.document import operation
from entrepot.interfaces.api.resources.goods import language_in
from entrepot.interfaces.api.shapes import sale, write
from entrepot.interfaces.api.shapes.common import PublicId

router = Router()
QUOTE = "api.quote"


@operation(router, "POST", "/quotes", QUOTE, answer=sale.Quote, status=201)
def create_quote(request: HttpRequest, body: sale.QuoteIn) -> Status[sale.Quote]:
    """Quote goods to a place: the cheapest legal split over the warehouses, row by row with rule and source.

    Nothing is kept unless `freeze` is true; a kept quote can be ordered until it expires. With a company's tax number its
    register is asked first: no answer is an error, never a lower price.
    """
    info = markets.open_market(code=body.market)
    place = body.destination or sale.Destination()
    country, store = place.country or info.country, request.caller.key.store_code
    quote = quote_cart(
        actor=buyer("api"),
        market=info.code,
        at=request.caller.at,
        lines=tuple(CartLine(line.sku, line.quantity) for line in body.lines),
        country=country,
        region=place.region,
        postcode=place.postal_code,
        grade=body.grade,
        language=language_in(info, body.language),
        store=store,
        freeze=body.freeze,
        tax_proof=proof_of(request, tax_number=body.tax_number, country=country),
    )
    return Status(201, write.quote(quote, frozen=body.freeze))


@operation(router, "GET", "/quotes/{quote_id}", QUOTE, answer=sale.Quote)
def get_quote(request: HttpRequest, quote_id: PublicId) -> sale.Quote:
    """Show a kept quote as it was; it never changes."""
    quote, state = checkout.quote(quote_id=str(quote_id))
    return write.quote(quote, frozen=True, state=state)


@operation(router, "GET", "/quotes/{quote_id}/payment-methods", QUOTE, answer=sale.PaymentMethods)
def list_payment_methods(request: HttpRequest, quote_id: PublicId) -> sale.PaymentMethods:
    """List the methods a kept quote can be paid with."""
    quote, _ = checkout.quote(quote_id=str(quote_id))
    found = payments.methods(market=quote.market, currency=quote.currency, amount_minor=quote.total_minor)
    return sale.PaymentMethods(
        items=[sale.PaymentMethod(code=m.code, name=m.name, note=m.note, hold_s=m.hold_s, test=m.test) for m in found]
    )
