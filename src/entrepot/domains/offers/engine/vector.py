"""Tokens into PostgreSQL's text forms of a weighted vector and of a query. Pure text; nothing here is run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_MOST = 15  # places kept per token and weight
_LAST = 16_383  # the last place that a vector of PostgreSQL knows


def _quoted(token: str) -> str:
    if token.isalnum():
        return f"'{token}'"
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def vector(heavy: Iterable[str], middle: Iterable[str], light: Iterable[str]) -> str:
    """Return the text of a tsvector: title and codes weigh A, brand, shelf and attributes B, the description D."""
    places: dict[str, list[str]] = {}
    place = 0
    for weight, tokens in (("A", heavy), ("B", middle), ("", light)):
        for token in tokens:
            if place < _LAST:
                place += 1
            kept = places.get(token)
            if kept is None:
                places[token] = [f"{place}{weight}"]
            elif len(kept) < _MOST:
                kept.append(f"{place}{weight}")
    return " ".join([f"{_quoted(token)}:{','.join(kept)}" for token, kept in places.items()])


def query(terms: Sequence[Sequence[str]], every: bool, prefix_last: bool = False) -> str:
    """Return the text of a tsquery over terms and their alternatives: all of them, or any of them."""
    written = []
    for number, term in enumerate(terms):
        last = prefix_last and number == len(terms) - 1
        options = [" & ".join(_quoted(part) + (":*" if last else "") for part in option.split("&")) for option in term]
        written.append("(" + " | ".join(f"({option})" for option in options) + ")")
    return (" & " if every else " | ").join(written)
