"""Keeps the processes of `entrepot run`: starts them, restarts one that dies, stops them all."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

GRACE_S = 12.0  # granian's own workers get 10
RESTARTS, WITHIN_S = 5, 60.0
_PR_SET_PDEATHSIG = 1


class GaveUp(RuntimeError):
    """A child dies again and again; the message names it, its log and its last words."""


class Child:
    """One process, its log, and when it was restarted."""

    def __init__(self, name: str, words: Sequence[str], log: Path) -> None:
        self.name, self.words, self.log = name, list(words), log
        self.process: subprocess.Popen[bytes] | None = None
        self.restarts: list[float] = []

    def start(self) -> None:
        """Start the process in a group of its own, so that Ctrl-C reaches the keeper only; its output goes to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )  # fmt: skip

    def keep(self) -> bool:
        """Restart the process if it died; return whether it did. Raises GaveUp when that happens too often."""
        if self.process is None or self.process.poll() is None:
            return False
        now = time.monotonic()
        self.restarts = [moment for moment in self.restarts if now - moment < WITHIN_S] + [now]
        if len(self.restarts) > RESTARTS:
            raise GaveUp(
                f"{self.name} stopped {RESTARTS} times within a minute. Its last words in {self.log}:\n{self.tail()}"
            )
        self.start()
        return True

    def signal(self, number: int) -> None:
        """Send a signal to the process and to what it started."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def tail(self, lines: int = 12) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


def stop(children: Sequence[Child]) -> None:
    """Ask all to stop, wait, and kill what did not listen."""
    for child in children:
        if child.process and child.process.poll() is None:
            child.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S
    for child in children:
        if child.process:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.signal(signal.SIGKILL)
                child.process.wait()
            child.signal(signal.SIGKILL)  # what it started and left behind


def parent_wants_out(first_parent: int) -> bool:
    """Say whether whoever started us is gone or, being `make`, was told to stop.

    A SIGINT sent to `make` alone is not passed on: make drops its handler and waits for us. That it no longer
    catches SIGINT can be read from /proc. On a terminal Ctrl-C reaches us directly.
    """
    if os.getppid() != first_parent:
        return True
    try:
        status = Path(f"/proc/{first_parent}/status").read_text()
    except OSError:
        return False
    name = re.search(r"^Name:\s+(\S+)", status, re.MULTILINE)
    if not name or name.group(1) not in ("make", "gmake"):
        return False
    # A shell that starts `make` in the background lets it ignore SIGINT from the first: that is no wish to stop.
    return not (_holds(status, "SigCgt") or _holds(status, "SigIgn"))


def _holds(status: str, mask: str) -> bool:
    """Say whether SIGINT is in a signal mask of /proc/<pid>/status; an unreadable mask holds everything."""
    found = re.search(rf"^{mask}:\s+([0-9a-f]+)", status, re.MULTILINE)
    return found is None or bool(int(found.group(1), 16) >> (signal.SIGINT - 1) & 1)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
