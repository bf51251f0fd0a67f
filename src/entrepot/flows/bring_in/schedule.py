"""What bringing in does by the clock."""

from entrepot.flows.bring_in.import_sent_files import import_sent_files
from entrepot.infra.schedule import Scheduled

SCHEDULE = (Scheduled("bring_in.import_sent_files", 2, import_sent_files),)
