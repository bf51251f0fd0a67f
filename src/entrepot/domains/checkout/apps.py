"""Django's hook."""

from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    """checkout"""

    name = "entrepot.domains.checkout"
    label = "checkout"
