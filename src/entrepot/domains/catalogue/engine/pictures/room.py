"""Things for rooms, children and care. A function per kind, with two colours; see `canvas` for the recipe."""

from __future__ import annotations

from entrepot.domains.catalogue.engine.pictures.canvas import Pic, dk, lt


def lamp(shade: str, metal: str) -> Pic:
    """Desk lamp on an arm, switched on."""
    p = Pic().shadow(206, 344, 100, 12)
    glow = p.grad([(0, "#ffe7a8", 0.85), (1, "#ffe7a8", 0)], 0, 1)
    p.path("M94 192 H258 L304 338 H48Z", glow)
    p.line("M250 332 L292 206 L196 116", metal, 9).line("M252 326 L293 205", lt(metal, 0.45), 2.5)
    p.oval(292, 206, 11, 11, p.ball(dk(metal, 0.1))).rect(196, 322, 108, 20, 10, p.cyl(metal))
    p.path(
        "M176 92 C112 96 92 150 90 184 Q90 192 98 192 H254 Q262 192 262 184 C260 150 240 96 176 92Z",
        p.down(shade, 0.3, 0.26),
    )
    p.rect(166, 72, 20, 26, 8, dk(shade, 0.35)).oval(176, 191, 86, 9, dk(shade, 0.45)).oval(176, 191, 52, 5, "#fff3cf")
    return p.path(
        "M118 172 C122 140 136 120 156 112", stroke="#fff", stroke_width=8, stroke_linecap="round", opacity=0.4
    )


def chair(seat: str, wood: str) -> Pic:
    """Armchair on wooden legs."""
    p = Pic().shadow(202, 352, 126, 13)
    p.line("M134 258 L96 348", dk(wood, 0.35), 13).line("M262 258 L312 348", dk(wood, 0.3), 13)
    p.line("M160 262 L142 350", wood, 14).line("M240 262 L258 350", wood, 14).line("M148 316 H252", dk(wood, 0.15), 8)
    p.path("M96 86 Q92 58 124 58 H276 Q308 58 304 86 L290 214 H110Z", p.down(seat, 0.3, 0.12))
    p.path(
        "M110 206 Q98 150 76 168 Q64 178 72 200 L92 254 Q96 264 108 264 L140 262Z M290 206 Q302 150 324 168 Q336 178 328 200 L308 254 Q304 264 292 264 L260 262Z",
        p.down(seat, 0.1, 0.26),
    )
    p.rect(92, 204, 216, 64, 30, p.down(lt(seat, 0.1), 0.26, 0.24)).line(
        "M152 86 V188 M200 82 V188 M248 86 V188", dk(seat, 0.16), 2.5, opacity=0.6
    )
    return p.path("M112 94 Q110 76 130 74", stroke="#fff", stroke_width=7, stroke_linecap="round", opacity=0.45)


def train(a: str, b: str) -> Pic:
    """Wooden engine."""
    p = Pic().shadow(200, 316, 156, 12)
    w = "#e0b987"
    p.rect(48, 262, 304, 20, 10, p.cyl(w)).rect(58, 150, 92, 112, 12, p.down(a, 0.25, 0.2)).rect(
        46, 134, 116, 24, 12, p.down(b, 0.2, 0.2)
    ).rect(78, 174, 52, 44, 8, lt(w, 0.55))
    p.rect(142, 184, 150, 78, 30, p.down(b, 0.28, 0.22)).oval(292, 223, 22, 39, p.ball(lt(w, 0.1))).rect(
        236, 132, 32, 60, 8, p.cyl(a)
    ).path("M226 118 H278 L268 140 H236Z", p.cyl(w)).rect(178, 160, 34, 32, 14, p.ball("#ffc845"))
    for x, r in ((104, 34), (196, 26), (264, 26), (322, 20)):
        p.oval(x, 316 - r, r, r, p.ball(w)).oval(x, 316 - r, r * 0.62, r * 0.62, a if x == 104 else lt(w, 0.35)).oval(
            x, 316 - r, 5, 5, dk(w, 0.5)
        )
    return p.rect(160, 196, 100, 8, 4, "#fff", opacity=0.4)


def serum(glass: str, box: str) -> Pic:
    """Bottle with a dropper, and its box."""
    p = Pic().shadow(210, 346, 124)
    p.rect(222, 150, 96, 194, 6, p.grad([(0, lt(box, 0.2)), (1, box)])).path(
        "M318 156 L336 164 V330 L318 344Z", dk(box, 0.28)
    )
    p.rect(240, 196, 60, 3, 1.5, dk(box, 0.45)).rect(240, 206, 38, 3, 1.5, dk(box, 0.3)).oval(
        270, 276, 19, 19, dk(box, 0.14)
    ).path("M262 286 Q262 266 280 264 Q280 284 262 286Z", lt(box, 0.7))
    p.rect(92, 196, 116, 150, 26, p.cyl(glass)).path("M92 226 Q92 180 132 172 H168 Q208 180 208 226Z", p.cyl(glass))
    p.rect(128, 132, 44, 46, 6, p.cyl("#2a3338")).path("M134 134 Q130 78 150 74 Q170 78 166 134Z", p.cyl("#3b464c"))
    p.rect(108, 238, 84, 66, 4, "#fbf8f1").rect(120, 254, 44, 4, 2, dk(glass, 0.3)).rect(
        120, 266, 58, 3, 1.5, "#b9bdb8"
    ).rect(120, 276, 50, 3, 1.5, "#b9bdb8")
    return p.rect(104, 206, 8, 118, 4, "#fff", opacity=0.4)


def cushion(cloth: str, trim: str) -> Pic:
    """Cushion with piping and a button."""
    p = Pic().shadow(204, 336, 132)
    p.path(
        "M84 92 Q70 70 98 74 Q200 96 302 74 Q332 70 316 94 Q296 200 318 306 Q330 334 300 328 Q200 304 100 328"
        " Q68 334 82 306 Q104 200 84 92Z",
        p.down(cloth, 0.3, 0.2),
    )
    p.line(
        "M84 92 Q70 70 98 74 Q200 96 302 74 Q332 70 316 94 Q296 200 318 306 Q330 334 300 328 Q200 304 100 328"
        " Q68 334 82 306 Q104 200 84 92Z",
        trim,
        5,
    )
    p.path(
        "M104 110 Q200 128 298 110 Q284 200 298 290 Q200 276 104 290 Q118 200 104 110Z", p.dots(dk(cloth, 0.3), 13, 1.6)
    )
    p.line(
        "M200 200 Q160 164 118 118 M200 200 Q244 164 284 118 M200 200 Q160 242 118 288 M200 200 Q244 242 284 288",
        dk(cloth, 0.25),
        3,
        opacity=0.35,
    )
    p.oval(200, 201, 13, 13, p.ball(trim))
    return p.shine("M112 130 Q124 196 114 262", 7, 0.35)


def shaver(body: str, ring: str) -> Pic:
    """Shaver with three heads."""
    p = Pic().shadow(200, 358, 62, 10)
    p.path("M164 176 H236 Q252 240 240 332 Q236 356 212 356 H188 Q164 356 160 332 Q148 240 164 176Z", p.cyl(body))
    p.path("M176 214 H224 Q232 262 226 312 Q200 324 174 312 Q168 262 176 214Z", p.down(dk(body, 0.3), 0.2, 0.2))
    p.oval(200, 252, 13, 13, p.ball(ring)).rect(194, 286, 12, 4, 2, "#9fe0d6").rect(194, 296, 12, 4, 2, "#9fe0d6")
    p.rect(170, 156, 60, 30, 12, p.cyl(dk(body, 0.4)))
    p.path(
        "M116 108 Q112 50 200 46 Q288 50 284 108 Q280 164 200 166 Q120 164 116 108Z", p.down(dk(body, 0.16), 0.24, 0.3)
    )
    for x, y in ((160, 92), (240, 92), (200, 132)):
        p.oval(x, y, 33, 30, p.ball(ring)).oval(x, y, 24, 22, p.ball("#c9ced0")).oval(
            x, y, 15, 13, p.dots("#39464c", 6, 1.3)
        )
        p.oval(x, y, 5, 5, "#5b6e77")
    return p.shine("M172 206 Q164 262 170 318", 6, 0.34)


def box(card: str, tape: str) -> Pic:
    """Carton, closed with tape: what stands in for a thing nobody has drawn."""
    p = Pic().shadow(206, 348, 140)
    p.path("M66 140 L196 182 V348 L66 298Z", p.grad([(0, lt(card, 0.12)), (1, dk(card, 0.06))]))
    p.path("M334 140 L196 182 V348 L334 298Z", p.grad([(0, dk(card, 0.14)), (1, dk(card, 0.3))]))
    p.path("M66 140 L204 96 L334 140 L196 182Z", p.down(lt(card, 0.24), 0.2, 0.06))
    p.path("M120 123 L254 166 L276 158 L142 116Z", tape, opacity=0.85).path(
        "M254 166 L276 158 V212 L254 220Z", dk(tape, 0.14)
    )
    p.rect(0, 0, 62, 42, 3, "#fbf8f1", transform="translate(92 240) skewY(18)")
    p.rect(0, 0, 38, 5, 2, "#9aa5a8", transform="translate(100 252) skewY(18)")
    p.rect(0, 0, 24, 4, 2, "#b9bdb8", transform="translate(100 262) skewY(18)")
    p.line("M306 238 V268 M298 246 L306 236 L314 242", dk(card, 0.5), 4, opacity=0.7)
    return p.shine("M74 156 V284", 5, 0.3)
