"""What paying does by the clock."""

from entrepot.flows.pay.execute_refund import execute_due_refunds
from entrepot.flows.pay.settle_attempts import expire_attempts, settle_started_attempts
from entrepot.infra.schedule import Scheduled

SCHEDULE = (
    Scheduled("pay.settle_started_attempts", 10, settle_started_attempts),
    Scheduled("pay.expire_attempts", 10, expire_attempts),
    Scheduled("pay.execute_due_refunds", 2, execute_due_refunds),
)
