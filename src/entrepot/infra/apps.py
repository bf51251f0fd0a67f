"""Django's hook for the plumbing's own tables."""

from django.apps import AppConfig


class InfraConfig(AppConfig):
    """infra: outbox, deliveries, kept answers."""

    name = "entrepot.infra"
    label = "infra"
    default_auto_field = "django.db.models.BigAutoField"
