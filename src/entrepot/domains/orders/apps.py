"""Django's hook."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """orders"""

    name = "entrepot.domains.orders"
    label = "orders"
