"""Errors of parties.

InvalidInput
├── AddressFault    a field of an address breaks a rule of its country
└── ContactFault    an e-mail address, name or phone number cannot be used
Conflict
├── AddressBookFull  more addresses than an account keeps
└── AskedBefore      the same is asked for already and not done yet
"""

from entrepot.kernel.errors import N_, Conflict, InvalidInput


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
    sentence = N_("“%(value)s” cannot be used. %(rule)s")


class AddressBookFull(Conflict):
    """An account keeps no more addresses. Params: most."""

    code = "ADDRESS_BOOK_FULL"
    sentence = N_("The address book is full. Addresses an account keeps: %(most)s. Take one out first.")


class AskedBefore(Conflict):
    """The same is asked for already. Params: none."""

    code = "ASKED_BEFORE"
    sentence = N_("You have asked for this already; it is being worked on. Nothing was changed.")
