"""Django's hook."""

from django.apps import AppConfig


class FulfilmentConfig(AppConfig):
    """fulfilment"""

    name = "entrepot.domains.fulfilment"
    label = "fulfilment"
