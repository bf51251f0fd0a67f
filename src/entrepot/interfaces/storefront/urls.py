"""Every address of the shop. A locale is `<language>-<country>`: /de-de/, /ar-sa/."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from entrepot.interfaces.storefront.views import (
    account,
    account_data,
    account_in,
    calculator,
    cart,
    checkout,
    feeds,
    help,
    home,
    market,
    order,
    product,
    shelf,
)


class LocaleConverter(StringConverter):
    """Two letters of a language, a dash, two letters of a country."""

    regex = "[a-zA-Z]{2}-[a-zA-Z]{2}"


register_converter(LocaleConverter, "locale")

urlpatterns = [
    path("", market.start, name="start"),
    path("__hello", feeds.hello, name="hello"),
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("landed-cost", calculator.anywhere),
    path("<locale:locale>", market.with_slash),
    path("<locale:locale>/", home.home, name="home"),
    path("<locale:locale>/sitemap.xml", feeds.locale_sitemap, name="locale_sitemap"),
    path("<locale:locale>/c/<slug:slug>", shelf.shelf_page, name="shelf"),
    path("<locale:locale>/search", shelf.search_page, name="search"),
    path("<locale:locale>/p/<str:handle>", product.product_page, name="product"),
    path("<locale:locale>/cart", cart.cart_page, name="cart"),
    path("<locale:locale>/cart/lines", cart.cart_lines, name="cart_lines"),
    path("<locale:locale>/checkout", checkout.checkout_page, name="checkout"),
    path("<locale:locale>/checkout/quote", checkout.checkout_quote, name="checkout_quote"),
    path("<locale:locale>/checkout/place", checkout.checkout_place, name="checkout_place"),
    path("<locale:locale>/order", order.find_order, name="find_order"),
    path("<locale:locale>/order/<uuid:order_id>", order.order_page, name="order"),
    path("<locale:locale>/order/<uuid:order_id>/pay", order.pay_again, name="pay_again"),
    path("<locale:locale>/order/<uuid:order_id>/cancel", order.cancel, name="cancel"),
    path("<locale:locale>/order/<uuid:order_id>/paper/<str:document>", order.paper, name="paper"),
    path("<locale:locale>/order/<uuid:order_id>/invoice/<str:number>/<slug:form>", order.invoice, name="invoice"),
    path("<locale:locale>/market", market.choose, name="market"),
    path("<locale:locale>/stay", market.stay, name="stay"),
    path("<locale:locale>/landed-cost", calculator.calculator, name="landed_cost"),
    path("<locale:locale>/help", help.help_page, name="help"),
    path("<locale:locale>/account/", account.home),
    path("<locale:locale>/account/log-in", account_in.log_in),
    path("<locale:locale>/account/code", account_in.code),
    path("<locale:locale>/account/code/enter", account_in.enter_code),
    path("<locale:locale>/account/sign-up", account_in.sign_up),
    path("<locale:locale>/account/forgotten", account_in.forgotten),
    path("<locale:locale>/account/key/<slug:kind>/<str:key>", account_in.key),
    path("<locale:locale>/account/passkey", account_in.passkey),
    path("<locale:locale>/account/passkey/options", account_in.passkey_options),
    path("<locale:locale>/account/log-out", account_in.log_out),
    path("<locale:locale>/account/prove", account_in.prove),
    path("<locale:locale>/account/orders/<uuid:order_id>", account.order),
    path("<locale:locale>/account/addresses", account.addresses),
    path("<locale:locale>/account/addresses/new", account.address),
    path("<locale:locale>/account/addresses/<uuid:address_id>", account.address),
    path("<locale:locale>/account/addresses/<uuid:address_id>/<slug:deed>", account.address_deed),
    path("<locale:locale>/account/consents", account.consents),
    path("<locale:locale>/account/security", account.security),
    path("<locale:locale>/account/name", account.rename),
    path("<locale:locale>/account/password", account.password),
    path("<locale:locale>/account/passkeys/new", account.new_passkey),
    path("<locale:locale>/account/passkeys/options", account.passkey_options),
    path("<locale:locale>/account/passkeys", account.add_passkey),
    path("<locale:locale>/account/passkeys/<uuid:passkey_id>/remove", account.remove_passkey),
    path("<locale:locale>/account/sessions", account.end_sessions),
    path("<locale:locale>/account/data", account_data.page),
    path("<locale:locale>/account/data/copy", account_data.copy),
    path("<locale:locale>/account/data/copy/<uuid:request_id>", account_data.fetch),
    path("<locale:locale>/account/data/erase", account_data.erase),
    path("<locale:locale>/account/data/keep", account_data.keep),
]
