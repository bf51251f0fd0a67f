"""When requests about personal data are answered."""

from entrepot.flows.comply.answer_requests import answer_requests
from entrepot.infra.schedule import Scheduled

SCHEDULE = (Scheduled("comply.answer_requests", 10, answer_requests),)
