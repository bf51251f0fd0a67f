"""Frozen nouns of organisation."""

import msgspec

from entrepot.kernel.errors import N_


class EntityInfo(msgspec.Struct, frozen=True):
    """A legal entity as others see it."""

    id: str
    code: str
    name: str
    local_name: str
    country: str
    address: dict[str, str]
    tax_ids: dict[str, str]
    book_currency: str
    time_zone: str


class StoreInfo(msgspec.Struct, frozen=True):
    """A store with its entity."""

    id: str
    code: str
    name: str
    base_currency: str
    quote_lifetime_s: int
    entity: EntityInfo
    contact_email: str = ""
    contact_phone: str = ""


class ContactInfo(msgspec.Struct, frozen=True):
    """Where buyers reach a store."""

    name: str
    contact_email: str
    contact_phone: str


# What a store tells its buyers in its own words: kind → what it is called (a message id).
STORE_TEXTS: dict[str, str] = {
    "returns": N_("Sending something back"),
    "terms": N_("Terms of sale"),
    "privacy": N_("Privacy notice"),
}


class StoreTextInfo(msgspec.Struct, frozen=True):
    """A store's own words of one kind in one language; paragraphs are parted by empty lines. `title` is a message id."""

    kind: str
    title: str
    language: str
    text: str


class SeriesInfo(msgspec.Struct, frozen=True):
    """A series of gapless numbers (invoice, credit_note …) of an entity in a year, and the number it gives next."""

    kind: str
    year: int
    next_number: int


class SwitchInfo(msgspec.Struct, frozen=True):
    """A part that can be turned on or off, and what it does."""

    name: str
    says: str
    on: bool


# What can be switched: name → what it does when it is on (a message id). A switch that is not listed cannot be turned.
SWITCHES: dict[str, str] = {
    "catalogue.second_reader": N_("A text that a person has written waits until another person has read it."),
}
