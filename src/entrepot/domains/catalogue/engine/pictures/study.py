"""Books, pens and things to play with. A function per kind, with two colours; see `canvas` for the recipe."""

from __future__ import annotations

from entrepot.domains.catalogue.engine.pictures.canvas import Pic, dk, lt


def book(cover: str, mark: str) -> Pic:
    """Bound book, standing, with a plain emblem."""
    p = Pic().shadow(210, 348, 124, 12)
    p.path("M284 66 L318 84 V344 L284 340Z", p.grad([(0, "#fdfaf2"), (1, "#d6cfbe")]))
    for i in range(4):
        p.line(f"M{290 + i * 7} {72 + i * 4} V340", "#c9c1ae", 1.5, opacity=0.7)
    p.rect(100, 52, 192, 294, 8, p.down(cover, 0.18, 0.2)).rect(100, 52, 24, 294, 6, dk(cover, 0.24))
    p.rect(146, 92, 122, 6, 3, mark).rect(146, 108, 84, 6, 3, mark, opacity=0.8)
    p.oval(208, 216, 52, 52, mark, opacity=0.94).path(
        "M164 232 Q208 190 252 232 Q232 262 208 264 Q184 262 164 232Z", dk(cover, 0.06)
    )
    p.rect(146, 300, 60, 5, 2.5, mark, opacity=0.8)
    return p.shine("M132 66 V332", 4, 0.24)


def notebook(cover: str, ribbon: str) -> Pic:
    """Cloth notebook with a ribbon and a band."""
    p = Pic().shadow(208, 346, 122, 12)
    p.path("M296 76 L312 84 V346 L296 344Z", "#efe9da").rect(104, 62, 196, 284, 12, p.down(cover, 0.16, 0.2))
    p.rect(104, 62, 196, 284, 12, p.dots(lt(cover, 0.22), 9, 1.1), opacity=0.6).rect(
        104, 62, 20, 284, 8, dk(cover, 0.3)
    )
    p.rect(262, 62, 12, 284, 0, dk(ribbon, 0.12)).rect(160, 110, 78, 50, 5, "#fbf7ec").line(
        "M172 128 H226 M172 142 H206", "#b8b09c", 4
    )
    p.path("M176 344 V372 L184 362 L192 372 V344Z", ribbon)
    return p.shine("M134 80 V328", 4, 0.24)


def pen(body: str, trim: str) -> Pic:
    """Fountain pen, uncapped, and its cap."""
    p = Pic().shadow(204, 320, 148, 11)
    turn = "rotate(-32 200 200)"
    p.rect(92, 176, 196, 40, 18, p.grad([(0, lt(body, 0.4)), (0.4, body), (1, dk(body, 0.4))], 0, 1), transform=turn)
    p.rect(276, 172, 18, 48, 6, p.grad([(0, lt(trim, 0.4)), (1, dk(trim, 0.3))], 0, 1), transform=turn)
    p.path("M294 180 L338 188 L294 212Z", p.grad([(0, lt(trim, 0.55)), (1, trim)], 0, 1), transform=turn)
    p.line("M300 196 H326", dk(trim, 0.5), 2, transform=turn).oval(306, 196, 4, 4, dk(trim, 0.5), transform=turn)
    cap = "rotate(-32 200 290)"
    p.rect(140, 262, 150, 44, 20, p.grad([(0, lt(body, 0.35)), (0.4, body), (1, dk(body, 0.42))], 0, 1), transform=cap)
    p.rect(272, 260, 12, 48, 4, trim, transform=cap).line("M168 260 H252 Q260 262 258 272", trim, 7, transform=cap)
    return p.line("M106 188 H268", "#ffffff", 4, opacity=0.35, transform=turn)


def blocks(wood: str, dark: str) -> Pic:
    """Bridge of building blocks."""
    p = Pic().shadow(204, 346, 154, 13)
    for x, y, w, h, tone in (
        (64, 246, 62, 100, wood),
        (282, 246, 62, 100, wood),
        (126, 296, 50, 50, lt(wood, 0.16)),
        (232, 296, 50, 50, dark),
    ):
        p.rect(x, y, w, h, 5, p.down(tone, 0.2, 0.16))
    p.path("M64 200 H344 V246 H282 A78 62 0 0 0 126 246 H64Z", p.down(lt(wood, 0.08), 0.2, 0.14))
    p.rect(80, 142, 58, 58, 5, p.down(dark, 0.2, 0.16)).rect(270, 142, 58, 58, 5, p.down(wood, 0.22, 0.16))
    p.path("M66 142 L109 88 L152 142Z", p.down(lt(wood, 0.2))).path(
        "M256 142 L299 88 L342 142Z", p.down(dk(dark, 0.12))
    )
    p.rect(176, 150, 56, 50, 5, p.down(lt(wood, 0.14), 0.2, 0.16)).oval(204, 120, 30, 30, p.ball(dark))
    return p.line("M76 268 V332 M296 268 V332", dk(wood, 0.2), 2, opacity=0.4)


def puzzle(sea: str, ship: str) -> Pic:
    """Wooden puzzle with one piece out."""
    p = Pic().shadow(204, 344, 150, 13)
    p.rect(62, 78, 284, 262, 12, p.down("#c79b63", 0.2, 0.2)).rect(78, 94, 252, 230, 6, p.down(lt(sea, 0.45), 0.3, 0))
    p.path("M78 230 Q120 214 162 230 T246 230 T330 230 V324 H78Z", p.down(sea, 0.1, 0.2))
    p.path("M116 222 H262 L240 256 H138Z", p.down(ship)).rect(150, 184, 30, 38, 3, lt(ship, 0.5)).rect(
        190, 170, 26, 52, 3, dk(ship, 0.2)
    ).rect(222, 194, 26, 28, 3, "#e0b93a")
    p.oval(288, 132, 20, 20, "#f6d27a")
    line = dk(sea, 0.4)
    for d in (
        "M162 94 V150 q-16 10 0 24 V324",
        "M246 94 V190 q16 12 0 26 V324",
        "M78 170 H118 q8 -16 22 0 H330",
        "M78 248 H196 q10 16 24 0 H330",
    ):
        p.path(d, stroke=line, stroke_width=2.5, opacity=0.55)
    return p.path("M248 250 H328 V322 H248 V298 q-18 -10 0 -24Z", dk("#c79b63", 0.35)).path(
        "M276 268 H352 V346 H276 V318 q-18 -10 0 -24Z", p.down(lt(sea, 0.1), 0.2, 0.2)
    )


def kite(sail: str, mark: str) -> Pic:
    """Swallow kite in the air."""
    p = Pic()
    p.line("M204 226 C230 300 170 330 232 388", "#7d878c", 2.5)
    p.path("M204 150 C150 84 74 84 28 130 C76 140 84 190 150 196 L184 214Z", p.down(sail, 0.2, 0.2)).path(
        "M204 150 C258 84 334 84 380 130 C332 140 324 190 258 196 L224 214Z", p.down(dk(sail, 0.08), 0.16, 0.22)
    )
    p.path("M176 210 L150 330 L204 262 L258 330 L232 210Z", p.down(dk(sail, 0.12), 0.16, 0.2))
    p.path("M204 96 Q240 120 234 190 Q228 236 204 250 Q180 236 174 190 Q168 120 204 96Z", p.down(lt(sail, 0.1)))
    p.oval(188, 138, 9, 9, "#fdfaf2").oval(220, 138, 9, 9, "#fdfaf2").oval(188, 139, 4, 4, "#10212b").oval(
        220, 139, 4, 4, "#10212b"
    )
    p.path("M64 122 Q104 112 140 152 Q96 150 64 122Z M344 122 Q304 112 268 152 Q312 150 344 122Z", mark).oval(
        204, 196, 17, 22, mark
    )
    return p.line("M204 104 V256 M56 126 Q204 190 352 126", dk(sail, 0.45), 3, opacity=0.6)


def plush(fur: str, patch: str) -> Pic:
    """Soft animal, sitting."""
    p = Pic().shadow(204, 350, 116, 13)
    for x in (138, 270):
        p.oval(x, 96, 34, 34, p.ball(patch)).oval(x, 98, 16, 16, dk(patch, 0.3))
    p.oval(204, 266, 96, 84, p.ball(fur)).oval(204, 282, 52, 52, lt(fur, 0.3))
    for x, turn in ((118, 24), (290, -24)):
        p.oval(x, 248, 28, 54, p.ball(patch), transform=f"rotate({turn} {x} 248)")
    for x in (140, 268):
        p.oval(x, 330, 44, 30, p.ball(patch)).oval(x, 332, 20, 15, lt(patch, 0.35))
    p.oval(204, 150, 92, 80, p.ball(fur)).oval(204, 178, 36, 26, lt(fur, 0.5))
    for x, turn in ((168, 20), (240, -20)):
        p.oval(x, 146, 20, 26, patch, transform=f"rotate({turn} {x} 146)").oval(x, 148, 8, 8, "#10212b").oval(
            x - 2, 145, 3, 3, "#ffffff"
        )
    return p.oval(204, 168, 12, 9, "#10212b").line("M204 178 V188 M192 194 Q204 202 216 194", "#10212b", 3.5)


def goban(wood: str, stone: str) -> Pic:
    """Go board with some stones and a bowl."""
    p = Pic().shadow(204, 342, 160, 13)
    p.path("M70 118 H294 L344 286 H26Z", p.down(wood, 0.24, 0.06)).path(
        "M26 286 H344 V324 Q344 332 336 332 H34 Q26 332 26 324Z", p.down(dk(wood, 0.22))
    )
    for i in range(1, 9):
        y = 118 + 168 * (i / 9) ** 1.12
        left, right = 70 - 44 * (y - 118) / 168, 294 + 50 * (y - 118) / 168
        p.line(f"M{left + 10:.0f} {y:.0f} H{right - 10:.0f}", dk(wood, 0.5), 1.6, opacity=0.7)
        p.line(f"M{70 + 224 * i / 9:.0f} 122 L{26 + 318 * i / 9:.0f} 282", dk(wood, 0.5), 1.6, opacity=0.7)
    for x, y, tone in (
        (150, 168, stone),
        (186, 196, "#f3f1ea"),
        (220, 170, stone),
        (138, 226, "#f3f1ea"),
        (246, 232, stone),
        (180, 250, "#f3f1ea"),
        (94, 256, stone),
    ):
        p.oval(x, y + 3, 15, 8, "#10212b", opacity=0.3).oval(x, y, 15, 9, p.ball(tone))
    p.path("M290 176 C292 226 304 240 334 240 C364 240 376 226 378 176Z", p.cyl(dk(wood, 0.45))).oval(
        334, 176, 44, 13, dk(wood, 0.6)
    )
    for x, y in ((316, 174), (334, 170), (350, 175)):
        p.oval(x, y, 12, 6, p.ball(stone))
    return p


def ukulele(body: str, neck: str) -> Pic:
    """Ukulele, leaning."""
    p = Pic().shadow(204, 356, 96, 11)
    turn = "rotate(14 204 240)"
    p.rect(190, 34, 28, 170, 6, p.cyl(neck), transform=turn).path(
        "M182 16 H226 L222 58 H186Z", p.down(dk(neck, 0.2)), transform=turn
    )
    for y in (26, 44):
        p.oval(178, y, 6, 5, "#d6d9da", transform=turn).oval(230, y, 6, 5, "#d6d9da", transform=turn)
    p.path(
        "M204 164 C160 160 142 186 150 214 C154 230 126 240 122 280 C118 330 160 352 204 352 C248 352 290 330 286 280 C282 240 254 230 258 214 C266 186 248 160 204 164Z",
        p.down(body, 0.26, 0.26),
        transform=turn,
    )
    p.oval(204, 238, 26, 26, dk(body, 0.72), transform=turn).oval(
        204, 238, 31, 31, "none", stroke=lt(body, 0.5), stroke_width=4, transform=turn
    )
    p.rect(172, 306, 64, 11, 4, dk(neck, 0.3), transform=turn)
    for x in (195, 201, 207, 213):
        p.path(f"M{x} 52 V308", stroke="#f6f3ea", stroke_width=1.6, opacity=0.9, transform=turn)
    return p.path(
        "M136 292 C134 262 152 252 158 238",
        stroke="#fff",
        stroke_width=7,
        stroke_linecap="round",
        opacity=0.3,
        transform=turn,
    )
