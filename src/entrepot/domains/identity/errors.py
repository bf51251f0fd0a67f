"""Errors of identity.

InvalidInput
├── WeakPassword      (422) a password is too short or too common
├── KeyRule           (422) an API key cannot be made like that
├── WrongCode         (422) a code of an app, a recovery code or a mailed code does not fit
└── PasskeyRefused    (422) what the passkey said cannot be believed
NotFound
└── KeyLapsed         (404) a one-time link was used, replaced or ran out
PermissionDenied
└── BeyondOwn         (403) nobody gives away what they do not hold themselves
Conflict
├── EmailTaken        (409) another person logs in with that e-mail
├── LastOwner         (409) the last owner may not lose the role
├── RoleHeld          (409) a role that somebody holds may not be deleted
└── OwnRoleOnly       (409) the house's own roles are data of the program
"""

from entrepot.kernel.errors import N_, Conflict, InvalidInput, NotFound, PermissionDenied


class WeakPassword(InvalidInput):
    """A password is too easy to guess. Params: field, rule."""

    code = "WEAK_PASSWORD"
    sentence = N_("This password is too easy to guess: %(rule)s Choose a longer one, a short sentence is fine.")


class KeyRule(InvalidInput):
    """An API key cannot be made like that. Params: field, value, rule."""

    code = "API_KEY_RULE"
    sentence = N_("The key was not made. %(rule)s")


class WrongCode(InvalidInput):
    """A code does not fit. Params: field."""

    code = "WRONG_CODE"
    sentence = N_("This code does not fit, or its time is over. Take the newest one and type it once more.")


class PasskeyRefused(InvalidInput):
    """A passkey's answer cannot be believed. Params: field."""

    code = "PASSKEY_REFUSED"
    sentence = N_("The passkey was not accepted, so nothing was changed. Try it once more, or take another way in.")


class KeyLapsed(NotFound):
    """A one-time link does not open anything. Params: none."""

    code = "KEY_LAPSED"
    sentence = N_("This link was used before, replaced by a newer one, or its time is over. Ask for a new one.")


class BeyondOwn(PermissionDenied):
    """A role holds more than its giver does. Params: permission."""

    code = "BEYOND_OWN"
    sentence = N_("This role may %(permission)s, which you may not yourself. Somebody who may has to give it.")


class EmailTaken(Conflict):
    """Another person logs in with that e-mail. Params: none."""

    code = "EMAIL_TAKEN"
    sentence = N_("Somebody already logs in with this e-mail. Give that account the role instead.")


class LastOwner(Conflict):
    """The last active owner would lose the role. Params: none."""

    code = "LAST_OWNER"
    sentence = N_("This is the last owner. Make somebody else an owner first, else nobody could mend anything.")


class RoleHeld(Conflict):
    """A role is held by somebody. Params: number."""

    code = "ROLE_HELD"
    sentence = N_("People who hold this role: %(number)s. Take it from them first, then delete it.")


class OwnRoleOnly(Conflict):
    """A role of the house cannot be changed. Params: role."""

    code = "OWN_ROLE_ONLY"
    sentence = N_("“%(role)s” belongs to the program and cannot be changed. Make a role of your own instead.")
