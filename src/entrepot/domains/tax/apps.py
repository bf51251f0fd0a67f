"""Django's hook."""

from django.apps import AppConfig

from entrepot.kernel.registry import discover


class TaxConfig(AppConfig):
    """tax"""

    name = "entrepot.domains.tax"
    label = "tax"

    def ready(self) -> None:
        """Let every register that is placed make itself known."""
        discover("entrepot.domains.tax.adapters")
