"""Django's hook."""

from django.apps import AppConfig


class CustomsConfig(AppConfig):
    """customs"""

    name = "entrepot.domains.customs"
    label = "customs"
