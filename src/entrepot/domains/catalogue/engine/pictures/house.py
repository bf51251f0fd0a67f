"""Things for rooms and beds. A function per kind, with two colours; see `canvas` for the recipe."""

from __future__ import annotations

from entrepot.domains.catalogue.engine.pictures.canvas import Pic, dk, lt


def towel(cloth: str, band: str) -> Pic:
    """Three folded towels."""
    p = Pic().shadow(204, 346, 146, 13)
    for i, (y, tone) in enumerate(((272, dk(cloth, 0.12)), (200, cloth), (128, lt(cloth, 0.12)))):
        p.rect(68 + i * 6, y, 268 - i * 12, 74, 30, p.down(tone, 0.2, 0.2))
        p.rect(84 + i * 6, y + 8, 236 - i * 12, 58, 22, p.dots(dk(tone, 0.3), 13, 2.2), opacity=0.5)
        p.line(f"M{92 + i * 6} {y + 38} H{330 - i * 8}", dk(tone, 0.26), 3, opacity=0.7)
        p.rect(292 - i * 6, y + 3, 12, 68, 4, band, opacity=0.8)
    return p.shine("M98 142 H250", 6, 0.35)


def blanket(wool: str, fringe: str) -> Pic:
    """Folded throw with a fringe."""
    p = Pic().shadow(204, 348, 142, 13)
    for x in range(88, 322, 12):
        p.line(f"M{x} 300 q3 22 -2 42", dk(fringe, 0.14) if x % 24 else fringe, 5)
    p.rect(76, 76, 256, 234, 18, p.down(wool, 0.2, 0.18)).path(
        "M76 150 H332 V180 H76Z M76 220 H332 V232 H76Z", fringe, opacity=0.7
    )
    for x in (128, 236):
        p.rect(x, 76, 22, 234, 0, fringe, opacity=0.38)
    p.path("M76 94 Q76 76 94 76 H314 Q332 76 332 94 V118 Q204 136 76 118Z", p.down(lt(wool, 0.12), 0.2, 0.1))
    p.line("M80 118 Q204 136 328 118", dk(wool, 0.3), 3)
    return p.shine("M96 92 H226", 6, 0.3)


def bedding(cloth: str, trim: str) -> Pic:
    """Two pillows on a folded duvet."""
    p = Pic().shadow(206, 346, 156, 13)
    p.rect(52, 250, 308, 94, 34, p.down(cloth, 0.2, 0.16)).line("M70 300 Q206 316 344 300", dk(cloth, 0.2), 3)
    p.rect(60, 210, 292, 66, 28, p.down(trim, 0.26, 0.14)).line("M76 244 Q206 256 338 244", dk(trim, 0.25), 3)
    for x, tone in ((78, dk(cloth, 0.06)), (150, cloth)):
        p.path(
            f"M{x} 104 Q{x - 8} 84 {x + 14} 92 Q{x + 90} 80 {x + 168} 92 Q{x + 190} 84 {x + 182} 104 Q{x + 190} 156 {x + 182} 200 Q{x + 190} 220 {x + 168} 212 Q{x + 90} 226 {x + 14} 212 Q{x - 8} 220 {x} 200 Q{x - 8} 152 {x} 104Z",
            p.down(tone, 0.24, 0.14),
        )
        p.path(
            f"M{x + 16} 108 Q{x + 90} 96 {x + 166} 108 V196 Q{x + 90} 210 {x + 16} 196Z",
            "none",
            stroke=trim,
            stroke_width=4,
        )
    return p


def clock(dial: str, rim: str) -> Pic:
    """Wall clock showing ten past ten."""
    p = Pic().shadow(206, 366, 110, 9)
    p.oval(200, 196, 156, 156, p.ball(rim)).oval(200, 196, 138, 138, dk(rim, 0.4)).oval(
        200, 198, 134, 134, p.ball(dial)
    )
    ink = "#10212b" if int(dial[1:3], 16) > 128 else "#f2ede2"
    for x, y, u, v in ((200, 76, 200, 94), (200, 302, 200, 320), (78, 198, 96, 198), (304, 198, 322, 198)):
        p.line(f"M{x} {y} L{u} {v}", ink, 7)
    for x, y in ((261, 92), (306, 137), (306, 259), (261, 304), (139, 304), (94, 259), (94, 137), (139, 92)):
        p.oval(x, y, 4, 4, ink)
    p.line("M200 198 L142 152", ink, 10).line("M200 198 L272 116", ink, 6).line("M200 198 L176 276", "#d8431c", 3)
    p.oval(200, 198, 9, 9, ink)
    return p.shine("M82 144 C98 106 126 78 162 64", 7, 0.4)


def basket(straw: str, strap: str) -> Pic:
    """Plaited basket with two handles."""
    p = Pic().shadow(202, 346, 128)
    p.line("M120 148 C110 70 178 70 172 146", dk(strap, 0.1), 13).line("M228 146 C222 70 292 70 282 148", strap, 13)
    p.path(
        "M76 140 H328 C334 220 322 300 306 332 Q300 346 284 346 H120 Q104 346 98 332 C82 300 70 220 76 140Z",
        p.cyl(straw),
    )
    for row in range(7):
        starts = [84 + i * 23 + (row % 2) * 11 for i in range(11)]
        strands = "".join(f"M{x} {166 + row * 26} q6 -10 14 0" for x in starts if x < 312)
        p.line(strands, dk(straw, 0.34), 4, opacity=0.6)
    p.oval(202, 140, 126, 22, lt(straw, 0.2)).oval(202, 142, 112, 16, dk(straw, 0.5))
    return p.shine("M96 180 C96 230 104 280 114 312", 7, 0.3)


def stool(wood: str, leg: str) -> Pic:
    """Three-legged stool."""
    p = Pic().shadow(204, 352, 124, 11)
    p.path("M188 150 H220 L222 330 Q204 336 190 330Z", p.cyl(dk(leg, 0.24)))
    p.path("M112 150 H150 L112 350 Q98 354 88 346Z", p.cyl(leg)).path(
        "M256 150 H294 L320 346 Q310 354 296 350Z", p.cyl(leg)
    )
    p.line("M118 268 L290 268", dk(leg, 0.2), 11)
    p.path("M74 120 V142 Q74 172 204 172 Q334 172 334 142 V120Z", p.cyl(dk(wood, 0.08))).oval(
        204, 120, 130, 32, p.ball(lt(wood, 0.1))
    )
    p.oval(204, 120, 92, 21, "none", stroke=dk(wood, 0.18), stroke_width=2.5).oval(
        204, 120, 50, 11, "none", stroke=dk(wood, 0.18), stroke_width=2.5
    )
    for x, y in ((132, 116), (276, 116), (204, 138)):
        p.oval(x, y, 12, 5, dk(leg, 0.1))
    return p


def lantern(paper: str, cord: str) -> Pic:
    """Round paper shade on a cord."""
    p = Pic().shadow(204, 366, 96, 8)
    p.line("M204 8 V58", cord, 5).rect(186, 50, 36, 20, 5, p.cyl(dk(cord, 0.1)))
    p.oval(204, 208, 168, 156, p.grad([(0, "#ffe9b8", 0.7), (1, "#ffe9b8", 0)], kind="shade"))
    p.oval(204, 206, 146, 140, p.grad([(0, "#fff6dc"), (0.45, lt(paper, 0.2)), (1, dk(paper, 0.24))], kind="ball"))
    for i in range(-5, 6):
        half = round(146 * (1 - (i / 6) ** 2) ** 0.5, 1)
        y = 206 + i * 23.4
        p.path(
            f"M{204 - half} {y:g} Q204 {y + 16:g} {204 + half} {y:g}",
            stroke=dk(paper, 0.3),
            stroke_width=2,
            opacity=0.5,
        )
    p.oval(204, 72, 40, 7, dk(paper, 0.35)).oval(204, 340, 40, 7, dk(paper, 0.3))
    return p


def planter(clay: str, leaf: str) -> Pic:
    """Long planter with three herbs."""
    p = Pic().shadow(204, 346, 160, 13)
    for x, tone in ((118, lt(leaf, 0.12)), (204, leaf), (290, dk(leaf, 0.16))):
        for dx, dy in ((-40, 92), (-22, 62), (0, 48), (22, 62), (40, 92), (-12, 100), (14, 96)):
            p.path(
                f"M{x} 222 Q{x + dx * 0.3:g} {140 + dy * 0.3:g} {x + dx} {dy + 20}",
                stroke=dk(tone, 0.25),
                stroke_width=3,
            )
            p.oval(x + dx, dy + 30, 15, 21, p.ball(tone), transform=f"rotate({dx} {x + dx} {dy + 30})")
    p.path("M60 222 H348 L334 320 Q332 332 318 332 H90 Q76 332 74 320Z", p.down(clay, 0.18, 0.2)).rect(
        50, 208, 308, 30, 9, p.down(lt(clay, 0.1))
    )
    p.rect(66, 328, 276, 17, 8, p.cyl(dk(clay, 0.14)))
    return p.shine("M84 256 L94 312", 7, 0.28)


def soap(bar: str, paper: str) -> Pic:
    """Three bars of soap, one in its paper."""
    p = Pic().shadow(204, 342, 146, 14)
    for y, tone in ((276, dk(bar, 0.1)), (212, bar)):
        p.rect(72, y, 264, 64, 24, p.down(tone, 0.26, 0.18)).rect(
            128, y + 18, 152, 26, 12, "none", stroke=dk(tone, 0.2), stroke_width=4
        )
    p.rect(92, 126, 224, 84, 12, p.down(paper, 0.22, 0.18)).path(
        "M92 138 L120 168 L92 198Z M316 138 L288 168 L316 198Z", dk(paper, 0.25)
    )
    p.rect(148, 138, 112, 58, 6, lt(paper, 0.75)).path(
        "M204 148 C188 168 188 178 204 188 C220 178 220 168 204 148Z", paper
    )
    for x, y, r in ((110, 92, 18), (146, 74, 12), (312, 96, 14), (340, 122, 8)):
        p.oval(x, y, r, r, "#ffffff", opacity=0.6).oval(x - r * 0.3, y - r * 0.3, r * 0.3, r * 0.3, "#ffffff")
    return p


def razor(metal: str, grip: str) -> Pic:
    """Safety razor on its stand."""
    p = Pic().shadow(204, 350, 92, 11)
    p.rect(120, 334, 168, 14, 7, p.cyl(dk(metal, 0.3)))
    p.rect(186, 122, 36, 216, 14, p.cyl(metal))
    for y in range(186, 318, 12):
        p.line(f"M188 {y} L220 {y + 6}", dk(grip, 0.3), 3, opacity=0.55)
    p.rect(180, 146, 48, 24, 8, p.cyl(lt(grip, 0.15))).rect(182, 318, 44, 20, 7, p.cyl(lt(grip, 0.1)))
    p.path("M92 84 Q94 58 124 56 H284 Q314 58 316 84 L310 104 H98Z", p.down(lt(metal, 0.2), 0.3, 0.24))
    p.rect(98, 102, 212, 9, 3, "#e9eef0").path("M104 110 H304 L296 128 H112Z", p.down(metal, 0.1, 0.3))
    p.line("".join(f"M{x} 114 V124" for x in range(118, 298, 12)), dk(metal, 0.45), 3)
    return p.shine("M196 180 V312", 5, 0.5)
