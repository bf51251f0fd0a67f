"""Django's hook."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """ledger"""

    name = "entrepot.domains.ledger"
    label = "ledger"
