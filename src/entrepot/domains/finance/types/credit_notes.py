"""Frozen nouns of credit notes."""

from __future__ import annotations

import datetime as dt

import msgspec


class CreditNoteView(msgspec.Struct, frozen=True):
    """An issued credit note; amounts in minor units, above zero."""

    number: str
    order_id: str
    change_id: str
    currency: str
    amount_minor: int
    tax_minor: int
    document_id: str
    issued_at: dt.datetime
