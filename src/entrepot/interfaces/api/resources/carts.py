"""Carts: whoever holds a cart's id may use it, as in the shop."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from entrepot.domains.checkout import queries as checkout
from entrepot.domains.checkout import services
from entrepot.domains.checkout.types import CartView, buyer
from entrepot.domains.markets import queries as markets
from entrepot.flows.price.quote_cart import quote_cart
from entrepot.infra import db
from entrepot.interfaces.api.company import proof_of
from entrepot.interfaces.api.document import operation
from entrepot.interfaces.api.resources.goods import language_in
from entrepot.interfaces.api.shapes import sale, write
from entrepot.interfaces.api.shapes.common import PublicId, Word, money
from entrepot.kernel.errors import EntrepotError
from entrepot.kernel.quote import FrozenQuote

router = Router()
PLACE = "checkout.place"
GRADES = ("standard", "express")


@operation(router, "POST", "/carts", PLACE, answer=sale.Cart, status=201)
def create_cart(request: HttpRequest, body: sale.CartIn) -> Status[sale.Cart]:
    """Open a cart in a market, empty or with lines."""
    info = markets.open_market(code=body.market)
    language = language_in(info, body.language)
    with db.transaction():
        cart_id = services.create_cart(
            actor=buyer("api"),
            market=info.code,
            locale=f"{language.split('-')[0].lower()}-{info.country.lower()}",
            store_id=request.caller.key.store_id,
        )
        for line in body.lines:
            services.set_line(actor=buyer(cart_id), cart_id=cart_id, sku=line.sku, quantity=line.quantity)
    return Status(201, _cart(checkout.cart(cart_id=cart_id)))


@operation(router, "GET", "/carts/{cart_id}", PLACE, answer=sale.Cart)
def get_cart(request: HttpRequest, cart_id: PublicId) -> sale.Cart:
    """Show a cart."""
    return _cart(checkout.cart(cart_id=str(cart_id)))


@operation(router, "PUT", "/carts/{cart_id}/lines", PLACE, answer=sale.Cart)
def set_cart_line(request: HttpRequest, cart_id: PublicId, body: sale.CartLineIn) -> sale.Cart:
    """Set how many of a SKU are in a cart; 0 takes it out."""
    key = str(cart_id)
    with db.transaction():
        services.set_line(actor=buyer(key), cart_id=key, sku=body.sku, quantity=body.quantity)
    return _cart(checkout.cart(cart_id=key))


@operation(router, "POST", "/carts/{cart_id}/quotes", PLACE, answer=sale.Quote, status=201)
def quote_cart_for_order(request: HttpRequest, cart_id: PublicId, body: sale.CartQuoteIn) -> Status[sale.Quote]:
    """Quote a cart to a place and keep the quote, so that it can be ordered by its id until it expires."""
    place = body.destination or sale.Destination()
    quote = _quote(
        request,
        str(cart_id),
        body.grade,
        place.country or "",
        place.region,
        place.postal_code,
        freeze=True,
        tax_number=body.tax_number,
    )
    return Status(201, write.quote(quote, frozen=True))


@operation(router, "GET", "/carts/{cart_id}/deliveries", PLACE, answer=sale.Deliveries)
def list_deliveries(
    request: HttpRequest, cart_id: PublicId, region: Word = "", postal_code: Word = ""
) -> sale.Deliveries:
    """List the ways to have a cart delivered, each with its days and price; one that is no different is left out."""
    found: list[FrozenQuote] = []
    refused: EntrepotError | None = None
    for grade in GRADES:
        try:
            quote = _quote(request, str(cart_id), grade, "", region, postal_code, freeze=False)
        except EntrepotError as fault:
            refused = refused or fault
            continue
        if all(_services(quote) != _services(other) for other in found):
            found.append(quote)
    if refused and not found:
        raise refused
    return sale.Deliveries(items=[_delivery(quote) for quote in found])


def _quote(
    request: HttpRequest,
    cart_id: str,
    grade: str,
    country: str,
    region: str,
    postcode: str,
    *,
    freeze: bool,
    tax_number: str = "",
) -> FrozenQuote:
    cart = checkout.cart(cart_id=cart_id)
    info = markets.open_market(code=cart.market)
    return quote_cart(
        actor=buyer(cart.id),
        market=info.code,
        at=request.caller.at,
        cart_id=cart.id,
        lines=cart.lines,
        country=country or info.country,
        tax_proof=proof_of(request, tax_number=tax_number, country=country or info.country),
        region=region,
        postcode=postcode,
        grade=grade,
        language=next((tag for tag in info.locales if tag.split("-")[0] == cart.locale.split("-")[0]), "en"),
        store=request.caller.key.store_code,
        freeze=freeze,
    )


def _services(quote: FrozenQuote) -> list[str]:
    return [consignment.service for consignment in quote.consignments]


def _delivery(quote: FrozenQuote) -> sale.Delivery:
    parcels = quote.consignments
    return sale.Delivery(
        grade=quote.grade,
        services=_services(quote),
        arrives_first=min(parcel.promise.first for parcel in parcels),
        arrives_last=max(parcel.promise.last for parcel in parcels),
        freight=money(sum(parcel.freight_gross_minor for parcel in parcels), quote.currency),
        total=money(quote.total_minor, quote.currency),
    )


def _cart(found: CartView) -> sale.Cart:
    return sale.Cart(
        id=found.id,
        market=found.market,
        locale=found.locale,
        version=found.version,
        lines=[sale.CartLine(sku=line.sku, quantity=line.quantity) for line in found.lines],
    )
