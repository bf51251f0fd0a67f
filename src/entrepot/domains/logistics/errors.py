"""What can go wrong on the way.

Unavailable
└── CarrierUnavailable    the carrier does not answer; the booking is tried again
InvalidInput
├── CarrierRefused        the carrier refuses a booking, in its own words
├── TooHeavy              no price step reaches the mass
├── NotByRemote           the carrier has no such service over the wire; the sentence says what to do by hand
└── ForgedMessage         a tracking message's signature is wrong or too old
NotFound
├── NoLane                nobody carries from there to there
└── NoNumbers             no item number is left in the ranges a postal operator gave us
Conflict
└── LabelInUse            the carrier has the parcel: its label can no longer be voided
"""

from entrepot.kernel.errors import N_, Conflict, InvalidInput, NotFound, Unavailable


class CarrierUnavailable(Unavailable):
    """The carrier does not answer. Params: what (its name)."""

    code = "CARRIER_UNAVAILABLE"
    sentence = N_("%(what)s does not answer at the moment. The parcel stays packed; book it again in a minute.")


class CarrierRefused(InvalidInput):
    """The carrier refuses a booking. Params: carrier, words."""

    code = "CARRIER_REFUSED"
    sentence = N_("%(carrier)s refuses the parcel: “%(words)s”. Mend what it names, then book again.")


class TooHeavy(InvalidInput):
    """The goods weigh more than the service carries. Params: service, mass_kg, max_kg (whole kilograms)."""

    code = "TOO_HEAVY"
    sentence = N_(
        "These goods count as %(mass_kg)s kg; %(service)s carries up to %(max_kg)s kg. Take fewer, or order in two parts."
    )


class ForgedMessage(InvalidInput):
    """A tracking message is not what the carrier signed. Params: carrier."""

    code = "FORGED_MESSAGE"
    status = 401
    sentence = N_("The signature of this message from %(carrier)s is not right. It was not read.")


class NoLane(NotFound):
    """Nobody carries from there to there. Params: kind, key."""

    code = "NO_LANE"
    sentence = N_("No %(kind)s goes along %(key)s on that day. Load a rate card for it.")


class NoNumbers(NotFound):
    """No item number is left. Params: kind, key, carrier."""

    code = "NO_ITEM_NUMBERS"
    sentence = N_(
        "No item number of %(carrier)s is left for %(key)s. Ask the postal operator for a new range and load it, then try again."
    )


class NotByRemote(InvalidInput):
    """The carrier has no such service over the wire. Params: carrier, deed."""

    code = "NOT_BY_REMOTE"
    sentence = N_("%(carrier)s cannot be asked to %(deed)s. Do it by hand: the shipments page has a form for it.")


class LabelInUse(Conflict):
    """The carrier has the parcel. Params: number, state."""

    code = "LABEL_IN_USE"
    sentence = N_("The label %(number)s cannot be voided: the carrier has the parcel already (%(state)s).")
