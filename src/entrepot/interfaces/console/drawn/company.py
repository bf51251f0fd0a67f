"""The company as papers and declarations name it: its record as one form."""

from __future__ import annotations

import re

from entrepot.domains.declarations import queries as declarations
from entrepot.domains.organisation import queries as organisation
from entrepot.domains.organisation import services
from entrepot.domains.organisation.types import EntityInfo
from entrepot.interfaces.console.drawn.single import _as
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_, InvalidInput

NUMBERS = ("eori", "uscc", "cn_customs", "ein", "vat")
_FORMS = {
    "eori": (r"[A-Z]{2}[A-Za-z0-9]{1,15}", N_("An EORI is two letters of a country and up to fifteen signs.")),
    "scheme_number": (r"IM[0-9]{10}", N_("An IOSS number is IM and ten digits.")),
    "uscc": (r"[0-9A-Z]{18}", N_("A unified social credit code has eighteen signs.")),
    "cn_customs": (r"[0-9A-Z]{10,18}", N_("A number of registration with China's customs has ten to eighteen signs.")),
}


def companies() -> tuple[EntityInfo, ...]:
    """Return the company whose store this console works for."""
    return (organisation.store().entity,)


def filled(row: EntityInfo) -> dict[str, str]:
    """Return what the form shows of a company; the number under IOSS stays where it is."""
    return {
        "line1": row.address.get("line1") or row.address.get("street_address", ""),
        "city": row.address.get("city", ""),
        "region": row.address.get("region") or row.address.get("country_area", ""),
        "postcode": row.address.get("postcode") or row.address.get("postal_code", ""),
        "phone": row.address.get("phone", ""),
        **{kind: row.tax_ids.get(kind, "") for kind in NUMBERS},
    }


@_as(services.set_up_entity)
def set_up_company(
    *,
    actor: Actor,
    name: str,
    line1: str,
    city: str,
    local_name: str = "",
    region: str = "",
    postcode: str = "",
    phone: str = "",
    eori: str = "",
    uscc: str = "",
    cn_customs: str = "",
    ein: str = "",
    vat: str = "",
    scheme_number: str = "",
) -> None:
    """Change the company's name, address and numbers; an empty number is taken away, an empty IOSS number kept as it is."""
    entity = organisation.store().entity
    typed = {"eori": eori, "uscc": uscc, "cn_customs": cn_customs, "ein": ein, "vat": vat}
    numbers = {**entity.tax_ids, **{kind: _number(kind, told) for kind, told in typed.items()}}
    if scheme_number.strip():
        for mark in declarations.scheme_marks().values():
            numbers[mark.tax_id] = _number("scheme_number", scheme_number)
    address = {
        "line1": line1,
        "city": city,
        "region": region,
        "postcode": postcode,
        "phone": phone,
        "country": entity.country,
    }
    services.set_up_entity(
        actor=actor,
        code=entity.code,
        name=name,
        local_name=local_name,
        address={key: value for key, value in address.items() if value},
        tax_ids={kind: number for kind, number in numbers.items() if number},
    )


def _number(kind: str, told: str) -> str:
    number = re.sub(r"\s", "", told).upper()
    form, rule = _FORMS.get(kind, ("", ""))
    if number and form and not re.fullmatch(form, number):
        raise InvalidInput(field=kind, value="…", rule=rule)
    return number
