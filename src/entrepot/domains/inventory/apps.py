"""Django's hook."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """inventory"""

    name = "entrepot.domains.inventory"
    label = "inventory"
