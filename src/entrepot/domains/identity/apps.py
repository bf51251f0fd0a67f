"""Django's hook: let services write the audit log."""

from importlib import import_module

from django.apps import AppConfig

from entrepot.infra.service import install_audit_sink


class IdentityConfig(AppConfig):
    """identity"""

    name = "entrepot.domains.identity"
    label = "identity"

    def ready(self) -> None:
        """Install the audit sink; services need the models, which exist only now."""
        install_audit_sink(import_module(f"{self.name}.services")._record_audit)
