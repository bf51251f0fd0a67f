"""The islands' words: what web/src says, the page hands over, from the one message catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from entrepot.interfaces.storefront import islands
from entrepot.interfaces.storefront.checkout_state import fault_titles
from entrepot.interfaces.storefront.islands import _as_vue

SOURCES = Path(__file__).parents[2] / "web" / "src"
SAID = re.compile(r"""\bt\((["'])(.+?)\1""")
FOLDERS = {"cart": ("cart", "parts/CascadeBox.vue"), "checkout": ("checkout", "parts")}


def said(island: str) -> set[str]:
    found = set()
    for place in FOLDERS[island]:
        path = SOURCES / place
        for file in sorted(path.rglob("*.vue")) if path.is_dir() else [path]:
            found |= {match[2] for match in SAID.finditer(file.read_text(encoding="utf-8"))}
    return found


@pytest.mark.parametrize("island", sorted(FOLDERS))
def test_every_word_an_island_says_is_handed_to_it_and_no_other(island: str) -> None:
    assert said(island) == set(islands.WORDS[island])


def test_words_are_those_of_the_page() -> None:
    with translation.override("de"):
        told = islands.words("checkout")
        assert told["Payment"] == translation.gettext("Payment") != "Payment"
        assert len(fault_titles()) == 12


def test_signs_that_mean_something_to_vue_i18n_are_quoted() -> None:
    assert _as_vue("Quantity of %(title)s") == "Quantity of {title}"
    assert _as_vue("a@b | {c}") == "a{'@'}b {'|'} {'{'}c{'}'}"
