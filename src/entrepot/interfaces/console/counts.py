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


def all_counts() -> dict[str, int]:
    """Return the counts by name (to_pick, to_pack, to_ship, placed, assumed, letters, mails, unmatched, …): 6 statements."""
    return _memo.get("all", _count)


def _count() -> dict[str, int]:
    by_state = orders.counts()
    shipments = fulfilment.counts()
    mails = messages.counts()
    found = {
        **{f"orders_{state}": number for state, number in by_state.items()},
        "orders": sum(by_state.values()),
        "placed": by_state.get("placed", 0),
        "to_pick": shipments.get("to_pick", 0),
        "to_pack": shipments.get("picked", 0),
        "to_ship": shipments.get("packed", 0),
        "assumed": catalogue.assumed_count(),
        "letters": len(events.dead_letters(limit=100)),
        "mails": mails.get("failed", 0),
        "mails_queued": mails.get("queued", 0),
        "unmatched": payments.unmatched_count(),
    }
    found["work"] = found["to_pick"] + found["to_pack"] + found["to_ship"]
    found["stuck"] = found["letters"] + found["mails"]
    return found


def forget() -> None:
    """Count anew at the next page: somebody has just done something."""
    _memo.forget()
