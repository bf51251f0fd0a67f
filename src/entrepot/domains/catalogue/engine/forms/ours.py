"""Our own form: CSV with one row per SKU, or JSON lines with one product per line. docs/howto/import-a-catalogue.md.

CSV: rows of one product share `handle` and follow each other; product columns count on its first row. A column with a
language behind its name (`title_de`, `option_zh-Hans`) holds that language's text. `attributes` is `name=value; name=value`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from entrepot.domains.catalogue.engine.forms import table
from entrepot.domains.catalogue.engine.raw import Problem, RawProduct, RawText, RawVariant

_TEXTS = ("title", "description", "maker_place", "option_name", "attributes")
_VARIANT = (
    "sku", "option", "barcode", "price", "currency", "stock", "hs_code", "origin", "mass_g", "length_mm", "width_mm",
    "height_mm", "customs_description", "picture",
)  # fmt: skip


def read(lines: Iterable[str]) -> Iterator[RawProduct | Problem]:
    """Yield the products of a CSV or JSON-lines file, told apart by its first sign."""
    stream = iter(lines)
    first = next(stream, "")
    whole = itertools.chain([first], stream)
    return _json(whole) if first.lstrip("﻿").lstrip().startswith("{") else _csv(whole)


def _csv(lines: Iterable[str]) -> Iterator[RawProduct | Problem]:
    product: RawProduct | None = None
    last = ""
    for found in table.rows(lines, needed=frozenset({"title", "price"})):
        if isinstance(found, Problem):
            yield found
            continue
        number, row = found
        handle = row.get("handle", "").strip()
        if product is not None and handle and handle == last:
            product.variants.append(_variant(number, row))
            continue
        if product is not None:
            yield product
        product, last = _product(number, row, handle), handle
    if product is not None:
        yield product


def _attributes(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def _text(row: dict[str, str], suffix: str) -> RawText:
    title, description, place, option_name, attributes = (row.get(name + suffix, "") or "" for name in _TEXTS)
    return RawText(title, description, place, option_name, _attributes(attributes))


def _product(number: int, row: dict[str, str], handle: str) -> RawProduct:
    languages = {name.partition("_")[2] for name in row if name.startswith("title_")}
    return RawProduct(
        row=number,
        handle=handle,
        text=_text(row, ""),
        variants=[_variant(number, row)],
        hints=(row.get("type", ""), row.get("title", "")),
        category=row.get("category", "").strip(),
        brand=row.get("brand", ""),
        tile=row.get("tile", ""),
        tax_category=row.get("tax_category", "").strip(),
        others={language: _text(row, f"_{language}") for language in sorted(languages)},
        pictures=tuple(path.strip() for path in row.get("pictures", "").split(" ") if path.strip()),
    )


def _as_variant(number: int, texts: dict[str, Any]) -> RawVariant:
    return RawVariant(number, **texts)


def _variant(number: int, row: dict[str, str]) -> RawVariant:
    variant = _as_variant(number, {name: row.get(name, "") or "" for name in _VARIANT})
    variant.barcode = variant.barcode.strip()
    variant.options = {
        name[7:]: text for name, text in row.items() if name.startswith("option_") and name[7:] in _LANGUAGES
    }
    return variant


# `option_name` and its translations stand beside `option_<language>`, so the languages of options are listed.
_LANGUAGES = frozenset(
    {"en", "de", "ar", "zh-Hans", "zh-Hant", "fr", "es", "it", "nl", "pl", "pt", "ja", "ko", "th", "ru"}
)


def _json(lines: Iterable[str]) -> Iterator[RawProduct | Problem]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = msgspec.json.decode(line.lstrip("﻿").encode("utf-8", "surrogateescape"))
            yield _record(number, record)
        except (msgspec.DecodeError, UnicodeError, TypeError, ValueError, AttributeError) as fault:
            yield Problem(number, "", line[:80], f"The line is no product in our form: {fault}.")


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def _record(number: int, record: dict[str, Any]) -> RawProduct:
    texts = {str(key): _json_text(text) for key, text in record.get("texts", {}).items()}
    own = texts.pop("en", None) or _json_text(record)
    variants = []
    for entry in record.get("variants") or [record]:
        variant = _as_variant(number, {name: _said(entry.get(name)) for name in _VARIANT})
        options = entry.get("options", {})
        variant.options = {str(key): _said(text) for key, text in options.items()}
        variant.option = variant.option or variant.options.get("en", "")
        variants.append(variant)
    return RawProduct(
        row=number,
        handle=_said(record.get("handle")),
        text=own,
        variants=variants,
        hints=(_said(record.get("type")), own.title),
        category=_said(record.get("category")),
        brand=_said(record.get("brand")),
        tile=_said(record.get("tile")),
        tax_category=_said(record.get("tax_category")),
        others=texts,
        pictures=tuple(map(str, record.get("pictures", ()))),
    )


def _json_text(text: dict[str, Any]) -> RawText:
    attributes = {str(key): _said(value) for key, value in (text.get("attributes") or {}).items()}
    title, description, maker_place, option_name = (_said(text.get(name)) for name in _TEXTS[:4])
    return RawText(title, description, maker_place, option_name, attributes)
