"""Django's hook."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """messages"""

    name = "entrepot.domains.messages"
    label = "messages"
