"""The parts of a name an order is found by."""

from hypothesis import given
from hypothesis import strategies as st

from entrepot.domains.orders.engine.names import MOST, asked_parts, name_parts


def test_words_are_folded_and_a_name_is_found_written_together_too():
    assert name_parts("  Ünal, GRETA ") == ("unal", "greta", "unalgreta")
    assert asked_parts("Greta Ünal") == (("greta", "unal"), "gretaunal")


def test_a_family_name_is_found_in_a_name_without_a_space():
    assert {"佐", "佐藤", "佐藤花", "佐藤花子"} <= set(name_parts("佐藤花子"))
    assert set(asked_parts("佐藤")[0]) <= set(name_parts("佐藤 花子"))
    assert asked_parts("佐藤 花子")[1] in name_parts("佐藤花子")


@given(st.text(max_size=200))
def test_any_name_gives_few_parts_and_is_found_by_its_first_words(name):
    parts = name_parts(name)
    assert len(parts) <= MOST and all(parts)
    words = asked_parts(name)[0]
    assert set(words[:MOST]) <= set(parts)
