"""What pricing does by the clock."""

from entrepot.flows.price.follow_catalogue import refresh_bands, refresh_days
from entrepot.flows.price.replay_run import run_asked
from entrepot.infra.schedule import Scheduled

SCHEDULE = (
    Scheduled("price.refresh_bands", 20, refresh_bands),
    Scheduled("price.refresh_days", 30, refresh_days),
    Scheduled("price.run_asked", 5, run_asked),
)
