"""Writes of parties: buyers and addresses of orders; an account's address book and consents; requests about one's data."""

from entrepot.domains.parties.services.account import remove_address, save_address, set_consent, set_default_address
from entrepot.domains.parties.services.contacts import record_buyer, record_contact
from entrepot.domains.parties.services.privacy import (
    ask_privacy,
    call_off_privacy,
    erase_buyer,
    finish_privacy,
    forget_archives,
    hold_privacy,
)

__all__ = [
    "ask_privacy",
    "call_off_privacy",
    "erase_buyer",
    "finish_privacy",
    "forget_archives",
    "hold_privacy",
    "record_buyer",
    "record_contact",
    "remove_address",
    "save_address",
    "set_consent",
    "set_default_address",
]
