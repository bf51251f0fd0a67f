"""Django's hook."""

from django.apps import AppConfig


class LogisticsConfig(AppConfig):
    """logistics"""

    name = "entrepot.domains.logistics"
    label = "logistics"
