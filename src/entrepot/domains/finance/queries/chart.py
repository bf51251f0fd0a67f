"""Reads of finance: the chart of accounts it ships."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec

from entrepot.domains.finance.engine.accounts import NAMES
from entrepot.domains.ledger.types import AccountSpec

_CHART = Path(__file__).parent.parent / "refdata" / "chart.json"


@functools.cache
def chart_of_accounts() -> tuple[AccountSpec, ...]:
    """Return the accounts that the posting rules need, by code; load them with `ledger.services.set_up_accounts`."""
    rows = msgspec.json.decode(_CHART.read_bytes())
    return tuple(msgspec.convert({**row, "name": NAMES[row["code"]]}, AccountSpec) for row in rows)
