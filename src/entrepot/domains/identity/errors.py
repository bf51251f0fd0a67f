"""Errors of identity.

InvalidInput
└── WeakPassword   (422) a password is too short or too common
Conflict
└── EmailTaken     (409) another person logs in with that e-mail
"""

from entrepot.kernel.errors import N_, Conflict, InvalidInput


class WeakPassword(InvalidInput):
    """A password is too easy to guess. Params: field, rule."""

    code = "WEAK_PASSWORD"
    sentence = N_("This password is too easy to guess: %(rule)s Choose a longer one, a short sentence is fine.")


class EmailTaken(Conflict):
    """Another person logs in with that e-mail. Params: none."""

    code = "EMAIL_TAKEN"
    sentence = N_("Somebody already logs in with this e-mail. Give that account the role instead.")
