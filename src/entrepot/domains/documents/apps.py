"""Django's hook."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """documents"""

    name = "entrepot.domains.documents"
    label = "documents"
