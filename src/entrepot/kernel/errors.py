"""The root of every error that a person may see.

EntrepotError
├── InvalidInput        (422) a value breaks a rule; names field, value and rule
├── NotFound            (404)
├── PermissionDenied    (403)
├── Conflict            (409) the state of a thing forbids the step; carries the reason
├── Unavailable         (503) something outside does not answer
└── DataFault           (500) our own data contradict each other

Each domain draws its own tree below one of these in its `errors.py`. An error has a stable `code` for
machines, an HTTP `status`, and an English `sentence` (a gettext message id with %(name)s places) for people;
interfaces translate it with `gettext(error.sentence) % error.params`.
"""

from typing import Any, ClassVar


def N_(message: str) -> str:
    """Mark a message for the catalogue without translating it here."""
    return message


class EntrepotError(Exception):
    """An error with a code for machines and a sentence for people."""

    code: ClassVar[str] = "ERROR"
    status: ClassVar[int] = 500
    sentence: ClassVar[str] = N_("Something went wrong on our side. Nothing was changed.")

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.message())

    def message(self) -> str:
        """Return the English sentence with its places filled."""
        try:
            return self.sentence % self.params
        except (KeyError, TypeError, ValueError):
            return f"{self.sentence} {self.params}"


class InvalidInput(EntrepotError):
    """A value breaks a rule. Params: field, value, rule."""

    code = "INVALID_INPUT"
    status = 422
    sentence = N_("%(field)s: “%(value)s” cannot be used. %(rule)s")

    @property
    def field(self) -> str:
        """The name of the field that must change, "" when there is none."""
        return str(self.params.get("field", ""))


class NotFound(EntrepotError):
    """There is no such thing. Params: kind, key."""

    code = "NOT_FOUND"
    status = 404
    sentence = N_("There is no %(kind)s “%(key)s”.")


class PermissionDenied(EntrepotError):
    """The actor lacks a permission. Params: permission."""

    code = "PERMISSION_DENIED"
    status = 403
    sentence = N_("Your account may not do this (%(permission)s). An owner can give you the role that may.")


class Conflict(EntrepotError):
    """The state of a thing forbids the step. Params: kind, key, state, reason."""

    code = "CONFLICT"
    status = 409
    sentence = N_("%(kind)s %(key)s is %(state)s: %(reason)s")


class Unavailable(EntrepotError):
    """Something outside does not answer. Params: what."""

    code = "UNAVAILABLE"
    status = 503
    sentence = N_("%(what)s does not answer at the moment. Nothing was lost; try again in a minute.")


class DataFault(EntrepotError):
    """Stored data contradict each other, or a data file is wrong. Params: what."""

    code = "DATA_FAULT"
    status = 500
    sentence = N_("The data are not right: %(what)s")
