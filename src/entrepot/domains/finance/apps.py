"""Django's hook."""

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    """finance"""

    name = "entrepot.domains.finance"
    label = "finance"
