"""The mail catcher: a small SMTP server that keeps every message and delivers none."""

from __future__ import annotations

import email
import email.policy
import json
import re
import socketserver
import sqlite3
from email.message import EmailMessage
from typing import Any

from entrepot_sandbox import clock
from entrepot_sandbox.store import Store

LARGEST = 10_000_000
_PATH = re.compile(rb"(?:FROM|TO):\s*<([^>]*)>", re.IGNORECASE)


class Session(socketserver.StreamRequestHandler):
    """One client's talk: RFC 5321 as far as a mail client needs it."""

    timeout = 120
    server: SmtpServer
    sender: str
    recipients: list[str]

    def handle(self) -> None:
        """Answer line by line until QUIT or the end of the connection."""
        self._reset()
        self._say("220 sandbox ESMTP: mail is caught here, none is delivered")
        while line := self.rfile.readline(2000):
            verb = line[:4].upper()
            if verb == b"QUIT":
                self._say("221 Bye")
                return
            if verb == b"DATA":
                self._data()
            else:
                self._say(self._answer(verb, line))

    def _answer(self, verb: bytes, line: bytes) -> str:
        match = _PATH.search(line)
        if verb == b"EHLO":
            return f"250-sandbox\r\n250-SIZE {LARGEST}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES"
        if verb in (b"HELO", b"NOOP"):
            return "250 OK"
        if verb == b"RSET":
            self._reset()
            return "250 OK"
        if verb == b"MAIL" and match:
            self._reset()
            self.sender = match.group(1).decode(errors="replace")
            return "250 OK"
        if verb == b"RCPT" and match:
            self.recipients.append(match.group(1).decode(errors="replace"))
            return "250 OK"
        return "502 5.5.1 Command not known here"

    def _data(self) -> None:
        if not self.recipients:
            self._say("503 5.5.1 RCPT first")
            return
        self._say("354 End with a line that holds only a dot")
        lines, size = [], 0
        while line := self.rfile.readline(100_000):
            if line in (b".\r\n", b".\n"):
                break
            size += len(line)
            if size <= LARGEST:
                lines.append(line[1:] if line.startswith(b"..") else line)
        if size > LARGEST:
            self._say("552 5.3.4 Too large")
        else:
            number = self.server.keep(self.sender, self.recipients, b"".join(lines))
            self._say(f"250 2.0.0 Caught as {number}")
        self._reset()

    def _reset(self) -> None:
        self.sender, self.recipients = "", []

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class SmtpServer(socketserver.ThreadingTCPServer):
    """A thread per connection."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], store: Store) -> None:
        self.store = store
        super().__init__(address, Session)

    def keep(self, sender: str, recipients: list[str], raw: bytes) -> int:
        """Keep a message and return its number."""
        message = parse(raw)
        with self.store.write() as db:
            done = db.execute(
                "INSERT INTO mail (at, sender, recipients, subject, message_id, raw) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    clock.stamp(),
                    sender,
                    json.dumps(recipients),
                    str(message["subject"] or "").strip(),  # a long one begins on its second line
                    str(message["message-id"] or ""),
                    raw,
                ),
            )
        return done.lastrowid or 0


def parse(raw: bytes) -> EmailMessage:
    """Return a raw message as an object."""
    return email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[return-value]


def bodies(raw: bytes) -> dict[str, str]:
    """Return the text and the HTML of a message, "" for what it lacks."""
    message = parse(raw)
    found = {}
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        found["text" if kind == "plain" else kind] = part.get_content() if part is not None else ""
    return found


def as_json(row: sqlite3.Row, *, whole: bool = True) -> dict[str, Any]:
    """Return a caught mail as plain values; `whole` adds its bodies."""
    head = {
        "id": row["id"],
        "at": row["at"],
        "from": row["sender"],
        "to": json.loads(row["recipients"]),
        "subject": row["subject"],
        "message_id": row["message_id"],
    }
    return {**head, **bodies(row["raw"])} if whole else head
