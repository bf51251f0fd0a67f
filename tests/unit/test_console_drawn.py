"""Forms drawn from signatures: every type, what is typed wrong, what cannot be drawn."""

import datetime as dt
import enum
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.interfaces.console.drawn import fields as drawing
from entrepot.interfaces.console.drawn.columns import columns_of
from entrepot.interfaces.console.drawn.fields import Note, Undrawable, fields_of, read
from entrepot.interfaces.console.drawn.pages import PAGES


class Speed(enum.Enum):
    SLOW = "slow"
    FAST = "fast"


def write(
    *,
    actor: str,
    name: str,
    grams: int,
    rate_ppm: int,
    price: int,
    currency: str,
    factor: Decimal,
    day: dt.date,
    grade: Literal["a", "b"],
    speed: Speed,
    places: Sequence[str],
    tags: Sequence[str],
    until: dt.date | None = None,
    on: bool = False,
) -> None:
    """Take one of everything."""


NOTES = {
    "name": Note("Name", length=5),
    "grams": Note("Grams", least=1, most=100),
    "rate_ppm": Note("Rate", kind="percent"),
    "price": Note("Price", kind="money"),
    "currency": Note("Currency"),
    "factor": Note("Factor"),
    "day": Note("Day"),
    "grade": Note("Grade"),
    "speed": Note("Speed"),
    "places": Note("Places"),
    "tags": Note("Tags", choices=lambda: (("x", "X"), ("y", "Y"))),
    "until": Note("Until"),
    "on": Note("On"),
}
GOOD = {
    "name": " Tea ", "grams": "20", "rate_ppm": "8.1", "price": "12.50", "currency": "EUR", "factor": "0.25",
    "day": "2026-11-25", "grade": "b", "speed": "fast", "places": ["one", " ", "two"], "tags": ["y"], "until": "", "on": "1",
}  # fmt: skip


def test_each_type_has_its_field_and_what_is_typed_becomes_a_value():
    fields = fields_of(write, NOTES)
    kinds = {f.name: f.kind for f in fields}
    assert kinds == {
        "name": "text", "grams": "whole", "rate_ppm": "percent", "price": "money", "currency": "text",
        "factor": "number", "day": "date", "grade": "choice", "speed": "choice", "places": "words", "tags": "many",
        "until": "date", "on": "switch",
    }  # fmt: skip
    assert {f.name for f in fields if not f.required} == {"until", "on"}
    values, faults = read(fields, GOOD)
    assert faults == {}
    assert values == {
        "name": "Tea", "grams": 20, "rate_ppm": 81_000, "price": 1250, "currency": "EUR", "factor": Decimal("0.25"),
        "day": dt.date(2026, 11, 25), "grade": "b", "speed": "fast", "places": ["one", "two"], "tags": ["y"],
        "until": None, "on": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "typed", "fault"),
    [
        ("name", "", drawing.NEEDED), ("name", "Jasmine", drawing.TOO_LONG), ("grams", "0", drawing.TOO_SMALL),
        ("grams", "101", drawing.TOO_LARGE), ("grams", "1.5", drawing.NO_WHOLE), ("grams", "many", drawing.NO_NUMBER),
        ("grams", "NaN", drawing.NO_NUMBER), ("price", "1.005", drawing.TOO_FINE), ("day", "25.11.2026", drawing.NO_DATE),
        ("grade", "c", drawing.NO_CHOICE), ("speed", "", drawing.NEEDED), ("tags", ["z"], drawing.NO_CHOICE),
        ("places", [" "], drawing.NEEDED), ("factor", "1e40", drawing.TOO_LARGE),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_of_its_field_alone(name, typed, fault):
    values, faults = read(fields_of(write, NOTES), {**GOOD, name: typed})
    assert faults == {name: fault} and name not in values


def test_money_has_the_decimals_of_its_currency():
    fields = fields_of(write, NOTES)
    assert read(fields, {**GOOD, "currency": "JPY", "price": "1250"})[0]["price"] == 1250
    assert read(fields, {**GOOD, "currency": "JPY", "price": "12.5"})[1] == {"price": drawing.TOO_FINE}


def test_what_cannot_be_drawn_refuses():
    with pytest.raises(Undrawable, match="no argument colour"):
        fields_of(write, {**NOTES, "colour": Note("Colour")})
    with pytest.raises(Undrawable, match="name must be asked"):
        fields_of(write, {k: v for k, v in NOTES.items() if k != "name"})

    def odd(*, actor: str, shape: dict[int, int]) -> None:
        """Take what no form can ask."""

    with pytest.raises(Undrawable, match="no field is known"):
        fields_of(odd, {"shape": Note("Shape")})


@given(st.integers(min_value=-(10**9), max_value=10**9), st.sampled_from(["percent", "money"]))
def test_what_is_written_into_a_field_reads_back_the_same(number, kind):
    field = drawing.Field("n", Note("N"), kind, True, False, None)
    typed = {"n": drawing.written(kind, number, "EUR"), "currency": "EUR"}
    assert read([field], typed) == ({"n": number}, {})


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_every_declared_page_can_be_drawn_and_names_a_permission(page):
    assert columns_of(page.read, page.labels)
    for w in page.writes:
        assert w.fields() and "." in w.permission
    assert not page.change or page.change in {w.slug for w in page.writes}
    with pytest.raises(TypeError, match="have no colour"):
        columns_of(page.read, {"colour": "Colour"})
