"""Which lines a label bears in a market and a language, pure."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.domains.catalogue.engine import language as lang
from entrepot.domains.catalogue.types import LABEL_KINDS, LabelRow


def lines(rows: Sequence[LabelRow], *, market: str, language: str) -> tuple[LabelRow, ...]:
    """Return the lines of a label, in the order of `LABEL_KINDS` and of the rows within a kind.

    Per kind: the market's own lines if it has any, else those for every market; of these the ones in the best language
    there is (the one asked for, then English, then whichever comes first). A kind nobody wrote is not there.
    """
    found: list[LabelRow] = []
    for kind in LABEL_KINDS:
        of_kind = [row for row in rows if row.kind == kind and row.market in ("", market)]
        own = [row for row in of_kind if row.market == market] if market else []
        chosen = own or [row for row in of_kind if not row.market]
        spoken = {row.language for row in chosen}
        best = next((tag for tag in lang.chain(language) if tag in spoken), min(spoken, default=""))
        found += [row for row in chosen if row.language == best]
    return tuple(found)


def percent(*, asked: int, missing: int) -> int:
    """Return how many per cent of what is asked is there, rounded down; 100 only when nothing is missing."""
    return 100 if not missing else max(0, (asked - missing) * 100 // max(1, asked))
