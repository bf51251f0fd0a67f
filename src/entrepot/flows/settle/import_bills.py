"""Bring a carrier's or broker's bill in: preview or store, each line once, then match what can be matched."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from entrepot.domains.finance import queries as finance_queries
from entrepot.domains.finance import services as finance
from entrepot.domains.finance.engine.bill_files import parse, parsed
from entrepot.domains.finance.types import BillFault, BillLineDraft, BillLineView
from entrepot.flows.settle.match_bill import find, match_open
from entrepot.infra import db
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import N_

CHANGED = N_("This line was brought in before and said something else. A correction has a number of its own.")


class BillReport(msgspec.Struct, frozen=True):
    """What a file does: lines that are new, known from before, refused; and of the new ones matched or waiting for a person.

    A preview counts as matched what a consignment fits, and books nothing. `sums` are (currency, lines, minor units) of the new.
    """

    new: int
    known: int
    matched: int
    waiting: int
    faults: tuple[BillFault, ...]
    sums: tuple[tuple[str, int, int], ...]
    examples: tuple[tuple[BillLineDraft, str], ...] = ()


def import_bills(
    *,
    actor: Actor,
    entity_id: str,
    text: str,
    preview: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> BillReport:
    """Store the lines of a CSV file that are not stored yet, match them and post their variance; the same file again does nothing.

    Args:
        progress: told how many of how many new lines were matched or tried.
    Raises InvalidInput: the file as a whole cannot be read (its rows' faults are in the report).
    """
    actor.require("finance.import_bills")
    drafts, faults = parsed(parse(text))
    stored = finance_queries.known_lines(entity_id=entity_id, drafts=drafts)
    fresh: list[BillLineDraft] = []
    known = 0
    for draft in drafts:
        one = stored.get((draft.carrier, draft.bill_number, draft.line))
        if one is None:
            fresh.append(draft)
        elif _says_the_same(draft, one):
            known += 1
        else:
            faults.append(BillFault(draft.row, "line", str(draft.line), CHANGED))
    sums = _sums(fresh)
    ordered = tuple(sorted(faults, key=lambda fault: fault.row))
    if preview:
        found = [find(draft.reference) for draft in fresh]
        matched = sum(1 for place in found if place)
        examples = tuple((d, f"{p.how}" if p else "") for d, p in zip(fresh[:50], found, strict=False))
        return BillReport(len(fresh), known, matched, len(fresh) - matched, ordered, sums, examples)
    with db.transaction():
        rows = finance.record_bill_lines(actor=actor, entity_id=entity_id, drafts=fresh)
    booked = 0
    for place, row in enumerate(rows, 1):
        booked += match_open(actor=actor, line_ids=[row.id])[0]
        progress(place, len(rows))
    return BillReport(len(rows), known, booked, len(rows) - booked, ordered, sums)


def _says_the_same(draft: BillLineDraft, one: BillLineView) -> bool:
    mine = (draft.bill_date, draft.reference, draft.kind, draft.amount_minor, draft.currency)
    return mine == (one.bill_date, one.reference, one.kind, one.amount_minor, one.currency)


def _sums(drafts: Sequence[BillLineDraft]) -> tuple[tuple[str, int, int], ...]:
    found: dict[str, tuple[int, int]] = {}
    for draft in drafts:
        lines, minor = found.get(draft.currency, (0, 0))
        found[draft.currency] = (lines + 1, minor + draft.amount_minor)
    return tuple((currency, *both) for currency, both in sorted(found.items()))
