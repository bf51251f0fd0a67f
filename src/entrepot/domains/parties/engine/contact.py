"""Rules of contact data: an e-mail address that can be written to, a name, a phone number."""

from __future__ import annotations

import re

from entrepot.kernel.errors import N_

_EMAIL = re.compile(r"[^@\s<>\"'(),:;\\\[\]]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
_PHONE = re.compile(r"\+?[0-9 ()./-]{5,30}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def contact_faults(*, email: str, name: str, phone: str = "") -> tuple[tuple[str, str, str], ...]:
    """Return (field, the value cut short, rule as a message id) for each datum that cannot be used; () when all can."""
    faults = []
    if len(email) > 254 or not email.isascii() or not _EMAIL.fullmatch(email.strip()):
        faults.append(("email", email[:60], N_("An e-mail address looks like name@example.com.")))
    if not name.strip() or len(name) > 120 or _CONTROL.search(name):
        faults.append(("name", name[:60], N_("A name has 1 to 120 characters.")))
    if phone.strip() and not _PHONE.fullmatch(phone.strip()):
        faults.append(("phone", phone[:60], N_("A phone number has digits, with + and the country in front.")))
    return tuple(faults)
