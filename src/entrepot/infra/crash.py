"""Points at which a process can be made to die as if the power went, so that tests can show that nothing is lost.

`ENTREPOT_CRASH_AT=<point>` names one; production ignores it. A flow says `crash_point("sell.placed")` where it would
hurt most. Nothing is caught, flushed or rolled back by hand: the process kills itself with SIGKILL.
"""

from __future__ import annotations

import os
import signal

from django.conf import settings


def crash_point(name: str) -> None:
    """Die here and now if this is the point asked for; do nothing otherwise."""
    if name == settings.ENTREPOT_CRASH_AT:
        os.kill(os.getpid(), signal.SIGKILL)
