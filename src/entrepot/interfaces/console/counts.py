"""How much work lies where: the figures of the rail and of the home page, kept for a few seconds per process."""

from __future__ import annotations

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.messages import queries as messages
from entrepot.domains.orders import queries as orders
from entrepot.domains.payments import queries as payments
from entrepot.infra import events
from entrepot.infra.memo import Memo

_memo = Memo(ttl_s=4)


def rail() -> dict[str, int]:
    """Return the counts that every page shows (4 statements): orders by state, parcels by state, what is stuck."""
    return _memo.get("rail", _rail)


def home() -> dict[str, int]:
    """Return the counts of the home page (5 statements more): assumed customs data, what a person must decide on."""
    return {**rail(), **_memo.get("home", _home)}


def forget() -> None:
    """Count anew at the next page: somebody has just done something."""
    _memo.forget()


def _rail() -> dict[str, int]:
    by_state = orders.counts()
    shipments = fulfilment.counts()
    mails = messages.counts()
    letters = len(events.dead_letters(limit=100))
    found = {f"orders_{state}": number for state, number in by_state.items()}
    work = {"to_pick": "to_pick", "to_pack": "picked", "to_ship": "packed"}
    found |= {name: shipments.get(state, 0) for name, state in work.items()}
    return {
        **found,
        "orders": sum(by_state.values()),
        "work": sum(found[name] for name in work),
        "letters": letters,
        "mails_failed": mails.get("failed", 0),
        "mails_queued": mails.get("queued", 0),
        "stuck": letters + mails.get("failed", 0),
    }


def _home() -> dict[str, int]:
    return {
        "assumed": catalogue.assumed_count(),
        "unmatched": len(payments.unmatched_messages(limit=100)),
        "mismatches": len(payments.mismatches(limit=100)),
        "refunds_failed": len(payments.failed_refunds(limit=100)),
        "refunds_overdue": len(payments.overdue_refunds(limit=100)),
    }
