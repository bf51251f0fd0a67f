"""Tax numbers of business buyers: which form a country gives them, and what is wrong with one that was typed. Pure.

The rows stand in `refdata/buyers/tax_numbers.yaml`; check digits are python-stdnum's. Nothing here says that a number exists:
only a register does (`ports.TaxIdRegister`).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import stdnum

from entrepot.domains.tax.errors import BadLaw, BadTaxNumber, NoTaxNumberHere, TaxNumberOfAnotherCountry
from entrepot.domains.tax.types import TaxNumber, TaxNumberKind
from entrepot.kernel.errors import N_
from entrepot.kernel.lawfile import LawRow, refuse_contradictions, rows_of, with_doubt

_FIELDS = ["country", "kind", "label", "prefix", "check", "example", "register", "evidence", "holds_days"]
_EVIDENCE = ("register", "statement")
LONGEST = 40
COUNTRY = "country"  # among the checks of a seller's own number: as companies of the place are known

# What a number is called on a form; data refer to these words by key.
LABELS = {
    "vat": N_("VAT number"), "mva": N_("Organisation number (MVA)"), "abn": N_("Australian business number (ABN)"),
    "nz_gst": N_("GST number or NZBN"), "sg_gst": N_("GST registration number (UEN)"), "gstin": N_("GSTIN"),
    "bn": N_("Business number (GST/HST)"), "jp_cn": N_("Corporate or invoice number"),
    "brn": N_("Business registration number"), "cnpj": N_("CNPJ"), "rfc": N_("RFC"), "vkn": N_("Tax number (VKN)"),
    "tin": N_("Taxpayer number"), "hp": N_("Company number"), "npwp": N_("NPWP"), "uscc": N_("Unified social credit code"),
}  # fmt: skip


def kinds_of(raw: Mapping[str, Any], file: str) -> tuple[LawRow, ...]:
    """Return the checked rows of a file of tax numbers.

    Raises:
        BadLaw, GapOrOverlap: naming file and row; nothing of the file is used.
    """
    rows = rows_of("numbers", raw.get("numbers") or (), allowed=_FIELDS, file=file, bad=BadLaw)
    refuse_contradictions(rows, file=file, key_of=lambda row: f"number {row.fields.get('country')}")
    for row in rows:
        what = _fault(row.fields)
        if what:
            raise BadLaw(file=file, row=f"numbers {row.number}", what=what)
    return rows


def own_of(raw: Mapping[str, Any], file: str) -> tuple[LawRow, ...]:
    """Return the checked rows that say how a seller's own numbers are checked, by scheme.

    Raises:
        BadLaw, GapOrOverlap: naming file and row; nothing of the file is used.
    """
    rows = rows_of("own", raw.get("own") or (), allowed=("scheme", "check"), file=file, bad=BadLaw)
    refuse_contradictions(rows, file=file, key_of=lambda row: f"own {row.fields.get('scheme')}")
    for row in rows:
        checks = row.fields.get("check")
        if not isinstance(checks, list) or not all(name == COUNTRY or module(name) for name in checks):
            raise BadLaw(file=file, row=f"own {row.number}", what="check names modules of python-stdnum, or country")
    return rows


def _fault(f: Mapping[str, Any]) -> str:
    if f.get("label") not in LABELS:
        return f"label is one of {', '.join(LABELS)}"
    if f.get("evidence") not in _EVIDENCE or (f["evidence"] == "register") != bool(f.get("register")):
        return "evidence is register (and names one) or statement (and names none)"
    if not isinstance(f.get("holds_days"), int) or f["holds_days"] < 1:
        return "holds_days is a whole number from 1"
    checks = f.get("check")
    if not isinstance(checks, list) or not checks or any(module(name) is None for name in checks):
        return "check names modules of python-stdnum"
    return ""


def kind_for(rows: Iterable[LawRow], *, country: str, on: dt.date) -> TaxNumberKind | None:
    """Return how companies of a country are known on a day, None where no row says."""
    for row in rows:
        f = row.fields
        if f["country"] == country and on in row.period:
            return TaxNumberKind(
                country=country,
                kind=f["kind"],
                label=LABELS[f["label"]],
                prefix=f.get("prefix") or "",
                checks=tuple(f["check"]),
                example=f["example"],
                register=f.get("register") or "",
                holds_days=f["holds_days"],
                source=with_doubt(f["source"], f.get("doubt")),
                confidence=f["confidence"],
            )
    return None


def read(typed: str, kind: TaxNumberKind | None, *, country: str, prefixes: Sequence[str] = ()) -> TaxNumber:
    """Return a typed number in its compact form, checked by its check digits.

    Args:
        prefixes: letters with which numbers of other countries begin; then it is said which country's it is.
    Raises:
        NoTaxNumberHere: companies of the country cannot be told by a number.
        TaxNumberOfAnotherCountry: it begins as another country's do.
        BadTaxNumber: form or check digits do not fit.
    """
    if kind is None:
        raise NoTaxNumberHere(country=country, field="tax_number", value=shown(typed), rule="")
    compact = plain(typed)
    if not compact or len(typed) > LONGEST:
        raise _bad(kind, typed)
    own = kind.prefix
    bare = compact.removeprefix(own) if own else compact
    candidates = [bare, own + bare] if own else [bare]
    for name in kind.checks:
        known = module(name)
        for one in candidates:
            if known is not None and known.is_valid(one):
                return TaxNumber(country, kind.kind, own + str(known.compact(one)).removeprefix(own))
    head = compact[:2]
    if head.isalpha() and head != own and head in prefixes:
        raise TaxNumberOfAnotherCountry(
            country=country, other=head, example=kind.example, field="tax_number", value=shown(typed), rule=""
        )
    raise _bad(kind, typed)


def plain(typed: str) -> str:
    """Return the letters and digits of a typed number, in capitals and without blanks, dots and dashes."""
    return re.sub(r"[^0-9A-Z&Ñ]", "", unicodedata.normalize("NFKC", typed).upper())


def shown(typed: str) -> str:
    """Return what may be said of a number in an error: short, and without signs that cannot be printed."""
    return "".join(sign for sign in typed if sign.isprintable())[:LONGEST]


def _bad(kind: TaxNumberKind, typed: str) -> BadTaxNumber:
    return BadTaxNumber(country=kind.country, example=kind.example, field="tax_number", value=shown(typed), rule="")


@cache
def module(name: str) -> Any:
    """Return the module of python-stdnum: `de.vat`, `in_.gstin`, or one that no country owns (`ean`); None for none."""
    country, _, number = name.partition(".")
    try:
        return stdnum.get_cc_module(country.rstrip("_"), number) if number else import_module(f"stdnum.{country}")
    except ImportError:
        return None
