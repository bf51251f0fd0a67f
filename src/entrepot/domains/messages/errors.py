"""Errors of messages.

NotFound
└── UnknownKind   (404) nobody has written a mail of that kind
"""

from entrepot.kernel.errors import N_, NotFound


class UnknownKind(NotFound):
    """Nobody has written a mail of that kind. Params: kind_of_mail."""

    code = "UNKNOWN_MAIL"
    sentence = N_("There is no mail of the kind “%(kind_of_mail)s”.")
