"""Django's hook."""

from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    """declarations"""

    name = "entrepot.domains.declarations"
    label = "declarations"
