"""Send what is due over SMTP, in batches, outside any transaction: at least once, always with the same Message-ID."""

from __future__ import annotations

import datetime as dt
import re
import smtplib
from email.utils import formataddr

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from entrepot.domains.messages import services as messages
from entrepot.domains.messages.types import DueMessage
from entrepot.infra import db
from entrepot.infra.crash import crash_point
from entrepot.kernel.actor import SYSTEM

_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")
BATCH = 20
MOST_BATCHES = 25
TIMEOUT_S = 10


def send_due_messages(at: dt.datetime) -> int:
    """Send mails that are due and return how many went out.

    A batch is taken (committed), sent over one connection, then marked. Who dies in between leaves the batch to the end
    of its lease; it is then sent again with the same Message-ID. A mail that fails gets a later turn; after eight tries
    it waits for an operator.
    """
    sent = 0
    for _ in range(MOST_BATCHES):
        with db.transaction():
            due = messages.take_due(actor=SYSTEM, at=at, limit=BATCH)
        if not due:
            break
        done, failures = _send(due)
        crash_point("tell.sent")
        with db.transaction():
            if done:
                messages.mark_sent(actor=SYSTEM, message_ids=done, at=at)
            if failures:
                messages.mark_failed(actor=SYSTEM, failures=failures, at=at)
        sent += len(done)
        if failures and not done:
            break  # the server does not answer: no use in trying the rest now
    return sent


def _send(due: tuple[DueMessage, ...]) -> tuple[list[str], dict[str, tuple[int, str]]]:
    done: list[str] = []
    failures: dict[str, tuple[int, str]] = {}
    connection = get_connection(fail_silently=False, timeout=TIMEOUT_S)
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as fault:
        return [], {mail.id: (mail.attempts, _reason(fault)) for mail in due}
    try:
        for mail in due:
            try:
                _compose(mail, connection).send()
                done.append(mail.id)
            except (OSError, smtplib.SMTPException, ValueError) as fault:
                failures[mail.id] = (mail.attempts, _reason(fault))
    finally:
        connection.close()
    return done, failures


def _compose(mail: DueMessage, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    letter = EmailMultiAlternatives(
        subject=mail.body.subject,
        body=mail.body.text,
        to=[formataddr((" ".join(mail.name.split()), mail.recipient))],
        headers={
            "Message-ID": mail.message_id,
            "Content-Language": mail.language,
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    )
    letter.attach_alternative(mail.body.html, "text/html")
    return letter


def _reason(fault: Exception) -> str:
    """What the mail server said, without the addresses it repeats: the reason is stored in the clear."""
    return _ADDRESS.sub("…", f"{type(fault).__name__}: {fault}")[:300]
