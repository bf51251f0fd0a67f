"""Words of a description and of a nomenclature, brought to the one form in which they are compared.

Folded (NFKC, no case, no Latin accents), stemmed by their language; runs of Han, Kana, Hangul and Thai become pairs of
signs. A hyphened word stands whole and in pieces. What a text *excludes* ("other than …", "(excl. …)") is cut off, since
it names what the code is not.
"""

from __future__ import annotations

import re

from entrepot.kernel.words import PAIRED, fold, stem

_RUN = re.compile(rf"[{PAIRED}]+|[^\W_{PAIRED}]+(?:[-'’][^\W_{PAIRED}]+)*")
_PIECE = re.compile(r"[^\W_]+")
_AMOUNT = re.compile(r"\d+([.,]\d+)?(x\d+)?[a-z]{0,2}|\d+")
_STOPPED = (
    "a an and are as at be by for from in is it its of on or the to with without whether not than more less"
    " other others excl excluding incl including thereof nec nesoi nes heading headings subheading item kind"
    " type types made use used new set pack pcs piece pieces size der die das und oder mit von fur le la les"
    " des et pour de du el los las y con para o os em com"
)
_STOP = frozenset(_STOPPED.split())
_EXCLUDED = (
    re.compile(r"\(\s*(?:excl|other than|not|except)[^()]*(?:\([^()]*\)[^()]*)*\)", re.IGNORECASE),
    re.compile(
        r"\b(?:excl\.|excluding|except(?:ing)?|other than|not including|n\.e\.[cs]\.?|nesoi)\b[^;:/]*", re.IGNORECASE
    ),
)


def words(text: str) -> list[str]:
    """Return the folded words of a text in order, unstemmed, without amounts and small words."""
    found: list[str] = []
    for run in _RUN.findall(fold(text)):
        if not run.isascii() and re.match(rf"[{PAIRED}]", run):
            found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
            continue
        parts = _PIECE.findall(run)
        forms = ["".join(parts), *parts] if len(parts) > 1 else parts
        found += [form for form in forms if len(form) > 1 and form not in _STOP and not _AMOUNT.fullmatch(form)]
    return found


def tokens(text: str, language: str = "en") -> list[str]:
    """Return the stems of a text's words in order, doubles kept."""
    return [stem(word, language) for word in words(text)]


def included(text: str) -> str:
    """Return a nomenclature's text without the parts that say what it does not cover."""
    for pattern in _EXCLUDED:
        text = pattern.sub(" ", text)
    return text
