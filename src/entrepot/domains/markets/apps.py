"""Django's hook."""

from django.apps import AppConfig


class MarketsConfig(AppConfig):
    """markets"""

    name = "entrepot.domains.markets"
    label = "markets"
