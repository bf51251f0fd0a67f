"""Language tags and the order in which a text is looked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

_CANONICAL = {"zh": "zh-Hans", "zh-hans": "zh-Hans", "zh-cn": "zh-Hans", "zh-hant": "zh-Hant", "zh-tw": "zh-Hant"}
SOURCE_LANGUAGE = "en"


@lru_cache(maxsize=500)
def tag(language: str) -> str:
    """Return a language tag in the form texts are stored in: `zh_hans` → `zh-Hans`, `de-DE` → `de`."""
    plain = language.strip().replace("_", "-").lower()
    return _CANONICAL.get(plain) or _CANONICAL.get("-".join(plain.split("-")[:2])) or plain.split("-")[0]


@lru_cache(maxsize=500)
def chain(language: str) -> tuple[str, ...]:
    """Return the languages to look for a text in, best first; English stands for what is missing."""
    first = tag(language)
    return (first,) if first == SOURCE_LANGUAGE else (first, SOURCE_LANGUAGE)


def pick(texts: Mapping[str, str], language: str) -> str:
    """Return the best text of a language → text mapping, "" when it is empty."""
    for wanted in chain(language):
        if texts.get(wanted):
            return texts[wanted]
    return next((text for text in texts.values() if text), "")
