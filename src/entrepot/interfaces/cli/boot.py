"""Set Django and the wiring up for a command, and turn the faults a person can mend into one sentence."""

from __future__ import annotations

import django as _django
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.utils.translation import gettext

from entrepot.infra import logs, pg, wiring
from entrepot.kernel.errors import EntrepotError


def django() -> None:
    """Set up Django, logging and the wiring; without DATABASE_URL use the embedded server's address."""
    pg.use_embedded_address()
    _django.setup()
    logs.configure()
    wiring.load()


def sentence(fault: Exception) -> str | None:
    """Return what to tell a person about a fault and what to do, None when it is a fault of the program."""
    if isinstance(fault, EntrepotError):
        return gettext(fault.sentence) % fault.params if fault.params else gettext(fault.sentence)
    if isinstance(fault, ImproperlyConfigured | pg.ServerFault):
        return str(fault)
    if isinstance(fault, OperationalError):
        where = connection.settings_dict
        first = str(fault).strip().splitlines()[0]
        return (
            f"the database at {where['HOST'] or 'localhost'}:{where['PORT'] or 5432} does not answer ({first})."
            " Start it, or correct DATABASE_URL, or unset it to use the embedded server of `make run`."
        )
    return None
