"""Icecat products as JSON lines, as the Chorus project publishes them: one article per line, attributes with typed prefixes.

`price` is in cents. Masses and measures (g, mm) are taken from the package where they are believable. Pictures are
addresses on Icecat's server; nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from entrepot.domains.catalogue.engine import clean
from entrepot.domains.catalogue.engine.raw import Problem, RawProduct, RawText, RawVariant

_SHOWN = 14
_NOT_SHOWN = (
    "weight",
    "width",
    "height",
    "depth",
    "pallet",
    "master",
    "package",
    "sustainability",
    "harmonized",
    "country_of_origin",
    "product_type",
)
_decode = msgspec.json.Decoder().decode


def read(lines: Iterable[str]) -> Iterator[RawProduct | Problem]:
    """Yield one product with one variant per line."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _product(number, _decode(line.lstrip("﻿").encode("utf-8", "surrogateescape")))
        except (msgspec.DecodeError, UnicodeError, KeyError, TypeError, ValueError) as fault:
            yield Problem(number, "", line[:80], f"The line is no Icecat product: {fault}.")


def _product(number: int, record: dict[str, Any]) -> RawProduct:
    title = str(record["title"]).replace("\x7f", "")
    key = str(record["id"])
    kind = str(record.get("attr_t_product_type", ""))
    return RawProduct(
        row=number,
        handle=f"{clean.slug(title, 70)}-{key}".lstrip("-"),
        text=RawText(title, str(record.get("short_description") or ""), attributes=_attributes(record)),
        variants=[_variant(number, key, record)],
        hints=(
            title.replace("pc(s)", ""),
            "" if kind.isdigit() else kind,
            str(record.get("short_description") or "")[:200],
        ),
        brand=str(record.get("supplier", "")),
    )


def _variant(number: int, key: str, record: dict[str, Any]) -> RawVariant:
    codes = record.get("ean") or ()
    cents = record.get("price")
    price = "" if cents is None else (f"{cents // 100}.{cents % 100:02d}" if isinstance(cents, int) else str(cents))
    return RawVariant(
        number,
        sku=f"ICE-{key}",
        barcode=next((code for code in map(str, codes) if clean.is_gtin(code)), ""),
        price=price,
        origin=str(record.get("attr_t_country_of_origin", "")).partition(",")[0],
        mass_g=_measure(record, ("package_weight", "weight"), 5, 60_000),
        length_mm=_measure(record, ("package_depth", "package_length", "depth"), 5, 2_000),
        width_mm=_measure(record, ("package_width", "width"), 5, 2_000),
        height_mm=_measure(record, ("package_height", "height"), 5, 2_000),
    )


def _measure(record: dict[str, Any], names: tuple[str, ...], low: int, high: int) -> str:
    """Return the first believable measure as a whole number: many are in other units or those of a pallet."""
    for name in names:
        value = record.get(f"attr_n_{name}")
        if isinstance(value, int | float) and low <= value <= high:
            return str(round(value))
    return ""


def _attributes(record: dict[str, Any]) -> dict[str, str]:
    """Return the first few attributes in words; switches that are off and logistic ones are left out."""
    shown: dict[str, str] = {}
    for key, value in record.items():
        if not key.startswith("attr_") or value is False or key[7:].startswith(_NOT_SHOWN):
            continue
        text = "yes" if value is True else f"{value:g}" if isinstance(value, float) else str(value)
        if len(text) <= 120 and "<" not in text:
            shown[key[7:].replace("__", " ").replace("_", " ").strip()[:60]] = text
            if len(shown) == _SHOWN:
                break
    return shown
