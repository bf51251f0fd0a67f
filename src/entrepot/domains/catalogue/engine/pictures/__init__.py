"""The project's own picture generator: `draw(kind, palette)` gives an SVG, the same for the same arguments, for ever.

A kind is a function with two colours; placing one in `KINDS` makes it known to shelves and files. A palette is a name
of `PALETTES` or two colours written as `rrggbb-rrggbb`.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

from entrepot.domains.catalogue.engine.pictures import (
    clothes,
    devices,
    house,
    jewels,
    kitchen,
    office,
    room,
    study,
    supplies,
    table,
    wear,
    workshop,
)
from entrepot.domains.catalogue.engine.pictures.canvas import Pic

KINDS: dict[str, Callable[[str, str], Pic]] = {
    function.__name__: function
    for function in (
        table.dripper, table.flask, table.teapot, table.tin, table.vase, table.pot, table.candle, table.appliance,
        room.lamp, room.chair, room.train, room.serum, room.cushion, room.shaver, room.box,
        wear.backpack, wear.sneaker, wear.watch, wear.overshirt, wear.jumper,
        jewels.bracelet, jewels.necklace, jewels.earring, jewels.ring,
        devices.headphones, devices.speaker, devices.camera,
        office.laptop, office.tower, office.monitor, office.printer, office.keyboard, office.gadget,
        supplies.cartridge, supplies.paper, supplies.cable, supplies.router, supplies.power, supplies.battery,
        supplies.bulb, supplies.chip, supplies.memory, supplies.rack,
        kitchen.bowl, kitchen.mug, kitchen.plate, kitchen.knife, kitchen.board, kitchen.wok, kitchen.kettle,
        kitchen.pouch, kitchen.teacake, kitchen.noodles,
        house.towel, house.blanket, house.bedding, house.clock, house.basket, house.stool, house.lantern,
        house.planter, house.soap, house.razor,
        study.book, study.notebook, study.pen, study.blocks, study.puzzle, study.kite, study.plush, study.goban,
        study.ukulele,
        clothes.tee, clothes.dungarees, clothes.raincoat, clothes.dress, clothes.trousers, clothes.scarf,
        clothes.beanie, clothes.socks, clothes.belt, clothes.wallet, clothes.tote, clothes.suitcase, clothes.pearls,
        clothes.umbrella,
        workshop.screwdriver, workshop.drill, workshop.saw, workshop.secateurs, workshop.wateringcan,
        workshop.powerbank, workshop.projector, workshop.earbuds, workshop.tent, workshop.mat,
    )
}  # fmt: skip
FALLBACK = "box"
# name → (main colour, second colour)
PALETTES = {
    "ink": ("#31424b", "#c98d5e"), "teal": ("#1e6b70", "#e9dfc9"), "sand": ("#d8c7a3", "#39464c"),
    "clay": ("#b5654a", "#e6d3bd"), "moss": ("#5d7350", "#a8693c"), "blue": ("#3f6690", "#e9dfc9"),
    "red": ("#b8402f", "#f2ede2"), "cream": ("#f2ede2", "#b98552"), "steel": ("#9aa5ab", "#d8431c"),
    "rose": ("#d29a94", "#7a4a44"), "plum": ("#6d4a6b", "#e0c8a8"), "amber": ("#d99a2b", "#39464c"),
    "green": ("#2f6b4a", "#c79b43"), "brown": ("#7a4a30", "#d8c7a3"), "gold": ("#cfa64a", "#1e6b70"),
    "cyan": ("#3f4a50", "#18a5c4"), "magenta": ("#3f4a50", "#c2317f"), "yellow": ("#e0b93a", "#3f4a50"),
    "orange": ("#e0762d", "#39464c"), "purple": ("#70559c", "#e6d3bd"), "beige": ("#cdb894", "#6d5a40"),
}  # fmt: skip
# Where a palette means something else for a kind: a black cartridge holds black, a pot holds green leaves.
_OWN = {
    ("cartridge", "ink"): ("#4a565c", "#1d252a"), ("cartridge", "cream"): ("#e4e1d8", "#31424b"),
    ("bulb", "ink"): ("#f2c464", "#39464c"), ("bulb", "teal"): ("#f2c464", "#1e6b70"), ("bulb", "blue"): ("#f2c464", "#3f6690"),
    ("bulb", "moss"): ("#f2c464", "#5d7350"), ("bulb", "steel"): ("#f4dca0", "#9aa5ab"), ("bulb", "plum"): ("#f2c464", "#6d4a6b"),
    ("bulb", "clay"): ("#f2c464", "#b5654a"),
}  # fmt: skip
_LEAF = "#4f7a48"
# A colour word in a title or option → palette.
_WORDS = {
    "black": "ink", "dark": "ink", "charcoal": "ink", "white": "cream", "ivory": "cream", "cream": "cream",
    "grey": "steel", "gray": "steel", "silver": "steel", "metallic": "steel", "steel": "steel", "navy": "blue",
    "blue": "blue", "ocean": "blue", "aqua": "teal", "teal": "teal", "turquoise": "teal", "green": "green",
    "olive": "moss", "red": "red", "pink": "rose", "rose": "rose", "magenta": "magenta", "cyan": "cyan",
    "yellow": "yellow", "gold": "gold", "golden": "gold", "brass": "gold", "copper": "clay", "clay": "clay",
    "terracotta": "clay", "brown": "brown", "wooden": "brown", "wood": "brown", "leather": "brown",
    "orange": "orange", "purple": "purple", "violet": "purple", "beige": "beige", "sand": "sand", "amber": "amber",
    "vanilla": "cream", "antique": "brown", "denim": "blue",
}  # fmt: skip
_WORD = re.compile(r"[a-z]+")
_PAIR = re.compile(r"[0-9a-f]{6}-[0-9a-f]{6}")
_BY_CHANCE = ("ink", "teal", "sand", "steel", "clay", "moss", "blue", "cream", "amber", "plum")


def draw(kind: str, palette: str) -> str:
    """Return the SVG of a kind in a palette; an unknown kind is a closed box, an unknown palette is ink."""
    first, second = _OWN.get((kind, palette)) or PALETTES.get(palette) or PALETTES["ink"]
    if _PAIR.fullmatch(palette):
        first, second = (f"#{colour}" for colour in palette.split("-"))
    if kind == "pot" and palette in PALETTES:
        second = _LEAF
    return KINDS.get(kind, KINDS[FALLBACK])(first, second).svg()


def colour_in(text: str) -> str:
    """Return the palette of the first colour word of an English text, "" when there is none."""
    return next((_WORDS[word] for word in _WORD.findall(text.lower()) if word in _WORDS), "")


def palette_for(text: str, key: str) -> str:
    """Return the palette of a product: by a colour word, else by chance from its key, the same every time."""
    return colour_in(text) or _BY_CHANCE[zlib.crc32(key.encode()) % len(_BY_CHANCE)]
