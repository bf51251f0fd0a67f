"""What this process does by the clock."""

from entrepot.flows.fulfil.ship_shipment import finish_bookings
from entrepot.infra.schedule import Scheduled

SCHEDULE = (Scheduled("fulfil.finish_bookings", 15, finish_bookings),)
