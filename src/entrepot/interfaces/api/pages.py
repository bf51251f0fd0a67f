"""Cursors: opaque, signed, bound to their list and its filters; the page after one stays the same while rows come and go."""

from __future__ import annotations

import base64
import hmac

import msgspec

from entrepot.infra import crypto
from entrepot.kernel.errors import N_, InvalidInput

DEFAULT, MOST = 20, 100
_SIGNED = 16


class ForeignCursor(InvalidInput):
    """A cursor that this list with these filters did not give. Params: field, value."""

    code = "FOREIGN_CURSOR"
    sentence = N_("This cursor is not one of this list with these filters. Begin again without a cursor.")


def write(of: str, last: str) -> str:
    """Return the cursor of a list (`of`: its name and filters) after the row with key `last`."""
    body = last.encode()
    return base64.urlsafe_b64encode(_sign(of, last).encode() + body).decode().rstrip("=")


def read(of: str, cursor: str | None) -> str:
    """Return the key a cursor stands behind, "" for none; raise ForeignCursor."""
    if not cursor:
        return ""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError as fault:
        raise ForeignCursor(field="cursor", value=cursor[:40], rule="") from fault
    signature, last = raw[:_SIGNED], raw[_SIGNED:]
    if not hmac.compare_digest(signature.encode(), _sign(of, last).encode()):
        raise ForeignCursor(field="cursor", value=cursor[:40], rule="")
    return last


def of(name: str, *filters: object) -> str:
    """Return what a list's cursors are bound to."""
    return msgspec.json.encode([name, *map(str, filters)]).decode()


def _sign(of: str, last: str) -> str:
    return crypto.blind_index(f"{of}\x00{last}", "api.cursor")[:_SIGNED]
