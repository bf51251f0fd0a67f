"""Nomenclature files of the world become rows of code, parent and text. Knows by their header:

* the Harmonized System (`hscode`, `description`, `parent`, `section`) and its sections (`section`, `name`);
* a tariff of eight or ten digits with descriptions (`commodity`, `description`);
* the United States schedule (`HTS Number`, `Indent`, `Description`), where lines without a number are headings of those below;
* our own (`code`, `text`; optional `parent`, `language`, `notes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from entrepot.domains.customs.types import NomenclatureRow
from entrepot.kernel.errors import InvalidInput

_CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{8}|\d{10}")


def parent_of(code: str) -> str:
    """Return the code two digits shorter, "" of a chapter."""
    return code[:-2]


def read_rows(header: Iterable[str], rows: Iterable[Mapping[str, str]]) -> Iterator[NomenclatureRow]:
    """Return the rows of a file, whatever its form; lines without a usable code or text are left out.

    Raises:
        InvalidInput: the header is of no form we know.
    """
    names = set(header)
    if {"hscode", "description", "section"} <= names:
        return _harmonized(rows)
    if {"section", "name"} <= names:
        return (NomenclatureRow(row["section"].strip(), "", "HS", "en", row["name"].strip()) for row in rows)
    if {"commodity", "description"} <= names:
        return _listed(rows)
    if {"HTS Number", "Indent", "Description"} <= names:
        return _schedule(rows)
    if {"code", "text"} <= names:
        return _own(rows)
    raise InvalidInput(
        field="file",
        value=", ".join(names)[:80],
        rule="The header is of no nomenclature form we know (see the how-to).",
    )


def _harmonized(rows: Iterable[Mapping[str, str]]) -> Iterator[NomenclatureRow]:
    for row in rows:
        code = row["hscode"].strip()
        if _CODE.fullmatch(code) and len(code) <= 6:
            yield NomenclatureRow(
                code, parent_of(code) or row["section"].strip(), "HS", "en", row["description"].strip()
            )


def _listed(rows: Iterable[Mapping[str, str]]) -> Iterator[NomenclatureRow]:
    for row in rows:
        code, text = row["commodity"].strip(), row["description"].strip()
        if _CODE.fullmatch(code) and text:
            yield NomenclatureRow(code, parent_of(code), "LIST", "en", text)


def _schedule(rows: Iterable[Mapping[str, str]]) -> Iterator[NomenclatureRow]:
    """A numbered line's text is led by the unnumbered headings above it."""
    above: list[tuple[int, str]] = []
    for row in rows:
        indent, text = int(row["Indent"] or 0), re.sub(r"<[^>]*>", "", row["Description"]).strip(" :")
        code = row["HTS Number"].replace(".", "").strip()
        above = [(level, words) for level, words in above if level < indent]
        if not code:
            above.append((indent, text))
        elif _CODE.fullmatch(code) and code[:2] not in ("98", "99") and text:
            path = " / ".join([*(words for _, words in above), text])
            yield NomenclatureRow(code, parent_of(code), "HTS", "en", path)


def _own(rows: Iterable[Mapping[str, str]]) -> Iterator[NomenclatureRow]:
    for row in rows:
        code, text = row["code"].strip().replace(".", ""), row["text"].strip()
        if text and (_CODE.fullmatch(code) or re.fullmatch(r"[IVX]{1,5}", code)):
            yield NomenclatureRow(
                code, (row.get("parent") or "").strip() or parent_of(code) if code.isdigit() else "",
                (row.get("nomenclature") or "HS").strip(), (row.get("language") or "en").strip(), text,
                (row.get("notes") or "").strip(),
            )  # fmt: skip
