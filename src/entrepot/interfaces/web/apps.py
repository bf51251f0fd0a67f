"""Django's hook for shared templates and static files."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """web"""

    name = "entrepot.interfaces.web"
    label = "web"
