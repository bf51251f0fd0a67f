"""Everything the house keeps about the person of an account, as plain data: for the copy he may ask for (GDPR art. 15 and 20)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from entrepot.domains.declarations import queries as declarations
from entrepot.domains.finance import queries as finance
from entrepot.domains.identity import queries as identity
from entrepot.domains.logistics import queries as logistics
from entrepot.domains.messages import queries as messages
from entrepot.domains.orders import queries as orders
from entrepot.domains.parties import queries as parties
from entrepot.domains.payments import queries as payments

MOST_ORDERS = 5_000


def gather_copy(*, account_id: str, at: dt.datetime) -> dict[str, Any]:
    """Return all data of an account as JSON-able values, grouped as a person would look for them.

    Raises NotFound for a closed account.
    """
    account = identity.account(user_id=account_id)
    factors = identity.factors(user_id=account_id)
    rows = orders.orders(text=account.email, limit=MOST_ORDERS)
    return {
        "made_at": at.isoformat(),
        "account": {
            "id": account.id, "email": account.email, "name": account.name, "language": account.language,
            "opened_at": account.created_at.isoformat(), "has_password": account.has_password,
            "has_code_app": factors.code_app,
        },
        "passkeys": [_plain(key) for key in factors.passkeys],
        "sessions": [_plain(session) for session in identity.sessions(user_id=account_id, at=at)],
        "address_book": [_plain(saved) for saved in parties.saved_addresses(account_id=account_id)],
        "consents": [
            {"kind": kind, "given": given, "at": moment.isoformat()}
            for kind, given, moment in parties.consent_history(account_id=account_id)
        ],
        "contact_from_orders": parties.held_contacts(email=account.email) or {},
        "orders": [_order(row.id) for row in rows],
        "mails": _mails(f"account:{account_id}"),
        "requests": [_plain(asked) for asked in parties.privacy_requests(account_id=account_id)],
    }  # fmt: skip


def _order(order_id: str) -> dict[str, Any]:
    view = orders.order(order_id=order_id)
    told = _plain(view)
    told.pop("quote", None)
    lines = [line for consignment in view.quote.consignments for line in consignment.lines]
    return {
        **told,
        "timeline": [_plain(step) for step in view.timeline if step.for_buyer],
        "lines": [{"sku": line.sku, "title": line.title, "quantity": line.quantity, "gross_minor": line.gross_minor} for line in lines],
        "payments": [
            {"method": a.method, "state": a.state, "amount_minor": a.amount_minor, "currency": a.currency}
            for a in payments.attempts(order_id=order_id)
        ],
        "refunds": [
            {"state": r.state, "amount_minor": r.amount_minor, "currency": r.currency}
            for r in payments.refunds(order_id=order_id)
        ],
        "parcels": [{"tracking_number": p.tracking_number} for p in logistics.parcels(order_id=order_id)],
        "invoices": [
            *(invoice.number for invoice in finance.invoices_of(order_id=order_id)),
            *(invoice.number for invoice in declarations.invoices(order_id=order_id)),
        ],
        "mails": _mails(f"order:{order_id}"),
    }  # fmt: skip


def _mails(about: str) -> list[dict[str, Any]]:
    found = []
    for view in messages.messages(about=about, limit=500):
        _view, body = messages.body(message_id=view.id)
        sent = view.sent_at.isoformat() if view.sent_at else ""
        found.append({"subject": view.subject, "sent": sent, "state": view.state, "text": body.text})
    return found


def _plain(value: Any) -> dict[str, Any]:
    return msgspec.to_builtins(value)
