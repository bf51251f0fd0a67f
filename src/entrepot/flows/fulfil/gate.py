"""What stops a label: an open customs field, a record of the destination that would be refused, another incoterm than was sold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from entrepot.domains.declarations import queries as declarations
from entrepot.domains.declarations.engine import required
from entrepot.domains.declarations.engine.records import check, forms
from entrepot.domains.declarations.errors import (
    CustomsDataMissing,
    IncotermChanged,
    ReceiverIdMissing,
    RecordIncomplete,
)
from entrepot.domains.declarations.types import DatasetGoods, GoodsData, Parties, Problem, RecordExtras
from entrepot.domains.logistics import queries as logistics


def refuse_gaps(
    order_id: str, goods: DatasetGoods, data: Mapping[str, GoodsData], parties: Parties, *, on: dt.date
) -> None:
    """Raise for the first field that customs miss of a parcel across a border: CustomsDataMissing, ReceiverIdMissing."""
    lane = required.Lane(goods.dispatch_country, goods.destination_country, goods.carrier_kind)
    rules = required.in_force(declarations.field_rules(), lane, on=on)
    refuse_incomplete(required.problems(data.values(), rules, declarations.wording()))
    if required.needs_receiver(rules) and not parties.consignee.tax_ids:
        asked = declarations.receiver_rules(on=on).get(goods.destination_country)
        raise ReceiverIdMissing(order_id=order_id, name=asked.name if asked else "", where=required.WHERE_RECEIVER)


def refuse_incomplete(problems: tuple[Problem, ...]) -> None:
    """Raise CustomsDataMissing for the first problem, with the number of them all."""
    for problem in problems:
        raise CustomsDataMissing(
            sku=problem.sku,
            field=required.FIELDS[problem.field],
            problem=required.PROBLEMS[problem.problem],
            where=required.WHERE_TO_MEND,
            count=len(problems),
        )


def refuse_open_records(order_id: str, goods: DatasetGoods, parties: Parties, *, on: dt.date) -> None:
    """Raise RecordIncomplete for the first field that breaks its rule in a record set that gates the label."""
    needed = forms.needed(goods, declarations.record_forms(), declarations.territories(), on=on)
    for form in needed:
        if not form.gates:
            continue
        told = check.fill(form, goods, parties, RecordExtras(), declarations.wording(), on=on)
        for problem in told.problems:
            raise RecordIncomplete(
                order_id=order_id,
                record=told.title,
                field=f"{problem.field} {problem.name}",
                problem=check.PROBLEMS[problem.problem],
                where=check.where_to_mend(problem),
                sku=problem.sku,
                fact=problem.fact,
                count=len(told.problems),
            )


def refuse_other_incoterm(goods: DatasetGoods, service: str, *, on: dt.date) -> None:
    """Raise IncotermChanged when a service ships under another incoterm today than the parcel was sold under.

    A service that left the lane is booked under the terms sold.
    """
    for lane in logistics.lane_rates(destination=goods.destination_country, on=on):
        if (
            lane.service == service
            and lane.origin_country == goods.dispatch_country
            and lane.incoterm != goods.incoterm
        ):
            raise IncotermChanged(
                key=goods.order_number, sold=goods.incoterm, shipped=lane.incoterm, service=lane.name, count=1
            )
