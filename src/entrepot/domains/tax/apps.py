"""Django's hook."""

from django.apps import AppConfig


class TaxConfig(AppConfig):
    """tax"""

    name = "entrepot.domains.tax"
    label = "tax"
