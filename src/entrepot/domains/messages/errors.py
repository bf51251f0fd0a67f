"""Errors of messages.

NotFound
└── UnknownKind   (404) nobody has written a mail of that kind
InvalidInput
└── WebhookRule   (422) an endpoint cannot be like that
"""

from entrepot.kernel.errors import N_, InvalidInput, NotFound


class UnknownKind(NotFound):
    """Nobody has written a mail of that kind. Params: kind_of_mail."""

    code = "UNKNOWN_MAIL"
    sentence = N_("There is no mail of the kind “%(kind_of_mail)s”.")


class WebhookRule(InvalidInput):
    """An endpoint cannot be like that. Params: field, value, rule."""

    code = "WEBHOOK_RULE"
    sentence = N_("The webhook cannot be kept like this. %(rule)s")
