"""Django's hook."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """parties"""

    name = "entrepot.domains.parties"
    label = "parties"
