"""Django's hook: discover methods and adapters."""

from django.apps import AppConfig

from entrepot.kernel.registry import discover


class PaymentsConfig(AppConfig):
    """payments"""

    name = "entrepot.domains.payments"
    label = "payments"

    def ready(self) -> None:
        """Let every method and provider that is placed register itself."""
        discover("entrepot.domains.payments.methods")
        discover("entrepot.domains.payments.adapters")
