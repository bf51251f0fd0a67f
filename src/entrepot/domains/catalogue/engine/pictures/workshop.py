"""Tools, devices and things for outdoors. A function per kind, with two colours; see `canvas` for the recipe."""

from __future__ import annotations

from entrepot.domains.catalogue.engine.pictures.canvas import Pic, dk, lt

_STEEL = "#b4bdc1"


def screwdriver(grip: str, case: str) -> Pic:
    """Screwdriver over its case of bits."""
    p = Pic().shadow(204, 344, 150, 13)
    p.rect(58, 214, 292, 128, 14, p.down(case, 0.18, 0.22)).rect(76, 232, 256, 92, 6, dk(case, 0.45))
    for i in range(10):
        x = 86 + i * 24.6
        p.rect(x, 246 + (i % 3) * 8, 12, 58 - (i % 3) * 8, 3, p.cyl(_STEEL)).rect(
            x, 290, 12, 18, 2, (grip, lt(case, 0.5), "#d9a441")[i % 3]
        )
    turn = "rotate(-14 204 140)"
    p.rect(64, 106, 138, 58, 28, p.grad([(0, lt(grip, 0.35)), (0.5, grip), (1, dk(grip, 0.32))], 0, 1), transform=turn)
    p.rect(188, 114, 30, 42, 8, p.grad([(0, "#e9eef0"), (1, "#6d777c")], 0, 1), transform=turn).rect(
        216, 126, 104, 18, 5, p.grad([(0, "#f2f5f6"), (1, "#7f898e")], 0, 1), transform=turn
    )
    p.path("M320 126 L346 131 V139 L320 144Z", "#6d777c", transform=turn)
    return p.line("M90 122 H180 M90 148 H180", dk(grip, 0.35), 4, opacity=0.5, transform=turn)


def drill(body: str, grip: str) -> Pic:
    """Cordless drill."""
    p = Pic().shadow(206, 352, 104, 11)
    p.path("M196 176 H268 L280 296 H214Z", p.down(grip, 0.2, 0.2)).rect(
        186, 290, 122, 56, 14, p.down(dk(grip, 0.2), 0.2, 0.2)
    ).rect(204, 306, 60, 10, 4, body)
    p.path(
        "M118 92 Q118 72 140 72 H286 Q330 76 330 128 Q330 176 290 180 H146 Q118 180 118 154Z", p.down(body, 0.22, 0.24)
    )
    p.path("M252 74 H286 Q330 76 330 128 Q330 176 290 180 H262Z", p.down(grip, 0.2, 0.2)).rect(
        98, 92, 34, 72, 8, p.down(dk(grip, 0.1))
    )
    p.path("M98 102 L60 114 V142 L98 154Z", p.down("#9aa5ab", 0.3, 0.3)).rect(16, 123, 46, 10, 4, "#7f898e")
    p.path("M196 182 Q178 196 186 218 L204 214Z", dk(body, 0.3)).line("M150 96 H226", lt(body, 0.45), 5)
    p.oval(176, 138, 16, 16, dk(body, 0.18)).line("M176 126 V138 L184 144", lt(body, 0.5), 3)
    return p.line("M276 98 V158 M292 100 V156 M308 106 V150", dk(grip, 0.5), 5, opacity=0.7)


def saw(steel: str, wood: str) -> Pic:
    """Pull saw."""
    p = Pic().shadow(206, 322, 150, 10)
    turn = "rotate(-24 200 200)"
    p.path(
        "M26 172 L214 164 V232 L30 216Z",
        p.grad([(0, lt(steel, 0.6)), (0.6, lt(steel, 0.2)), (1, steel)], 0.3, 1),
        transform=turn,
    )
    teeth = "".join(
        f"L{214 - i * 9 - 5} {238 - i * 0.78:.1f} L{214 - i * 9 - 9} {231.3 - i * 0.78:.1f}" for i in range(20)
    )
    p.path(f"M214 232 {teeth} L34 214Z", steel, transform=turn)
    p.rect(206, 174, 178, 40, 16, p.grad([(0, lt(wood, 0.3)), (0.5, wood), (1, dk(wood, 0.3))], 0, 1), transform=turn)
    p.line(
        "".join(f"M{x} 176 L{x + 8} 212" for x in range(232, 370, 10)), dk(wood, 0.34), 3, opacity=0.55, transform=turn
    )
    return p.rect(200, 172, 24, 44, 6, p.down("#6d777c", 0.3, 0.2), transform=turn)


def secateurs(grip: str, steel: str) -> Pic:
    """Garden shears, open."""
    p = Pic().shadow(204, 352, 100, 10)
    p.path(
        "M194 178 Q150 220 134 326 Q132 350 150 348 Q166 346 168 326 Q176 250 216 200Z", p.down(grip, 0.24, 0.24)
    ).path(
        "M214 178 Q260 220 276 326 Q278 350 260 348 Q244 346 242 326 Q232 250 190 200Z",
        p.down(dk(grip, 0.12), 0.2, 0.24),
    )
    p.path(
        "M196 186 C168 130 170 70 214 32 C226 80 232 136 218 190Z",
        p.grad([(0, lt(steel, 0.7)), (0.5, lt(steel, 0.2)), (1, dk(steel, 0.2))]),
    )
    p.path("M214 190 C246 150 262 116 254 66 Q244 58 236 70 C240 116 220 146 196 176Z", p.down(dk(steel, 0.14)))
    p.oval(205, 186, 21, 21, p.ball(lt(steel, 0.1))).oval(205, 186, 8, 8, dk(steel, 0.5))
    p.line("M180 240 q24 -12 48 0 q-44 10 0 16", lt(steel, 0.1), 4)
    return p.shine("M150 320 Q158 264 180 228", 5, 0.35)


def wateringcan(metal: str, brass: str) -> Pic:
    """Watering can with a long spout."""
    p = Pic().shadow(224, 348, 130, 13)
    p.path("M180 292 L56 134 L72 120 L196 236Z", p.down(dk(metal, 0.1), 0.24, 0.2)).path(
        "M36 138 L82 96 L94 112 L52 152Z", p.down(brass, 0.3, 0.2)
    )
    p.line("M190 150 C206 50 330 60 338 150 C350 210 346 262 322 296", dk(metal, 0.16), 15).line(
        "M196 144 C214 62 318 72 328 146", lt(metal, 0.24), 4
    )
    p.path("M164 162 H312 L322 330 Q322 346 306 346 H172 Q156 346 156 330Z", p.cyl(metal)).oval(
        238, 162, 75, 16, lt(metal, 0.24)
    )
    p.path("M172 162 A75 16 0 0 1 250 147 L250 176 Q196 178 172 162Z", dk(metal, 0.5)).line(
        "M160 224 Q238 240 318 224", brass, 5
    )
    return p.shine("M182 196 V322", 7, 0.3)


def powerbank(body: str, accent: str) -> Pic:
    """Power bank with a display."""
    p = Pic().shadow(204, 350, 86, 11)
    p.rect(126, 62, 162, 286, 30, p.down(dk(body, 0.2))).rect(120, 58, 160, 286, 30, p.down(body, 0.24, 0.18))
    p.rect(152, 92, 96, 58, 12, p.screen()).rect(166, 116, 68, 12, 4, "#35505c").rect(166, 116, 50, 12, 4, accent)
    p.rect(146, 50, 42, 14, 5, dk(body, 0.5)).rect(206, 50, 42, 14, 5, dk(body, 0.5)).oval(200, 308, 9, 9, accent)
    return p.shine("M136 96 V306", 6, 0.32)


def projector(body: str, accent: str) -> Pic:
    """Small round projector with a beam."""
    p = Pic().shadow(214, 350, 100, 12)
    p.path("M128 176 L0 84 V300 L128 216Z", p.grad([(0, "#fff3cf", 0.05), (1, "#fff3cf", 0.75)]))
    p.rect(124, 82, 186, 266, 40, p.cyl(body)).oval(217, 84, 92, 20, lt(body, 0.26)).oval(217, 84, 40, 9, dk(body, 0.3))
    p.oval(160, 196, 46, 52, dk(body, 0.5)).oval(156, 196, 37, 43, p.ball("#2b4a58")).oval(
        148, 186, 13, 16, "#bfe3ea", opacity=0.8
    )
    p.rect(138, 276, 160, 58, 18, p.dots(dk(body, 0.5), 10, 2)).rect(228, 190, 60, 8, 4, accent)
    return p.shine("M292 120 V250", 6, 0.24)


def earbuds(shell: str, accent: str) -> Pic:
    """Two earbuds over their case."""
    p = Pic().shadow(204, 346, 126, 13)
    p.rect(84, 216, 240, 128, 56, p.down(shell, 0.22, 0.2)).line("M92 262 Q204 272 316 262", dk(shell, 0.26), 4).rect(
        184, 286, 40, 8, 4, accent
    )
    for x, turn in ((146, 16), (262, -16)):
        lean = f"rotate({turn} {x} 130)"
        p.rect(x - 13, 112, 26, 96, 12, p.cyl(shell), transform=lean).oval(x, 98, 36, 34, p.ball(shell), transform=lean)
        p.oval(x + (20 if turn > 0 else -20), 104, 17, 20, p.ball(dk(accent, 0.1)), transform=lean).rect(
            x - 4, 186, 8, 14, 4, accent, transform=lean
        )
    return p.shine("M106 288 Q104 248 140 234", 7, 0.4)


def tent(cloth: str, door: str) -> Pic:
    """Ridge tent with an open door."""
    p = Pic().shadow(204, 338, 176, 13)
    p.path("M150 92 L262 70 L386 318 L300 334Z", p.down(dk(cloth, 0.2), 0.16, 0.2)).path(
        "M150 92 L300 334 H22Z", p.down(cloth, 0.24, 0.16)
    )
    p.path("M150 140 L206 334 H98Z", dk(cloth, 0.62)).path(
        "M150 140 L98 334 H78 Q112 240 150 140Z", p.down(door, 0.2, 0.16)
    ).path("M150 140 L206 334 H226 Q190 240 150 140Z", p.down(dk(door, 0.1)))
    p.line("M150 92 L262 70", lt(cloth, 0.3), 6).line(
        "M22 334 L6 350 M300 334 L306 352 M386 318 L396 332", "#7f898e", 3.5
    )
    return p.line("M150 92 L86 214", "#ffffff", 4, opacity=0.25).line(
        "M206 80 L330 326", dk(cloth, 0.4), 2.5, opacity=0.5
    )


def mat(rubber: str, under: str) -> Pic:
    """Mat, half rolled."""
    p = Pic().shadow(204, 336, 168, 13)
    p.path("M120 262 L372 246 L392 312 L132 334Z", p.down(rubber, 0.24, 0.08)).path(
        "M132 334 L392 312 V320 L132 344Z", under
    )
    p.path("M150 282 L366 268 M156 304 L374 288", stroke=lt(rubber, 0.24), stroke_width=3, stroke_dasharray="3 9")
    p.rect(58, 72, 114, 266, 54, p.cyl(rubber), transform="rotate(4 115 205)")
    p.oval(106, 96, 52, 30, under).oval(106, 97, 43, 24, dk(rubber, 0.16)).oval(106, 98, 34, 18, under).oval(
        106, 99, 25, 13, dk(rubber, 0.16)
    ).oval(106, 100, 15, 8, under)
    p.rect(56, 196, 114, 17, 4, dk(under, 0.16), transform="rotate(4 115 205)")
    return p.shine("M78 138 L72 300", 7, 0.26)
