"""Errors of checkout.

InvalidInput
├── UnknownSku            there is no such article
├── NotForSale            the article is not on sale in the market
├── QuantityRule          a quantity below nought or above the limit
├── EmptyCart             nothing to quote
├── NoWay                 no service carries the goods to the place
├── CartFull              more different articles than one order carries
└── AddressNotQuoted      the quote was computed for another place
    └── QuotedWithoutAddress  it was computed before the address was known
Conflict
├── QuoteExpired          (410) the price was fixed until a moment that has passed
└── QuoteAlreadyPlaced    one quote is one order
"""

from entrepot.kernel.errors import N_, Conflict, InvalidInput


class UnknownSku(InvalidInput):
    """There is no such article. Params: sku, field, value."""

    code = "UNKNOWN_SKU"
    sentence = N_("There is no article “%(sku)s” in this shop.")


class NotForSale(InvalidInput):
    """The article is not on sale in the market. Params: sku, market."""

    code = "NOT_FOR_SALE"
    sentence = N_("The article “%(sku)s” is not sold to %(market)s.")


class QuantityRule(InvalidInput):
    """A quantity breaks the rule. Params: sku, value, least, most."""

    code = "QUANTITY_RULE"
    sentence = N_("One order takes from %(least)s to %(most)s of an article; “%(value)s” is not possible.")


class EmptyCart(InvalidInput):
    """There is nothing to quote."""

    code = "EMPTY_CART"
    sentence = N_("The basket is empty. Put something in it first.")


class NoWay(InvalidInput):
    """No service carries the goods to the place. Params: country."""

    code = "NO_WAY"
    sentence = N_("No delivery service carries these goods to %(country)s at the moment. Your basket is kept.")


class CartFull(InvalidInput):
    """More different articles than one order carries. Params: most."""

    code = "CART_FULL"
    sentence = N_("One order carries at most %(most)s different articles. Place this order, then start another.")


class AddressNotQuoted(InvalidInput):
    """The price was computed for another place. Params: field, value, quoted."""

    code = "ADDRESS_NOT_QUOTED"
    sentence = N_("The price was computed for “%(quoted)s”, not for “%(value)s”. Compute it for this address first.")


class QuotedWithoutAddress(AddressNotQuoted):
    """The price was computed before the address was known. Params: field, value, quoted ("")."""

    code = "QUOTED_WITHOUT_ADDRESS"
    sentence = N_("The price was computed before the address was known. Compute it for “%(value)s” first.")


class QuoteExpired(Conflict):
    """The price was fixed until a moment that has passed. Params: quote_id, expired_at (ISO), because."""

    code = "QUOTE_EXPIRED"
    status = 410
    sentence = N_(
        "The price was fixed until %(expired_at)s. Nothing was ordered; look at the new price and confirm it."
    )


class QuoteAlreadyPlaced(Conflict):
    """One quote is one order. Params: quote_id."""

    code = "QUOTE_ALREADY_PLACED"
    sentence = N_("This price was already ordered. Your order page shows what happens with it.")
