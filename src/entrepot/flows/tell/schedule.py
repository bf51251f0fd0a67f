"""When mails and webhooks go out, and when counted log-in failures are forgotten."""

import datetime as dt

from entrepot.domains.identity import services as identity
from entrepot.flows.tell.send_messages import send_due_messages
from entrepot.flows.tell.send_webhooks import send_due_webhooks
from entrepot.flows.tell.tell_buyer import remind_unpaid
from entrepot.infra import db
from entrepot.infra.schedule import Scheduled
from entrepot.kernel.actor import SYSTEM

FORGET_AFTER = dt.timedelta(days=1)


def forget_login_failures(at: dt.datetime) -> int:
    """Delete log-in failures older than a day."""
    with db.transaction():
        return identity.forget_failures(actor=SYSTEM, before=at - FORGET_AFTER)


SCHEDULE = (
    Scheduled("tell.send_due_messages", 2, send_due_messages),
    Scheduled("tell.remind_unpaid", 30, remind_unpaid),
    Scheduled("tell.send_due_webhooks", 2, send_due_webhooks),
    Scheduled("tell.forget_login_failures", 3600, forget_login_failures),
)
