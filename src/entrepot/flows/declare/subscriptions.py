"""The events that start this process."""

from entrepot.domains.declarations.events import DatasetStored
from entrepot.domains.fulfilment.events import ShipmentDispatched
from entrepot.flows.declare.draw_papers import draw_packing_list, draw_postal_forms
from entrepot.flows.declare.issue_commercial_invoice import invoice_dataset
from entrepot.infra.events import Subscription

# The invoice alone: it draws a gapless number, whose lock must not be held while a batch's other handlers work.
SUBSCRIPTIONS = (
    Subscription("declare.invoice_dataset", DatasetStored, invoice_dataset, alone=True),
    Subscription("declare.draw_packing_list", DatasetStored, draw_packing_list),
    Subscription("declare.draw_postal_forms", ShipmentDispatched, draw_postal_forms),
)
