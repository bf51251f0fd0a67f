"""Django's hook for the plumbing's own tables."""

from django.apps import AppConfig
from django.conf import settings

from entrepot.infra import counting


class InfraConfig(AppConfig):
    """infra: outbox, deliveries, kept answers."""

    name = "entrepot.infra"
    label = "infra"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Count statements when a measurement asks for it."""
        counting.install(settings.ENTREPOT_COUNT_SQL)
