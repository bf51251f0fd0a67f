"""Events of tax; the aggregate is `entity:<public id>`."""

import datetime as dt

from entrepot.kernel.event import Event


class ThresholdLevelReached(Event, frozen=True, topic="tax.threshold_level_reached.v1"):
    """A threshold of registration came in sight, is near (80 per cent) or was reached; told once per measuring period.

    `crossing` is the forecast day, None once it is reached or cannot be told.
    """

    entity_id: str
    threshold: str
    level: str
    crossing: dt.date | None = None
