"""Where the law contradicts itself: rows of a table that are readings of one rule, of which one holds at a time."""

from __future__ import annotations

from entrepot.domains.customs.engine.tables import Law
from entrepot.domains.customs.types import RuleOption
from entrepot.kernel.lawfile import with_doubt


def choices_of(law: Law) -> dict[str, tuple[RuleOption, ...]]:
    """Return the readings of each choice of a territory's tables, in the order of the rows."""
    found: dict[str, dict[str, RuleOption]] = {}
    for rows in law.tables.values():
        for row in rows:
            f = row.fields
            if not f.get("choice"):
                continue
            option = RuleOption(
                f["option"],
                str(f.get("note") or f.get("key", "")),
                with_doubt(f["source"], f.get("doubt")),
                str(f["confidence"]),
                bool(f.get("in_use", True)),
            )
            found.setdefault(f["choice"], {}).setdefault(f["option"], option)
    return {group: tuple(options.values()) for group, options in found.items()}
