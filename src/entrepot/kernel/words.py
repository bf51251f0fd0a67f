"""Words in the one form in which they are compared: folded, and stemmed by their language. Search and classification share it."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Protocol

import snowballstemmer

STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
# Kana, Han, Hangul and Thai, for a character class: their runs have no spaces and become pairs of signs.
PAIRED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f"
_ARABIC_MARKS = re.compile(r"[\u064b-\u065f\u0670\u0640]")


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...


@functools.cache
def _stemmer(language: str) -> _Stemmer | None:
    name = STEMMERS.get(language.partition("-")[0].lower())  # pt-BR stems as pt
    return snowballstemmer.stemmer(name) if name else None


@functools.lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """Return the stem of a folded word; a word with a digit, or of a language without a stemmer, is its own stem."""
    stemmer = _stemmer(language)
    if stemmer is None or any(sign.isdigit() for sign in word):
        return word
    return stemmer.stemWord(word) or word


def fold(text: str) -> str:
    """Return text in the one form that is compared: NFKC, casefolded, without Arabic vowel marks and Latin accents."""
    if text.isascii():
        return text.casefold()  # none of the forms below changes it
    plain = _ARABIC_MARKS.sub("", unicodedata.normalize("NFKC", text).casefold())
    parts = unicodedata.normalize("NFD", plain)
    return unicodedata.normalize("NFC", "".join(sign for sign in parts if not 0x300 <= ord(sign) <= 0x36F))
