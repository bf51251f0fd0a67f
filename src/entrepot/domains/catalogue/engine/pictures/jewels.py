"""Small things worn on hand, neck and ear. A function per kind, with two colours; see `canvas` for the recipe."""

from __future__ import annotations

import math

from entrepot.domains.catalogue.engine.pictures.canvas import Pic, dk, lt


def bracelet(bead: str, metal: str) -> Pic:
    """Bracelet of beads with one of metal."""
    p = Pic().shadow(202, 322, 140, 18)
    p.oval(200, 214, 122, 86, "none", stroke=dk(bead, 0.4), stroke_width=4)
    order = sorted(range(24), key=lambda i: math.sin(i * math.tau / 24))
    for i in order:
        angle = i * math.tau / 24
        x, y = 200 + 122 * math.cos(angle), 214 + 86 * math.sin(angle)
        size = 16 + 3.4 * math.sin(angle)
        tone = metal if i in (5, 6, 7) else bead if i % 2 else lt(bead, 0.1)
        p.oval(round(x, 1), round(y, 1), round(size, 1), round(size, 1), p.ball(tone))
        p.oval(
            round(x - size * 0.34, 1),
            round(y - size * 0.36, 1),
            round(size * 0.2, 1),
            round(size * 0.14, 1),
            "#fff",
            opacity=0.7,
        )
    return p


def necklace(metal: str, stone: str) -> Pic:
    """Chain with a pendant."""
    p = Pic().shadow(200, 362, 70, 9)
    p.line("M88 44 C96 190 154 262 200 270 C246 262 304 190 312 44", dk(metal, 0.3), 7)
    p.line("M88 44 C96 190 154 262 200 270 C246 262 304 190 312 44", lt(metal, 0.3), 4, stroke_dasharray="1 9")
    p.oval(200, 272, 9, 9, "none", stroke=metal, stroke_width=4)
    p.path("M200 280 C240 300 246 330 200 360 C154 330 160 300 200 280Z", p.ball(metal))
    p.path("M200 292 C226 306 230 326 200 346 C170 326 174 306 200 292Z", p.ball(stone))
    p.path("M200 292 L214 316 L200 346 L186 316Z", lt(stone, 0.35), opacity=0.5)
    return p.shine("M178 306 Q172 318 180 330", 4, 0.6)


def earring(metal: str, stone: str) -> Pic:
    """A pair of drop earrings."""
    p = Pic().shadow(204, 346, 118, 11)
    for x, y in ((132, 0), (268, 18)):
        p.line(f"M{x} {112 + y} C{x - 34} {64 + y} {x + 34} {52 + y} {x + 18} {104 + y}", p.cyl(metal), 6)
        p.oval(x, 126 + y, 14, 14, p.ball(metal)).line(f"M{x} {140 + y} V{172 + y}", metal, 5)
        p.path(
            f"M{x} {168 + y} C{x + 46} {216 + y} {x + 52} {284 + y} {x} {312 + y} C{x - 52} {284 + y} {x - 46} {216 + y} {x} {168 + y}Z",
            p.ball(metal),
        )
        p.path(
            f"M{x} {196 + y} C{x + 30} {232 + y} {x + 34} {276 + y} {x} {296 + y} C{x - 34} {276 + y} {x - 30} {232 + y} {x} {196 + y}Z",
            p.ball(stone),
        )
        p.shine(f"M{x - 18} {236 + y} Q{x - 24} {262 + y} {x - 12} {280 + y}", 5, 0.55)
    return p


def ring(metal: str, stone: str) -> Pic:
    """Ring with a stone, standing."""
    p = Pic().shadow(202, 352, 100, 12)
    p.oval(200, 246, 98, 98, "none", stroke=p.down(metal, 0.45, 0.4), stroke_width=24)
    p.oval(200, 246, 110, 110, "none", stroke=lt(metal, 0.4), stroke_width=2, opacity=0.7)
    p.oval(200, 246, 86, 86, "none", stroke=dk(metal, 0.4), stroke_width=2, opacity=0.6)
    p.path("M166 150 L154 126 H246 L234 150 L214 166 H186Z", p.down(dk(metal, 0.08), 0.3, 0.3))
    p.path("M146 96 L168 62 H232 L254 96 L200 158Z", p.ball(stone))
    p.path("M146 96 H254 L232 62 H168Z", lt(stone, 0.4), opacity=0.7)
    p.path("M178 96 L200 62 L222 96 L200 158Z", lt(stone, 0.6), opacity=0.45)
    p.line("M146 96 H254 M168 62 L178 96 L200 158 L222 96 L232 62", lt(stone, 0.75), 1.5, opacity=0.8)
    return p.shine("M112 226 Q118 176 152 162", 5, 0.6)
