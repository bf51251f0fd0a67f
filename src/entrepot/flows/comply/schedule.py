"""When requests about personal data are answered, and tax thresholds looked at."""

from entrepot.flows.comply.answer_requests import answer_requests
from entrepot.flows.comply.watch_thresholds import watch_thresholds
from entrepot.infra.schedule import Scheduled

SCHEDULE = (
    Scheduled("comply.answer_requests", 10, answer_requests),
    Scheduled("comply.watch_thresholds", 86_400, watch_thresholds),
)
