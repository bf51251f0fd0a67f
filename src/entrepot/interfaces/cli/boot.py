"""Set Django and the wiring up for a command, and turn the faults a person can mend into one sentence."""

from __future__ import annotations

import atexit
import contextlib

import django as _django
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError, connection
from django.utils.translation import gettext
from psycopg.errors import UndefinedColumn, UndefinedTable

from entrepot.infra import logs, pg, wiring
from entrepot.kernel.errors import EntrepotError


def django(*, database: bool = True) -> None:
    """Set up Django, logging and the wiring. Without DATABASE_URL the embedded server is used, and started if need be."""
    pg.use_embedded_address()
    if database and pg.uses_embedded():
        server = contextlib.ExitStack()
        server.enter_context(pg.server().in_use())
        atexit.register(server.close)
    _django.setup()
    logs.configure()
    wiring.load()


def sentence(fault: Exception) -> str | None:
    """Return what to tell a person about a fault and what to do, None when it is a fault of the program."""
    if isinstance(fault, EntrepotError):
        return gettext(fault.sentence) % fault.params if fault.params else gettext(fault.sentence)
    if isinstance(fault, ImproperlyConfigured | pg.ServerFault):
        return str(fault)
    if isinstance(fault, ProgrammingError) and isinstance(fault.__cause__, UndefinedTable | UndefinedColumn):
        return "the database is not of this version yet: run `entrepot migrate`, then try again."
    if isinstance(fault, OperationalError):
        where = connection.settings_dict
        first = str(fault).strip().splitlines()[0]
        return (
            f"the database at {where['HOST'] or 'localhost'}:{where['PORT'] or 5432} does not answer ({first})."
            " Start it, or correct DATABASE_URL, or unset it to use the embedded server of `make run`."
        )
    return None
