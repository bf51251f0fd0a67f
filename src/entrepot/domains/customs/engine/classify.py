"""From a description of goods to candidate subheadings with reasons. A help for finding, never a ruling.

The method is told in docs/algorithms/classification.md: BM25 over the path of texts, the heading as a whole beside the
subheading alone, the thing's name before what it is made of, trade words brought to the nomenclature's, cut words
completed, "other" behind what is named, and what the merchant chose before.
"""

from __future__ import annotations

import bisect
import heapq
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from entrepot.domains.customs.engine.nomenclature import Index, Side, path_of
from entrepot.domains.customs.engine.terms import included, stem, tokens, words
from entrepot.domains.customs.types import Candidate, PastChoice, Reason

HEADING_SHARE = 0.5
HEAD_NOUN = 1.5
SYNONYM = 0.45
CUT_WORD = 0.6
RESIDUAL = 0.97
COVERED = 0.6
CHOICE = 2.0
NEAR = 0.35
_SHORTEST_CUT = 4
_MOST_ENDINGS = 3
_TAIL = re.compile(r"[,;(/]|\b(?:for|of|with|in|from|made|to)\b")


class Glossary(msgspec.Struct, frozen=True):
    """Trade words and the nomenclature's words for them: (stems looked for, stems added), by the first stem looked for."""

    entries: Mapping[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]


class Memory(msgspec.Struct, frozen=True):
    """What the merchant chose, found by stem."""

    choices: tuple[PastChoice, ...]
    by_token: Mapping[str, tuple[int, ...]]


def glossary(languages: Mapping[str, Mapping[str, str]]) -> Glossary:
    """Return a glossary from {language: {trade words: words of the nomenclature (English)}}."""
    entries: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
    for listed in languages.values():
        for trade, official in listed.items():
            # Words of other languages are looked for as they are typed: the description's own stems are English.
            sought = tuple(tokens(trade))
            if sought:
                entries[sought[0]].append((sought, tuple(tokens(official))))
    return Glossary({first: tuple(found) for first, found in entries.items()})


def memory(choices: Iterable[PastChoice]) -> Memory:
    """Return the choices so that near ones are found quickly."""
    listed = tuple(choices)
    by_token: dict[str, list[int]] = defaultdict(list)
    for place, choice in enumerate(listed):
        for token in set(choice.tokens):
            by_token[token].append(place)
    return Memory(listed, {token: tuple(places) for token, places in by_token.items()})


def classify(
    description: str, index: Index, glossary: Glossary, past: Memory, *, limit: int = 5
) -> tuple[Candidate, ...]:
    """Return the likeliest subheadings of a description, best first, each once; () when no word is known.

    Scores are comparable within one answer only. `past` are the merchant's own choices: a near description raises its code.
    """
    asked = _asked(description, index, glossary)
    chosen = _near_choices(tokens(description), past, index.leaves.rarity)
    best = _best(asked, chosen, index, limit)
    typed = {stem(word, "en"): word for word in reversed(words(description))}
    return tuple(
        Candidate(code, round(score, 4), path_of(index, code), _reasons(code, asked, typed, index, chosen))
        for code, score in best
    )


def ranking(description: str, index: Index, glossary: Glossary, past: Memory, *, limit: int = 12) -> tuple[str, ...]:
    """Return the codes alone, in the order of `classify`, without the cost of their reasons (for measuring)."""
    chosen = _near_choices(tokens(description), past, index.leaves.rarity)
    return tuple(code for code, _ in _best(_asked(description, index, glossary), chosen, index, limit))


def _best(
    asked: Mapping[str, float], chosen: Mapping[str, tuple[float, PastChoice]], index: Index, limit: int
) -> list[tuple[str, float]]:
    scores = _scores(asked, index)
    top = max(scores.values(), default=1.0)
    for code, (near, _) in chosen.items():
        scores[code] = scores.get(code, 0.0) + CHOICE * top * near * near
    return heapq.nsmallest(limit, scores.items(), key=lambda one: (-one[1], one[0]))


def _asked(description: str, index: Index, glossary: Glossary) -> dict[str, float]:
    """The stems that are looked for with their weights: those typed, the nomenclature's for them, completed ones."""
    typed = tokens(description)
    known = index.leaves.rarity
    head = tokens(_TAIL.split(description.casefold())[0])[-1:]
    asked: dict[str, float] = {}
    for token in typed:
        asked[token] = HEAD_NOUN if token in head else 1.0
        if token not in known:
            for other in _unknown(token, index):
                asked.setdefault(other, CUT_WORD)
    present = set(typed)
    for token in typed:
        for sought, added in glossary.entries.get(token, ()):
            if present.issuperset(sought):
                weight = SYNONYM * (HEAD_NOUN if head and head[0] in sought else 1.0)
                for other in added:
                    asked[other] = max(asked.get(other, 0.0), weight)
    return asked


def _unknown(token: str, index: Index) -> list[str]:
    """Known stems for an unknown one: its two halves when both are known, else the words it may be the beginning of."""
    known = index.leaves.rarity
    for cut in range(3, len(token) - 2):
        left, right = stem(token[:cut], "en"), stem(token[cut:], "en")
        if left in known and right in known:
            return [left, right]
    if len(token) < _SHORTEST_CUT:
        return []
    start = bisect.bisect_left(index.sorted_terms, token)
    endings = [term for term in index.sorted_terms[start : start + _MOST_ENDINGS + 1] if term.startswith(token)]
    return endings if len(endings) <= _MOST_ENDINGS else []


def _bm25(asked: Mapping[str, float], side: Side) -> tuple[dict[str, float], dict[str, float]]:
    """Scores by code, and the share (0 to 1) of the asked words' rarity that each code has."""
    scores: dict[int, float] = defaultdict(float)
    had: dict[int, float] = defaultdict(float)
    whole = 0.0
    for token, weight in asked.items():
        rare = side.rarity.get(token)
        if rare is None:
            continue
        whole += weight * rare
        for place, saturated in side.postings[token]:
            scores[place] += weight * rare * saturated
            had[place] += weight * rare
    return (
        {side.codes[place]: score for place, score in scores.items()},
        {side.codes[place]: part / whole for place, part in had.items()},
    )


def _scores(asked: Mapping[str, float], index: Index) -> dict[str, float]:
    own, covered = _bm25(asked, index.leaves)
    heading, covered_above = _bm25(asked, index.headings)
    scores: dict[str, float] = {}
    for code, score in own.items():
        share = (1 - COVERED) + COVERED * covered[code]
        above = (1 - COVERED) + COVERED * covered_above.get(code[:4], 0.0)
        total = score * share + HEADING_SHARE * heading.get(code[:4], 0.0) * above
        scores[code] = total * RESIDUAL if code in index.residual else total
    return scores


def _near_choices(
    typed: Sequence[str], past: Memory, rarity: Mapping[str, float]
) -> dict[str, tuple[float, PastChoice]]:
    """Per subheading the nearest earlier choice and how near it is (0 to 1): the share of rare stems in common."""
    asked = set(typed)
    unknown = max(rarity.values(), default=1.0)

    def weight(stems: Iterable[str]) -> float:
        return sum(rarity.get(token, unknown) for token in stems)

    places = {place for token in asked for place in past.by_token.get(token, ())}
    found: dict[str, tuple[float, PastChoice]] = {}
    for place in places:
        choice = past.choices[place]
        theirs = set(choice.tokens)
        near = weight(asked & theirs) / (weight(asked | theirs) or 1.0)
        if near >= NEAR and near > found.get(choice.hs6, (0.0, choice))[0]:
            found[choice.hs6] = (near, choice)
    return found


def _reasons(
    code: str,
    asked: Mapping[str, float],
    typed: Mapping[str, str],
    index: Index,
    chosen: Mapping[str, tuple[float, PastChoice]],
) -> tuple[Reason, ...]:
    """What matched where: the merchant's choice first, then the path from the leaf up, then the best tariff line, then notes."""
    reasons: list[Reason] = []
    if code in chosen:
        reasons.append(Reason("choice", code, (), chosen[code][1].description))
    for step in reversed(path_of(index, code)):
        if matched := _matched(included(step.text), asked, typed):
            reasons.append(Reason("text", step.code, matched, step.text, step.source))
        if step.notes and (matched := _matched(step.notes, asked, typed)):
            reasons.append(Reason("note", step.code, matched, step.notes, step.source))
    lines = [(_matched(included(row.text), asked, typed, row.language), row) for row in index.lines.get(code, ())]
    if lines:
        matched, row = max(lines, key=lambda one: (len(one[0]), -len(one[1].text)))
        if matched:
            reasons.append(Reason("text", row.code, matched, row.text, row.source))
    return tuple(reasons)


def _matched(text: str, asked: Mapping[str, float], typed: Mapping[str, str], language: str = "en") -> tuple[str, ...]:
    """The typed words that stand in a text; a word of the nomenclature found through another stands as the text has it."""
    found: dict[str, str] = {}
    for word in words(text):
        token = stem(word, language)
        if token in asked:
            found.setdefault(token, typed.get(token, word))
    return tuple(found.values())
