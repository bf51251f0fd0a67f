"""What can go wrong between shelf and carrier.

Conflict
├── StepRefused      the shipment's state forbids the step; carries the reason as a translated sentence
└── TooHeavyToShip   one box is too heavy for the service; a split into several is proposed and waits for a person's word
NotFound
└── NothingToPrint   nothing of what was chosen is drawn, or waits to be picked
InvalidInput
├── WrongContents    the boxes hold other goods than the shipment
└── TooHeavyArticle  one unit alone is heavier than the service carries
"""

from entrepot.kernel.errors import N_, Conflict, InvalidInput, NotFound


class StepRefused(Conflict):
    """The shipment's state forbids the step. Params: kind, key, state, reason (a message id of its own)."""

    code = "SHIPMENT_STEP_REFUSED"
    sentence = N_("Shipment %(key)s is %(state)s: %(reason)s")


class TooHeavyToShip(Conflict):
    """One box is too heavy. Params: key, mass_kg, max_kg (text), count (boxes proposed), shipment_id, mass_g."""

    code = "TOO_HEAVY_TO_SHIP"
    sentence = N_(
        "%(key)s counts as %(mass_kg)s kg, and its service carries up to %(max_kg)s kg a parcel. Confirm the proposed split"
        " into %(count)s parcels, or enter the boxes as they are."
    )


class WrongContents(InvalidInput):
    """The boxes hold other goods than the shipment. Params: ref, wanted, packed."""

    code = "WRONG_CONTENTS"
    sentence = N_(
        "The boxes hold %(packed)s of line %(ref)s; the shipment has %(wanted)s. Pack each unit into one box."
    )


class TooHeavyArticle(InvalidInput):
    """One unit alone is too heavy. Params: sku, mass_kg, max_kg (text)."""

    code = "TOO_HEAVY_ARTICLE"
    sentence = N_(
        "One %(sku)s counts as %(mass_kg)s kg; the service carries up to %(max_kg)s kg a parcel. Ship it by another service."
    )


class NothingToPrint(NotFound):
    """Nothing of what was chosen can be printed. Params: what."""

    code = "NOTHING_TO_PRINT"
    sentence = N_(
        "There is nothing to print of the parcels chosen. A pick list is made of parcels that wait to be picked; papers are"
        " drawn when a parcel is packed, its label and postal form when it is shipped."
    )
