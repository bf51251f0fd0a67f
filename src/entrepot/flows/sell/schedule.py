"""What selling does by the clock."""

from entrepot.flows.sell.expire_orders import expire_orders
from entrepot.infra.schedule import Scheduled

SCHEDULE = (Scheduled("sell.expire_orders", 5, expire_orders),)
