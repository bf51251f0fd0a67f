"""Computers and what stands around them. A function per kind, with two colours; see `canvas` for the recipe."""

from __future__ import annotations

from entrepot.domains.catalogue.engine.pictures.canvas import Pic, dk, lt


def laptop(body: str, accent: str) -> Pic:
    """Portable computer, open."""
    p = Pic().shadow(200, 322, 168, 14)
    p.rect(78, 82, 244, 180, 14, p.down(dk(body, 0.25), 0.2, 0.2)).rect(90, 94, 220, 154, 6, p.screen())
    p.rect(112, 122, 78, 10, 5, lt(accent, 0.2)).rect(112, 142, 120, 6, 3, "#ffffff", opacity=0.4)
    p.rect(112, 156, 96, 6, 3, "#ffffff", opacity=0.28).rect(112, 178, 54, 40, 6, accent, opacity=0.8)
    p.rect(176, 178, 54, 40, 6, "#5189b8", opacity=0.8).oval(200, 88, 2.5, 2.5, "#9fb0b6")
    p.path("M66 262 H334 L364 306 Q368 314 358 314 H42 Q32 314 36 306Z", p.down(body, 0.3, 0.12))
    p.path("M92 268 H308 L322 290 H78Z", dk(body, 0.42))
    for y, a, b in ((272, 94, 306), (279, 90, 310), (286, 84, 316)):
        p.line(f"M{a} {y} H{b}", lt(body, 0.1), 3, stroke_dasharray="6 7")
    p.path("M164 294 H236 L240 306 H160Z", dk(body, 0.16)).rect(36, 308, 328, 10, 5, p.cyl(dk(body, 0.2)))
    return p


def tower(body: str, accent: str) -> Pic:
    """Desktop computer."""
    p = Pic().shadow(212, 350, 116)
    p.path("M262 62 L316 84 V330 L262 350Z", p.grad([(0, dk(body, 0.3)), (1, dk(body, 0.48))]))
    p.path("M110 62 H262 L316 84 H170Z", lt(body, 0.2))
    p.rect(110, 62, 154, 288, 8, p.down(body, 0.22, 0.2)).rect(126, 80, 122, 24, 4, dk(body, 0.4)).rect(
        126, 112, 122, 24, 4, dk(body, 0.3)
    )
    p.rect(134, 91, 60, 3, 1.5, lt(body, 0.3)).rect(134, 123, 60, 3, 1.5, lt(body, 0.3))
    p.oval(230, 164, 12, 12, p.ball("#c9ced0")).oval(230, 164, 4, 4, accent)
    p.rect(134, 158, 20, 8, 2, dk(body, 0.6)).rect(162, 158, 20, 8, 2, dk(body, 0.6))
    p.rect(126, 196, 122, 128, 8, p.dots(dk(body, 0.6), 10, 2.4)).rect(
        126, 196, 122, 128, 8, dk(body, 0.2), opacity=0.25
    )
    p.rect(126, 334, 122, 4, 2, accent)
    return p.shine("M118 76 V330", 4, 0.35)


def monitor(frame: str, accent: str) -> Pic:
    """Flat screen on a foot."""
    p = Pic().shadow(202, 352, 96, 11)
    p.path("M176 262 H224 L230 336 H170Z", p.cyl(dk(frame, 0.16))).rect(124, 332, 152, 18, 9, p.cyl(frame))
    p.rect(44, 66, 312, 204, 14, p.down(frame, 0.16, 0.3)).rect(54, 76, 292, 176, 6, p.screen("#1c3a44"))
    p.path("M54 214 C110 150 150 236 206 176 C256 124 300 190 346 140 V252 H54Z", accent, opacity=0.55)
    p.path("M54 232 C120 190 170 250 230 210 C280 178 320 214 346 196 V252 H54Z", "#5cc7c9", opacity=0.4)
    p.oval(286, 116, 16, 16, "#ffc845", opacity=0.9).oval(330, 261, 3, 3, "#9fe0d6")
    return p


def printer(body: str, accent: str) -> Pic:
    """Printer with a sheet coming out."""
    p = Pic().shadow(202, 340, 150)
    p.path("M120 62 H280 L290 150 H110Z", p.down("#fbfaf6", 0.1, 0.08))
    p.rect(132, 84, 96, 5, 2.5, "#c3ccce").rect(132, 98, 120, 5, 2.5, "#d5dbdc").rect(132, 112, 74, 5, 2.5, "#d5dbdc")
    p.path("M84 146 Q88 132 104 132 H296 Q312 132 316 146 L332 206 H68Z", p.down(lt(body, 0.1), 0.24, 0.1))
    p.rect(60, 196, 280, 128, 20, p.down(body, 0.2, 0.26)).rect(96, 226, 208, 26, 8, dk(body, 0.55))
    p.path("M112 240 H288 L306 306 H94Z", p.down("#ffffff", 0, 0.1)).rect(132, 262, 64, 26, 3, accent, opacity=0.85)
    p.rect(206, 264, 60, 5, 2.5, "#c3ccce").rect(206, 276, 42, 5, 2.5, "#d5dbdc")
    p.rect(246, 154, 44, 26, 5, p.screen()).oval(112, 168, 9, 9, p.ball(accent)).rect(
        84, 322, 232, 14, 7, dk(body, 0.3)
    )
    return p.shine("M72 216 V304", 5, 0.35)


def keyboard(body: str, key: str) -> Pic:
    """Keyboard with a mouse."""
    p = Pic().shadow(196, 300, 168, 13)
    p.path(
        "M44 168 Q46 154 60 154 H286 Q298 154 300 168 L312 282 Q314 296 298 296 H42 Q28 296 30 282Z",
        p.down(body, 0.2, 0.26),
    )
    for row in range(4):
        y, inset = 168 + row * 27, row * 2
        for column in range(10):
            x = 58 - inset + column * (23.6 + row * 0.5)
            p.rect(round(x, 1), y, 19, 20, 4, p.down(key, 0.22, 0.14) if column == 0 and row == 0 else key)
    p.rect(98, 278, 140, 12, 4, key)
    p.path("M326 214 Q326 176 348 176 Q372 176 372 214 V262 Q372 298 348 298 Q326 298 326 262Z", p.cyl(body))
    p.line("M349 178 V218", dk(body, 0.4), 2).rect(345, 194, 8, 20, 4, key)
    return p.shine("M54 174 L46 276", 4, 0.3)


def gadget(body: str, accent: str) -> Pic:
    """Handheld device with a screen and keys."""
    p = Pic().shadow(202, 360, 74, 10)
    p.rect(126, 40, 148, 320, 26, p.cyl(body)).rect(138, 56, 124, 168, 10, p.screen())
    p.rect(152, 76, 60, 8, 4, lt(accent, 0.3)).rect(152, 94, 92, 5, 2.5, "#fff", opacity=0.35).rect(
        152, 106, 76, 5, 2.5, "#fff", opacity=0.25
    )
    p.path("M152 196 L176 164 L196 182 L224 148 L248 196Z", accent, opacity=0.75)
    p.oval(200, 282, 44, 44, p.ball(dk(body, 0.16))).oval(200, 282, 18, 18, p.ball(accent))
    p.line("M200 246 v6 M200 312 v6 M164 282 h6 M230 282 h6", lt(body, 0.5), 4)
    p.rect(168, 338, 64, 6, 3, dk(body, 0.4))
    return p.shine("M138 74 V320", 4, 0.3)
