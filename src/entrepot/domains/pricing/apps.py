"""Django's hook."""

from django.apps import AppConfig


class PricingConfig(AppConfig):
    """pricing"""

    name = "entrepot.domains.pricing"
    label = "pricing"
