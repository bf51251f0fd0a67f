"""Events of checkout."""

from entrepot.kernel.event import Event


class QuotePlaced(Event, frozen=True, topic="checkout.quote_placed.v1"):
    """A frozen quote became an order."""

    quote_id: str
