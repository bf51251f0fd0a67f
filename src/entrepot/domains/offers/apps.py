"""Django's hook."""

from django.apps import AppConfig


class OffersConfig(AppConfig):
    """offers"""

    name = "entrepot.domains.offers"
    label = "offers"
