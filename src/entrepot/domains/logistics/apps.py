"""Django's hook."""

from django.apps import AppConfig

from entrepot.kernel.registry import discover


class LogisticsConfig(AppConfig):
    """logistics"""

    name = "entrepot.domains.logistics"
    label = "logistics"

    def ready(self) -> None:
        """Let every carrier that is placed register itself."""
        discover("entrepot.domains.logistics.adapters")
