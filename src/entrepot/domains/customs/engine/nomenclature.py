"""From rows of nomenclatures to an index of subheadings in which a description is looked for. Pure; built once, read often.

Each subheading (six digits) is a document of fields: its own text, the heading's, the chapter's and section's, its notes, and
the texts of the tariff lines below it, which speak the language of trade more than the Harmonized System does. A word counts
by field, saturating (BM25F); what a text excludes is left out.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from entrepot.domains.customs.engine.terms import included, tokens, words
from entrepot.domains.customs.types import NomenclatureRow, PathStep

_FIELDS = {"own": (3.0, 0.5), "heading": (1.6, 0.5), "chapter": (0.5, 0.5), "lines": (1.4, 0.6), "notes": (0.4, 0.5)}
_K1 = 1.2
_MOST_REPEATS = 3

Postings = dict[str, list[tuple[int, float]]]


class Side(msgspec.Struct, frozen=True):
    """Documents of one kind (subheadings, headings): their codes, and per token where it stands with which weight (its
    saturated, length-normalised frequency) and how rare it is."""

    codes: tuple[str, ...]
    postings: Postings
    rarity: Mapping[str, float]


class Index(msgspec.Struct, frozen=True):
    """What `engine.classify` looks into. `texts` are the steps of paths by code; `residual` the subheadings for all the
    rest ("other"); `lines` the texts of tariff lines by subheading; `sorted_terms` and `spelt` help with words unknown."""

    leaves: Side
    headings: Side
    texts: Mapping[str, PathStep]
    parents: Mapping[str, str]
    residual: frozenset[str]
    lines: Mapping[str, tuple[NomenclatureRow, ...]]
    sorted_terms: tuple[str, ...]


def path_of(index: Index, code: str) -> tuple[PathStep, ...]:
    """Return the steps from section to a code."""
    steps: list[PathStep] = []
    while code and len(steps) < 6:
        if code in index.texts:
            steps.append(index.texts[code])
        code = index.parents.get(code, code[:-2] if code.isdigit() else "")
    return tuple(reversed(steps))


def build(rows: Iterable[NomenclatureRow]) -> Index:
    """Return the index of all subheadings of the rows; about two seconds for the world's largest tariffs.

    Where the Harmonized System is not among the rows, a tariff's lines make the subheadings.
    """
    listed = list(rows)
    texts, parents, lines = _sorted_out(listed)
    leaves = sorted({code for code in texts if len(code) == 6 and code.isdigit()} | lines.keys())
    counted = {code: _fields(code, texts, parents, lines.get(code, ())) for code in leaves}
    by_heading: dict[str, dict[str, Counter[str]]] = {}
    for code, fields in counted.items():
        whole = by_heading.setdefault(code[:4], {name: Counter() for name in _FIELDS})
        whole["own"] |= fields["heading"]
        whole["chapter"] |= fields["chapter"]
        whole["lines"] |= fields["lines"] | fields["own"]
    side = _side(counted)
    return Index(
        leaves=side,
        headings=_side(by_heading),
        texts=texts,
        parents=parents,
        residual=frozenset(code for code in leaves if code in texts and _is_residual(texts[code].text)),
        lines=lines,
        sorted_terms=tuple(sorted(side.rarity)),
    )


def _sorted_out(
    rows: list[NomenclatureRow],
) -> tuple[dict[str, PathStep], dict[str, str], dict[str, tuple[NomenclatureRow, ...]]]:
    texts: dict[str, PathStep] = {}
    parents: dict[str, str] = {}
    lines: dict[str, list[NomenclatureRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: (one.nomenclature != "HS", one.code)):
        short = len(row.code) <= 6
        if short and row.code not in texts:
            texts[row.code] = PathStep(row.code, row.text, row.notes, row.source)
            parents[row.code] = row.parent
        elif row.code.isdigit() and len(row.code) >= 6:
            lines[row.code[:6]].append(row)
    known = any(len(code) == 6 for code in texts)
    return texts, parents, {code: tuple(found) for code, found in lines.items() if not known or code in texts}


def _fields(
    code: str, texts: Mapping[str, PathStep], parents: Mapping[str, str], lines: Iterable[NomenclatureRow]
) -> dict[str, Counter[str]]:
    def of(key: str) -> str:
        return included(texts[key].text) if key in texts else ""

    section = parents.get(code[:2], "")
    below: Counter[str] = Counter()
    for row in lines:
        below.update(set(tokens(included(row.text), row.language)))
    notes = " ".join(texts[key].notes for key in (code, code[:4], code[:2]) if key in texts)
    return {
        "own": Counter(tokens(of(code))),
        "heading": Counter(tokens(of(code[:4]))),
        "chapter": Counter(tokens(f"{of(code[:2])} {of(section)}")),
        "lines": Counter({token: min(count, _MOST_REPEATS) for token, count in below.items()}),
        "notes": Counter(tokens(notes)),
    }


def _side(documents: Mapping[str, Mapping[str, Counter[str]]]) -> Side:
    codes = tuple(documents)
    mean = {
        name: max(1.0, sum(sum(doc[name].values()) for doc in documents.values()) / max(1, len(codes)))
        for name in _FIELDS
    }
    postings: Postings = defaultdict(list)
    for place, fields in enumerate(documents.values()):
        summed: dict[str, float] = defaultdict(float)
        for name, (weight, slope) in _FIELDS.items():
            long = 1 - slope + slope * sum(fields[name].values()) / mean[name]
            for token, count in fields[name].items():
                summed[token] += weight * count / long
        for token, frequency in summed.items():
            postings[token].append((place, frequency * (_K1 + 1) / (frequency + _K1)))
    rarity = {
        token: math.log(1 + (len(codes) - len(found) + 0.5) / (len(found) + 0.5)) for token, found in postings.items()
    }
    return Side(codes, dict(postings), rarity)


def _is_residual(text: str) -> bool:
    lowered = text.casefold()
    return "n.e.c" in lowered or "other than" in lowered or words(lowered)[:1] == []
