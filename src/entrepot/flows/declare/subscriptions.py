"""The events that start this process."""

from entrepot.domains.declarations.events import DatasetStored
from entrepot.flows.declare.issue_commercial_invoice import invoice_dataset
from entrepot.infra.events import Subscription

# Alone: it draws a gapless number, whose lock must not be held while a batch's other handlers work.
SUBSCRIPTIONS = (Subscription("declare.invoice_dataset", DatasetStored, invoice_dataset, alone=True),)
