"""Open the books: load the chart of accounts that the posting rules use."""

from __future__ import annotations

from entrepot.domains.finance import queries as finance
from entrepot.domains.ledger import services as ledger
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM


def open_books() -> int:
    """Create or update every account of the shipped chart, and return how many there are. Harmless when repeated."""
    with db.transaction():
        return ledger.set_up_accounts(actor=SYSTEM, accounts=finance.chart_of_accounts())
