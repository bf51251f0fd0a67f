"""Fill a form from a dataset, and name every field that breaks its rule."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from entrepot.domains.declarations.engine.records import facts
from entrepot.domains.declarations.engine.records.forms import Field, Form, in_force
from entrepot.domains.declarations.engine.required import WHERE_TO_MEND, Wording, is_vague
from entrepot.domains.declarations.types import (
    DatasetGoods,
    Parties,
    RecordExtras,
    RecordProblem,
    RecordSet,
    RecordValue,
)
from entrepot.kernel.errors import N_

PROBLEMS = {
    "missing": N_("missing"),
    "long": N_("longer than the field"),
    "code": N_("no code of the list"),
    "form": N_("not in the form that is asked for"),
    "vague": N_("too vague for customs"),
    "sum": N_("not the sum of its articles"),
}
"""How a field can break its rule."""

_WHERE = (
    ("seller_", N_("Console → Settings → Company")),
    ("dispatch_", N_("Console → Warehouses")),
    ("scheme_", N_("Console → Settings → Company")),
    ("importer_", N_("the order's page")),
    ("consignee_", N_("the order's page")),
    ("incoterm", N_("Console → Lanes and rate cards")),
    ("mode", N_("Console → Lanes and rate cards")),
)


def where_to_mend(problem: RecordProblem) -> str:
    """Return where a person mends a field, as a message id: by what of ours fills it."""
    return next((where for start, where in _WHERE if problem.fact.startswith(start)), WHERE_TO_MEND)


_SUMS = {"item_value": "goods_value", "item_net_mass": "net_mass", "item_gross_mass": "gross_mass"}


def fill(
    form: Form,
    goods: DatasetGoods,
    parties: Parties,
    extras: RecordExtras,
    wording: Wording,
    *,
    on: dt.date,
    dataset_id: str = "",
    dataset_version: int = 0,
) -> RecordSet:
    """Return the record set of a parcel by a form, with every field in force on a day and what is wrong with it."""
    top, articles = facts.head(goods, parties, extras), facts.items(goods)
    fields = [field for field in form.fields if in_force(field.start, field.end, on)]
    found = [
        *_checked(form.kind, [field for field in fields if not field.each], top, wording, item=0),
        *(
            problem
            for number, article in enumerate(articles, 1)
            for problem in _checked(form.kind, [f for f in fields if f.each], top | article, wording, item=number)
        ),
        *_sums(form.kind, fields, top, articles),
    ]
    return RecordSet(
        kind=form.kind,
        version=form.version,
        title=form.title,
        dataset_id=dataset_id,
        dataset_version=dataset_version,
        gates=form.gates,
        source=form.source,
        confidence=form.confidence,
        note=form.note,
        head=tuple(_told(field, top) for field in fields if not field.each),
        items=tuple(tuple(_told(field, top | article) for field in fields if field.each) for article in articles),
        problems=tuple(found),
        titles=form.titles,
    )


def value_of(field: Field, known: Mapping[str, str]) -> str:
    """Return what stands in a field: fixed, or its fact turned into the authority's code and cut."""
    if field.fixed:
        return field.fixed
    told = known.get(field.fact, "")
    if field.map:
        told = field.map.get(told, field.map.get("*", ""))
    return told[: field.cut] if field.cut else told


def _told(field: Field, known: Mapping[str, str]) -> RecordValue:
    return RecordValue(field.id, field.name, value_of(field, known), field.by, field.fact in facts.SECRET)


def _checked(
    kind: str, fields: Iterable[Field], known: Mapping[str, str], wording: Wording, *, item: int
) -> list[RecordProblem]:
    sku = known.get("sku", "") if item else ""
    return [
        RecordProblem(kind, field.id, field.name, trouble, field.fact, item, sku)
        for field in fields
        if (trouble := _trouble(field, value_of(field, known), known, wording))
    ]


def _trouble(field: Field, value: str, known: Mapping[str, str], wording: Wording) -> str:
    if not value:
        asked = all(known.get(fact) == told for fact, told in field.required_where.items())
        return "missing" if field.required and asked and not field.by else ""
    if field.most and len(value) > field.most:
        return "long"
    if field.codes and value not in field.codes:
        return "code"
    if field.form and not re.fullmatch(field.form, value):
        return "form"
    if field.fact == "description" and is_vague(value, wording):
        return "vague"
    return ""


def _sums(
    kind: str, fields: Iterable[Field], top: Mapping[str, str], articles: tuple[facts.Facts, ...]
) -> list[RecordProblem]:
    """Where a form tells articles and their sum, they agree: a difference is a fault of ours, never the authority's to find."""
    named = {field.fact: field for field in fields}
    found = []
    for part, whole in _SUMS.items():
        field = named.get(whole)
        if (
            field is not None
            and part in named
            and sum(Decimal(article[part]) for article in articles) != Decimal(top[whole])
        ):
            found.append(RecordProblem(kind, field.id, field.name, "sum", whole))
    return found
