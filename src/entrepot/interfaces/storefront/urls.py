"""Every address of the shop. A locale is `<language>-<country>`: /de-de/, /ar-sa/."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from entrepot.interfaces.storefront.views import cart, checkout, feeds, help, home, market, order, product, shelf


class LocaleConverter(StringConverter):
    """Two letters of a language, a dash, two letters of a country."""

    regex = "[a-zA-Z]{2}-[a-zA-Z]{2}"


register_converter(LocaleConverter, "locale")

urlpatterns = [
    path("", market.start, name="start"),
    path("__hello", feeds.hello, name="hello"),
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("<locale:locale>", market.with_slash),
    path("<locale:locale>/", home.home, name="home"),
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
    path("<locale:locale>/market", market.choose, name="market"),
    path("<locale:locale>/stay", market.stay, name="stay"),
    path("<locale:locale>/help", help.help_page, name="help"),
]
