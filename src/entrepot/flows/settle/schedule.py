"""What settling does by the clock."""

from entrepot.flows.settle.match_bill import match_waiting
from entrepot.infra.schedule import Scheduled

SCHEDULE = (Scheduled("settle.match_waiting", 1800, match_waiting),)
