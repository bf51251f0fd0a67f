"""The picture generator: the same for ever, well-formed, harmless."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET

import pytest

from entrepot.domains.catalogue.engine import pictures


@pytest.mark.parametrize("kind", pictures.KINDS)
def test_every_kind_is_small_plain_svg(kind):
    for palette in pictures.PALETTES:
        svg = pictures.draw(kind, palette)
        root = ET.fromstring(svg)
        names = {element.tag.partition("}")[2] for element in root.iter()}
        assert not names & {"script", "text", "image", "foreignObject", "a", "use"}
        assert len(svg) < 10_000
        assert svg == pictures.draw(kind, palette)


def test_a_picture_never_changes_by_itself():
    """The address of a picture is its hash: a change here gives every imported product a new address. Mean it."""
    seen = hashlib.sha256(pictures.draw("flask", "teal").encode()).hexdigest()
    assert seen == "f292670fd2a6e5b0e119f2dba3f13f55f58acc9550d2080610b52d0db32e2304"


def test_palettes_follow_colour_words_else_the_key():
    assert pictures.palette_for("Ocean Blue Shirt", "x") == "blue"
    assert pictures.palette_for("Shirt", "x") == pictures.palette_for("Shirt", "x") in pictures.PALETTES
    assert pictures.colour_in("Redmond") == ""


def test_unknown_kinds_and_palettes_still_draw():
    assert pictures.draw("spaceship", "nope") == pictures.draw("box", "ink")
    assert "#123456" in pictures.draw("tin", "123456-abcdef") or pictures.draw("tin", "123456-abcdef")
