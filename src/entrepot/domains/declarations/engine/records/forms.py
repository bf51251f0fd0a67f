"""The forms of record sets as data, and which of them a parcel needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec

from entrepot.domains.declarations.types import DatasetGoods


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field of a form.

    `id` and `name` are the authority's. It is filled by `fact` (engine/records/facts.py), turned by `map` where the authority
    has codes of its own, cut to `cut` signs, or by `fixed`. `each`: once per article. `by`: "" we; label: known once the parcel
    is booked; declarant: left to whoever lodges the declaration. `required_where`: required where facts have these values. `most` is the greatest length, `form` a pattern of the whole.
    """

    id: str
    name: str
    fact: str = ""
    fixed: str = ""
    map: dict[str, str] = {}
    cut: int = 0
    each: bool = False
    required: bool = True
    required_where: dict[str, str] = {}
    by: str = ""
    most: int = 0
    form: str = ""
    codes: tuple[str, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value of goods in minor units of a currency."""

    currency: str
    minor: int


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a form is needed; empty: always. `destinations` are countries or customs territories.

    Of a goods value that nobody can tell, `up_to` does not hold and `above` does: the fuller form is never wrong.
    """

    destinations: tuple[str, ...] = ()
    dispatch: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    export_modes: tuple[str, ...] = ()
    up_to: Limit | None = None
    above: Limit | None = None


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record set's form: one file of refdata/record_sets. `titles`: the title in
    languages of the console. `gates`: no label while a required field of it is open."""

    kind: str
    version: str
    title: str
    when: When
    fields: tuple[Field, ...]
    source: str
    confidence: str
    titles: dict[str, str] = {}
    gates: bool = False
    note: str = ""
    start: dt.date | None = None
    end: dt.date | None = None


def needed(
    goods: DatasetGoods, forms: Iterable[Form], territories: Mapping[str, str], *, on: dt.date
) -> tuple[Form, ...]:
    """Return the forms of a parcel on a day, in the order of the forms; none where no border is crossed."""
    if not goods.crosses_border:
        return ()
    return tuple(form for form in forms if in_force(form.start, form.end, on) and _holds(form.when, goods, territories))


def in_force(start: dt.date | None, end: dt.date | None, on: dt.date) -> bool:
    """Say whether a day lies in a half-open period."""
    return (not start or on >= start) and (not end or on < end)


def _holds(when: When, goods: DatasetGoods, territories: Mapping[str, str]) -> bool:
    places = {goods.destination_country, territories.get(goods.destination_country, goods.destination_country)}
    return (
        (not when.destinations or not places.isdisjoint(when.destinations))
        and (not when.dispatch or goods.dispatch_country in when.dispatch)
        and (not when.carriers or goods.carrier_kind in when.carriers)
        and (not when.export_modes or goods.export_mode in when.export_modes)
        and (when.up_to is None or goods.values_in.get(when.up_to.currency, when.up_to.minor + 1) <= when.up_to.minor)
        and (when.above is None or goods.values_in.get(when.above.currency, when.above.minor + 1) > when.above.minor)
    )
