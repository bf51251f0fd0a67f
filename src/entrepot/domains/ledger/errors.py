"""What can go wrong with the books.

InvalidInput
├── Unbalanced           debits and credits of an entry differ
└── UnknownAccount       a posting names an account that the chart does not hold, or lacks its party
Conflict
├── EntryKeyReused       the key of an entry was used for another one
├── Overdrawn            a party's balance would leave its side
├── AlreadyReversed      an entry that is a reversal, or has one, is not reversed again
└── PeriodClosed         the day of the entry is closed
"""

from entrepot.kernel.errors import N_, Conflict, InvalidInput


class Unbalanced(InvalidInput):
    """Debits and credits of an entry differ. Params: key, difference, currency."""

    code = "UNBALANCED_ENTRY"
    sentence = N_(
        "The entry %(key)s is out of balance by %(difference)s minor units of %(currency)s. Nothing was posted."
    )


class UnknownAccount(InvalidInput):
    """A posting names an unknown account, or a party where none belongs. Params: key, accounts."""

    code = "UNKNOWN_ACCOUNT"
    sentence = N_(
        "The entry %(key)s cannot be posted on these accounts: %(accounts)s. Load the chart of accounts first."
    )


class EntryKeyReused(Conflict):
    """The key of an entry was already used for another one. Params: key."""

    code = "ENTRY_KEY_REUSED"
    sentence = N_("The entry %(key)s is already posted with other amounts. Reverse it instead of posting it anew.")


class Overdrawn(Conflict):
    """A party's balance would leave its side. Params: key."""

    code = "OVERDRAWN"
    sentence = N_("The entry %(key)s would take more from a balance than there is on it. Nothing was posted.")


class AlreadyReversed(Conflict):
    """The entry is a reversal or has one. Params: number."""

    code = "ALREADY_REVERSED"
    sentence = N_("Entry %(number)s is a reversal or is already reversed. Post a new entry instead.")


class PeriodClosed(Conflict):
    """The day of the entry lies in a closed period. Params: key, date."""

    code = "PERIOD_CLOSED"
    sentence = N_("The books are closed for %(date)s, so that %(key)s cannot be posted there. Use a later day.")
