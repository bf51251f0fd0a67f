"""Django's hook."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """catalogue"""

    name = "entrepot.domains.catalogue"
    label = "catalogue"
