"""A person decides on a lane's reserve: kept with its figures, and for carriage the rate card asks more from that day on."""

from __future__ import annotations

import datetime as dt

from entrepot.domains.finance import queries as finance_queries
from entrepot.domains.finance import services as finance
from entrepot.domains.finance.types import Lane, RiskGroup
from entrepot.domains.logistics import services as logistics
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import N_, InvalidInput, NotFound


def decide_reserve(
    *, actor: Actor, entity_id: str, lane: Lane, group: RiskGroup, ppm: int, from_date: dt.date, today: dt.date
) -> str:
    """Record that a lane asks `ppm` more from a day after today, and return the decision's id.

    For carriage the lane's rate card is succeeded by one with all steps raised. For the border it is kept as a decision alone:
    duty and tax are law, and are not marked up.

    Raises NotFound (nothing is proposed for the lane, or it has no rate card), InvalidInput (the day or the share cannot be).
    """
    if from_date <= today:
        raise InvalidInput(
            field="from_date", value=from_date, rule=N_("A reserve begins after today; quotes of today stand.")
        )
    found = finance_queries.reserve_proposals(entity_id=entity_id)
    proposal = next((one for one in found if one.lane == lane and one.group == group), None)
    if proposal is None:
        raise NotFound(kind="reserve", key=f"{lane.dispatch} {lane.destination} {lane.service}"[:60])
    with db.transaction():
        decision = finance.decide_reserve(
            actor=actor, entity_id=entity_id, proposal=proposal, ppm=ppm, from_date=from_date
        )
        if group == "carriage":
            logistics.raise_rates(
                actor=SYSTEM, origin=lane.dispatch, destination=lane.destination, service=lane.service, ppm=ppm,
                from_date=from_date, source=f"risk reserve {decision}, {ppm} ppm",
            )  # fmt: skip
    return decision
