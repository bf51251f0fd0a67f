"""Words into search tokens, the same way for what is written and what is asked.

NFKC and casefold; runs of Han, Kana, Hangul and Thai become pairs of signs; other words are stemmed by their language
(snowball); model numbers are kept whole and in pieces, so that WH-1000XM4 is found by "wh1000xm4" and by "1000xm4".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from entrepot.kernel.words import PAIRED, fold, stem

MAX_TOKENS = 24
_LONGEST = 40
_RUN = re.compile(rf"[{PAIRED}]+|[^\W_{PAIRED}]+(?:[-./'’][^\W_{PAIRED}]+)*")
_PAIRED_RUN = re.compile(rf"[{PAIRED}]")
_PIECE = re.compile(r"[^\W_]+")
_STOPPED = (
    "a an and are as at be by for from in is it of on or the to with der die das und oder für mit von zu im ein eine den"
    " dem des auf aus"
    " de du la le les et pour avec un une el los las del y con por para una da das dos com uma um"
)
_STOP = frozenset(_STOPPED.replace("ü", "u").split())


def pieces(text: str) -> list[tuple[str, ...]]:
    """Return the words of a text in order, each as its folded forms before stemming (the whole, and its pieces)."""
    return [forms for run in _RUN.findall(fold(text)) for forms in _words_of(run)]


def _words_of(run: str) -> list[tuple[str, ...]]:
    """The words of a folded run of signs: pairs of signs, or one word with its pieces."""
    if _PAIRED_RUN.match(run):
        return [(run[i : i + 2],) for i in range(len(run) - 1)] or [(run,)]
    parts = _PIECE.findall(run)
    whole = "".join(parts)
    forms = (whole, *parts) if len(parts) > 1 else (whole,)
    return [tuple(form[:_LONGEST] for form in forms)]


def tokens(text: str, language: str) -> list[str]:
    """Return the tokens of a text to be indexed, in order, doubles kept (their number is their weight)."""
    return [token for run in _RUN.findall(fold(text)) for token in _run_tokens(run, language)]


@functools.lru_cache(maxsize=100_000)
def _run_tokens(run: str, language: str) -> tuple[str, ...]:
    """What a catalogue says it says in words that come again and again."""
    return tuple(stem(form, language) for forms in _words_of(run) for form in forms if form not in _STOP)


def codes(values: Iterable[str]) -> list[str]:
    """Return SKUs, model numbers and bar codes as tokens: whole, without signs, never stemmed."""
    return ["".join(_PIECE.findall(fold(value)))[:_LONGEST] for value in values if value]


def asked(query: str, language: str, also: Iterable[str] = ("en",)) -> list[tuple[str, ...]]:
    """Return the terms of a query; a term is the alternatives that may stand for it, one per language it could be in."""
    languages = list(dict.fromkeys([language, *also]))
    terms: list[tuple[str, ...]] = []
    for forms in pieces(query):
        whole, parts = forms[0], forms[1:]
        if whole in _STOP:
            continue
        alternatives = list(dict.fromkeys(stem(whole, tongue) for tongue in languages))
        terms.append(
            (*alternatives, "&".join(stem(part, language) for part in parts)) if parts else tuple(alternatives)
        )
    return list(dict.fromkeys(terms))[:MAX_TOKENS]
