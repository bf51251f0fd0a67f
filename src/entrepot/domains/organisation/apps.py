"""Django's hook."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    """organisation"""

    name = "entrepot.domains.organisation"
    label = "organisation"
