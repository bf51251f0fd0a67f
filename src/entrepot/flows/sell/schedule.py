"""What selling does by the clock."""

from entrepot.flows.sell.expire_orders import expire_orders
from entrepot.flows.sell.forget_abandoned import forget_abandoned
from entrepot.flows.sell.index_names import index_names
from entrepot.infra.schedule import Scheduled

SCHEDULE = (
    Scheduled("sell.expire_orders", 5, expire_orders),
    Scheduled("sell.index_names", 60, index_names),
    Scheduled("sell.forget_abandoned", 86_400, forget_abandoned),
)
