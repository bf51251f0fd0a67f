"""A page of what became of a file of examples: each with its source, what it expects and what was computed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from entrepot.interfaces.cli.law_examples.frame import Outcome


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


def page(outcomes: Sequence[Outcome], *, name: str, today: dt.date) -> str:
    """Return the outcomes of a file as Markdown, by jurisdiction in the file's order."""
    counted = Counter(outcome.result for outcome in outcomes)
    rows = [
        f"# Worked examples of law: {name}",
        "",
        f"Run on {today.isoformat()} through the engines and tables that quotes use: {counted['passed']} passed,"
        f" {counted['failed']} failed, {counted['skipped']} skipped. Written by `entrepot law examples FILE --page FILE`.",
        "",
        "| example | where | what | expected | computed | result | source |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in outcomes:
        figures = one.figures or (("", "", one.words),)
        expected = "; ".join(f"{key} {value}".strip() for key, value, _ in figures)
        computed = "; ".join(f"{key} {value}".strip() for key, _, value in figures)
        cells = (one.id, one.jurisdiction, one.topic, expected, computed, one.result, one.source)
        rows.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(rows) + "\n"
