"""The parts of a person's name by which an order is found, in the one form that is compared."""

from __future__ import annotations

import re

from entrepot.kernel.words import PAIRED, fold

MOST = 10
_WORDS = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(f"[{PAIRED}]")
_FAMILY = 3  # signs of the longest family name written without a space before the given one


def name_parts(name: str) -> tuple[str, ...]:
    """Return the words of a name, folded, each once and ten at most.

    Of a name written without spaces (佐藤花子) also its first one to three signs, for one of them is the family name; of a
    name with spaces also all of it together.
    """
    words = _WORDS.findall(fold(name))
    found = dict.fromkeys(words)
    if len(words) > 1:
        found["".join(words)] = None
    for word in words:
        if _UNSPACED.match(word):
            found |= dict.fromkeys(word[:size] for size in range(1, min(_FAMILY, len(word)) + 1))
    return tuple(found)[:MOST]


def asked_parts(text: str) -> tuple[tuple[str, ...], str]:
    """Return what an order's parts must hold to be found by a text: all of its words, or all of it together."""
    words = _WORDS.findall(fold(text))[:MOST]
    return tuple(words), "".join(words)
