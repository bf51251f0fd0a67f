"""Django's hook."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """payments"""

    name = "entrepot.domains.payments"
    label = "payments"
