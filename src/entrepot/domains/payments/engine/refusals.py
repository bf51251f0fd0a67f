"""Words for a refused payment: what happened, why, what now. Codes are ours; adapters map a provider's codes to them."""

from __future__ import annotations

from entrepot.kernel.errors import N_

WORDS: dict[str, str] = {
    "card_declined": N_("Your bank declined the card. Nothing was charged. Try another card or another way to pay."),
    "insufficient_funds": N_(
        "There is not enough money on this card. Nothing was charged. Try another card or another way to pay."
    ),
    "card_expired": N_("This card has expired. Nothing was charged. Try another card."),
    "challenge_failed": N_(
        "Your bank could not confirm that it is you. Nothing was charged. Try again, or use another card."
    ),
    "lapsed": N_("The time to pay ran out. Nothing was charged. You can pay again as long as the goods are held."),
    "cancelled": N_("The payment was stopped before it was finished. Nothing was charged. You can pay again."),
    "refused_at_door": N_("The parcel was refused at the door. Nothing was charged."),
    "refused": N_("The payment was refused. Nothing was charged. Try another way to pay."),
}


def words(code: str) -> str:
    """Return the message id for a refusal code; an unknown code has the general words, "" has none."""
    return WORDS.get(code, WORDS["refused"]) if code else ""
