"""Tell somebody that a way into their account has changed, so that a thief does not stay unseen."""

from __future__ import annotations

import datetime as dt

from entrepot.flows.welcome import letters
from entrepot.infra import db


def tell_change(
    *, to: str, name: str, language: str, path: str, user_id: str, change: str, at: dt.datetime, thing: str = "-"
) -> None:
    """Queue the mail. `change` is a flag of the mail `account_changed`: passkey_added, password_changed, …; `thing` its name."""
    with db.transaction():
        letters.write(
            "account_changed", to=to, name=name, language=language, path=path, about=user_id,
            once=f"{change}:{at.isoformat()}:{thing}", thing=thing, **{change: True},
        )  # fmt: skip
