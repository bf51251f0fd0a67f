"""The events that start this process."""

from entrepot.domains.declarations.events import DatasetStored
from entrepot.flows.declare.issue_commercial_invoice import invoice_dataset
from entrepot.infra.events import Subscription

SUBSCRIPTIONS = (Subscription("declare.invoice_dataset", DatasetStored, invoice_dataset),)
