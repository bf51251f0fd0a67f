"""Frozen nouns of organisation."""

import msgspec


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
