"""Django's hook: let services write the audit log."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """identity"""

    name = "entrepot.domains.identity"
    label = "identity"
