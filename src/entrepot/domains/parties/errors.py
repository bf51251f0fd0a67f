"""Errors of parties.

InvalidInput
├── AddressFault    a field of an address breaks a rule of its country
└── ContactFault    an e-mail address, name or phone number cannot be used
"""

from entrepot.kernel.errors import N_, InvalidInput


class AddressFault(InvalidInput):
    """Fields of an address break rules of its country. Params: field, value, rule; `faults` holds all (field, rule)."""

    code = "ADDRESS_RULE"
    sentence = N_("The address needs a correction at “%(field)s”: %(rule)s")

    @property
    def faults(self) -> tuple[tuple[str, str], ...]:
        """All (field, rule sentence) pairs of the address."""
        return tuple(self.params.get("faults", ()))


class ContactFault(InvalidInput):
    """An e-mail address, name or phone number cannot be used. Params: field, value, rule."""

    code = "CONTACT_RULE"
    sentence = N_("“%(value)s” cannot be used as %(field)s: %(rule)s")
