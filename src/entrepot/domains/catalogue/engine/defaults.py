"""The defaults file: which shelf a product stands on, and what customs data goods of that shelf most likely have.

A shelf may name `match` words; the longest match in the surest hint wins, an earlier shelf before a later one. Every
customs value taken from here is marked *assumed*: it may be quoted, but no label or paper is printed with it before a
person has confirmed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from entrepot.domains.catalogue.types import CUSTOMS_FIELDS, CategoryDraft
from entrepot.kernel.errors import DataFault

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# What follows tells what a thing goes with, not what it is: "AC adapter for Dell notebook".
_ASIDE = re.compile(r" for | with | - |[,(]")
LONGEST_MATCH = 4


class Shelf(msgspec.Struct, frozen=True):
    """A shelf of a defaults file. `customs` is customs field → assumed value, without those the file leaves open."""

    draft: CategoryDraft
    customs: dict[str, Any]
    match: tuple[str, ...] = ()


class Defaults(msgspec.Struct, frozen=True):
    """A read defaults file. `shelves` by slug, in the order of the file; `fallback` is the shelf of what matches none."""

    shelves: dict[str, Shelf]
    fallback: str
    words: dict[str, str]

    def shelf_of(self, category: str, hints: Iterable[str]) -> Shelf | None:
        """Return the shelf named outright, else the best match of the hints, else the fallback (None: there is none)."""
        if category:
            return self.shelves.get(category)
        for hint in hints:
            head = _ASIDE.split(hint, 1)[0]
            slug = self._best(head) or (self._best(hint) if head != hint else "")
            if slug:
                return self.shelves[slug]
        return self.shelves.get(self.fallback)

    def _best(self, hint: str) -> str:
        words = _WORD.findall(hint.lower())
        for length in range(min(LONGEST_MATCH, len(words)), 0, -1):
            found = ""
            for start in range(len(words) - length + 1):
                slug = self.words.get(" ".join(words[start : start + length]))
                if slug:
                    found = slug  # the last of the longest: English puts the noun at the end
            if found:
                return found
        return ""


def read_defaults(document: Mapping[str, Any], *, name: str) -> Defaults:
    """Return the Defaults of a loaded YAML document.

    Form: `fallback: <slug>` and `shelves:`, a list of {slug, parent, names{language: text}, descriptions, tile, kind,
    match[…], customs{hs_code, origin, mass_g, length_mm, width_mm, height_mm, customs_description}}; a shelf without
    customs data inherits its parent's. Raises DataFault naming file, shelf and what is wrong.
    """
    shelves: dict[str, Shelf] = {}
    words: dict[str, str] = {}
    listed = document.get("shelves")
    if not isinstance(listed, list) or not listed:
        raise DataFault(what=f"{name} has no list named “shelves”")
    for position, entry in enumerate(listed):
        shelf = _shelf(entry, position, shelves, name)
        if shelf.draft.slug in shelves:
            raise DataFault(what=f"{name} names the shelf {shelf.draft.slug} twice")
        shelves[shelf.draft.slug] = shelf
        for phrase in shelf.match:
            words.setdefault(" ".join(_WORD.findall(phrase.lower())), shelf.draft.slug)
    fallback = str(document.get("fallback", ""))
    if fallback and fallback not in shelves:
        raise DataFault(what=f"{name}: the fallback shelf {fallback} is not in the file")
    return Defaults(shelves, fallback, words)


def _shelf(entry: Any, position: int, known: Mapping[str, Shelf], name: str) -> Shelf:
    if not isinstance(entry, dict) or not entry.get("slug") or not isinstance(entry.get("names"), dict):
        raise DataFault(what=f"{name}: shelf {position + 1} needs a slug and names")
    slug, parent = str(entry["slug"]), str(entry.get("parent", ""))
    if parent and parent not in known:
        raise DataFault(what=f"{name}: the parent {parent} of {slug} must stand before it")
    above = known[parent] if parent else None
    customs = {**(above.customs if above else {}), **entry.get("customs", {})}
    unknown = set(customs) - set(CUSTOMS_FIELDS)
    if unknown:
        raise DataFault(what=f"{name}: {slug} has unknown customs fields: {', '.join(sorted(unknown))}")
    draft = CategoryDraft(
        slug=slug,
        names={str(key): str(text) for key, text in entry["names"].items()},
        parent=parent,
        position=int(entry.get("position", position)),
        descriptions={str(key): str(text) for key, text in entry.get("descriptions", {}).items()},
        tile=str(entry.get("tile", above.draft.tile if above else "stone")),
        kind=str(entry.get("kind", above.draft.kind if above else "")),
    )
    return Shelf(draft, customs, tuple(str(word) for word in entry.get("match", ())))
