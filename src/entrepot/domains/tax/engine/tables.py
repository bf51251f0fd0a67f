"""Tables of tax as read from YAML (plain dicts), checked row by row (`kernel.lawfile`).

Refuses besides: a rate without a name of our words, a scheme whose name is none of ours, a place outside the territory without
postal codes, a step or a share that is malformed.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from entrepot.domains.tax.errors import BadLaw, OutsideTerritory
from entrepot.kernel.errors import N_
from entrepot.kernel.lawfile import LawRow, amount_fault, refuse_contradictions, rows_of

# What a row of tax is called in a cascade. Data refer to these words by key, so that every one is in the catalogue.
WORDS = {
    "vat": N_("VAT"),
    "import_vat": N_("Import VAT"),
    "sales_tax": N_("Sales tax"),
    "import_sales_tax": N_("Sales tax on import"),
    "gst": N_("GST"),
    "import_gst": N_("Import GST"),
    "hst": N_("HST"),
    "pst": N_("PST"),
    "qst": N_("QST"),
    "rst": N_("RST"),
    "consumption_tax": N_("Consumption tax"),
    "local_consumption_tax": N_("Local consumption tax"),
    "icms": N_("ICMS"),
    "ppn": N_("PPN"),
    "income_tax_prepayment": N_("Income tax on import (PPh 22)"),
    "igst": N_("IGST"),
}

_FIELDS = {
    "schemes": "key name movement registration limit currency taxed reason on_freight on_duty on_fee collector"
    " importer_of_record minimum label_by_entry procedure_code limit_exclusive limit_per basis customers modes dispatch"
    " origins not_codes not_categories uplift minimum_inclusive level base_step amount_step step_rounding invoice_note"
    " facilitated seller across regions",
    "rates": "category rate reason region freight_taxable name inside",
    "further": "key name region rate share not_categories",
    "exemptions": "region category below",
    "nexus": "region sales transactions operator basis period",
    "outside": "place postcodes",
}
_ONE_OF = {
    "movement": ("import", "inside", "any"),
    "limit_per": ("consignment", "item"),
    "basis": ("intrinsic", "cif"),
    "level": ("line", "total"),
    "step_rounding": ("down", "up", "half_up"),
    "collector": ("seller", "carrier", "customs", "marketplace"),
    "seller": ("outside",),
}
_LISTS = ("customers", "modes", "dispatch", "origins", "not_codes", "not_categories", "regions")


class Law(msgspec.Struct, frozen=True):
    """One jurisdiction's tables: its dated schemes and rates. `members` are the countries that share it as a territory.

    `further` are taxes beside the main one, `outside` places with its postal codes in which its tax does not hold. `level` is
    where it rounds (line or total) unless a scheme says otherwise.
    """

    jurisdiction: str
    file: str
    currency: str
    time_zone: str
    group: str
    rounding: str
    members: frozenset[str]
    schemes: tuple[LawRow, ...]
    rates: tuple[LawRow, ...]
    exemptions: tuple[LawRow, ...] = ()
    nexus: tuple[LawRow, ...] = ()
    outside: tuple[LawRow, ...] = ()
    further: tuple[LawRow, ...] = ()
    level: str = "line"


def law_of(raw: Mapping[str, Any], file: str) -> Law:
    """Return the checked tables of one jurisdiction.

    Raises:
        BadLaw, GapOrOverlap: naming file and row; nothing of the file is used.
    """
    tables = {
        name: rows_of(name, raw.get(name) or (), allowed=fields.split(), file=file, bad=BadLaw)
        for name, fields in _FIELDS.items()
    }
    for name, rows in tables.items():
        refuse_contradictions(rows, file=file, key_of=partial(_key, name))
    for name in ("schemes", "rates", "further", "outside"):
        for row in tables[name]:
            what = _FAULTS[name](row.fields)
            if what:
                raise BadLaw(file=file, row=f"{name} {row.number}", what=what)
    return Law(
        jurisdiction=raw["jurisdiction"],
        file=file,
        currency=raw["currency"],
        time_zone=raw["time_zone"],
        group=raw.get("group", ""),
        rounding=raw.get("rounding", "half_up"),
        level=raw.get("level", "line"),
        members=frozenset(raw.get("members", ())),
        **tables,
    )


def _scheme_fault(f: Mapping[str, Any]) -> str:
    if f.get("name") not in WORDS:
        return f"name is one of {', '.join(WORDS)}"
    for field, allowed in _ONE_OF.items():
        if f.get(field) is not None and f[field] not in allowed:
            return f"{field} is one of {', '.join(allowed)}"
    for field in _LISTS:
        listed = f.get(field) or []
        if not isinstance(listed, list) or not all(isinstance(item, str) and item for item in listed):
            return f"{field} is a list of texts"
    for field in ("facilitated", "across"):
        if not isinstance(f.get(field, False), bool):
            return f"{field} is true or false"
    if (f.get("collector") == "marketplace") != bool(f.get("facilitated")):
        return "a marketplace collects where, and only where, it is facilitated"
    if f.get("taxed") is False and not f.get("reason"):
        return "it takes no tax and gives no reason"
    return amount_fault(f, ("limit", "minimum", "base_step", "amount_step", "uplift"))


def _rate_fault(f: Mapping[str, Any]) -> str:
    if "rate" not in f or "category" not in f:
        return "no rate" if "rate" not in f else "no category"
    return "" if f.get("name", "vat") in WORDS else f"name is one of {', '.join(WORDS)}"


def _further_fault(f: Mapping[str, Any]) -> str:
    if not isinstance(f.get("not_categories") or [], list):
        return "not_categories is a list of texts"
    if f.get("name") not in WORDS:
        return f"name is one of {', '.join(WORDS)}"
    if ("rate" in f) == ("share" in f):
        return "it has a rate of the base or a share of the main tax, one of them"
    return "" if "rate" in f or re.fullmatch(r"\d+/[1-9]\d*", str(f["share"])) else "a share is two numbers, as 22/78"


def _outside_fault(f: Mapping[str, Any]) -> str:
    codes = f.get("postcodes") or [""]
    good = all(isinstance(code, str) and code for code in codes)
    return "" if good else "postcodes are beginnings of postal codes, as text"


_FAULTS = {"schemes": _scheme_fault, "rates": _rate_fault, "further": _further_fault, "outside": _outside_fault}


def _key(table: str, row: LawRow) -> str:
    """Say which rows of a table stand for one thing, and so must follow each other."""
    f = row.fields
    if table == "schemes":
        return f"scheme {f['key']} {' '.join(f.get('regions') or ())}".rstrip()
    if table == "further":
        return f"further {f.get('region', '')} {f['key']}"
    if table == "nexus":
        return f"nexus {f['region']}"
    if table == "outside":
        return f"outside {f.get('place')}"
    return f"{'rate' if table == 'rates' else 'exemption'} {f.get('region', '')} {f['category']}"


def plain_postcode(postcode: str) -> str:
    """Return a postal code in capitals and digits alone, whatever way it was typed."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", postcode).upper())


def refuse_outside(laws: Mapping[str, Law], *, destination: str, postcode: str, on: dt.date) -> None:
    """Raise OutsideTerritory when a postal code lies where a country's tax does not hold on a day; "" never does."""
    law = laws.get(destination)
    plain = plain_postcode(postcode).removeprefix(destination)
    if law is None or not plain:
        return
    for row in law.outside:
        if on in row.period and plain.startswith(tuple(row.fields["postcodes"])):
            place = str(row.fields["place"])
            raise OutsideTerritory(
                place=place,
                postcode=plain[:20],
                country=destination,
                on=on,
                field="postal_code",
                value=plain[:20],
                rule="",
            )
