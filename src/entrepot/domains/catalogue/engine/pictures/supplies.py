"""Parts, cables and supplies. A function per kind, with two colours; see `canvas` for the recipe."""

from __future__ import annotations

from entrepot.domains.catalogue.engine.pictures.canvas import Pic, dk, lt


def cartridge(body: str, ink: str) -> Pic:
    """Toner cartridge with a drum and a handle."""
    p = Pic().shadow(204, 312, 158, 14)
    p.path(
        "M50 196 Q48 176 68 170 L300 132 Q318 130 324 146 L346 220 Q350 236 334 240 L86 284 Q68 288 62 270Z",
        p.down(body, 0.2, 0.24),
    )
    p.path(
        "M62 262 L346 212 L352 250 Q354 268 338 272 L92 314 Q74 316 70 300Z",
        p.grad([(0, lt(ink, 0.3)), (0.4, ink), (1, dk(ink, 0.4))], 0.1, 1),
    )
    p.path("M66 280 L350 232", stroke="#ffffff", stroke_width=4, opacity=0.45)
    p.path("M112 178 L254 154 L262 186 L120 212Z", "#fbf8f1").path("M124 188 L180 178 L184 192 L128 202Z", ink)
    p.line("M196 178 L240 170 M198 188 L228 183", "#b3bcbe", 4)
    p.line("M150 152 C150 116 226 102 236 138", dk(body, 0.35), 13).line(
        "M154 146 C160 122 220 112 230 132", lt(body, 0.2), 3
    )
    return p.rect(312, 160, 20, 34, 5, dk(body, 0.45), transform="rotate(-10 322 177)")


def paper(sheet: str, mark: str) -> Pic:
    """Ream of paper in its wrapper, some sheets on top."""
    p = Pic().shadow(206, 336, 146)
    p.path("M70 232 L206 184 L336 222 L200 276Z", p.down("#ffffff", 0, 0.06))
    p.path("M70 232 L200 276 V338 L70 292Z", p.grad([(0, lt(mark, 0.2)), (1, mark)]))
    p.path("M336 222 L200 276 V338 L336 284Z", dk(mark, 0.25))
    p.path("M84 216 L212 172 L330 208 L202 256Z", "#e9edec").path(
        "M96 196 L222 152 L336 190 L210 238Z", p.down(sheet, 0.3, 0.08)
    )
    for i in range(3):
        for j in range(3):
            x, y = 150 + i * 38 + j * 36, 188 - i * 12 + j * 13
            p.path(f"M{x} {y} l28 -9 l24 8 l-28 9Z", lt(mark, 0.72) if (i + j) % 2 else lt(mark, 0.5))
    p.path("M92 256 L176 284 V312 L92 284Z", "#fbf8f1").line("M104 270 L160 288 M104 282 L142 294", dk(mark, 0.1), 4)
    return p


def cable(jacket: str, plug: str) -> Pic:
    """Coiled cable with a plug at each end."""
    p = Pic().shadow(200, 322, 136, 16)
    for r, tone in ((112, dk(jacket, 0.16)), (96, jacket), (80, lt(jacket, 0.1))):
        p.oval(200, 196, r, round(r * 0.86, 1), "none", stroke=tone, stroke_width=15)
    for r in (116, 100, 84):
        p.path(
            f"M{200 - r} 190 A{r} {round(r * 0.86, 1)} 0 0 1 200 {round(196 - r * 0.86, 1)}",
            stroke="#fff",
            stroke_width=3,
            opacity=0.3,
        )
    p.line("M200 280 C150 296 112 300 92 326", jacket, 15).line(
        "M216 278 C262 292 292 300 312 322", dk(jacket, 0.12), 15
    )
    for x, turn in ((66, 38), (300, -40)):
        p.rect(x, 318, 44, 30, 5, p.down(lt(plug, 0.3), 0.3, 0.1), transform=f"rotate({turn * -1} {x + 22} 333)")
        p.line(
            f"M{x + 10} 326 v14 M{x + 18} 326 v14 M{x + 26} 326 v14",
            "#d9a441",
            3,
            transform=f"rotate({turn * -1} {x + 22} 333)",
        )
    p.rect(178, 98, 44, 62, 8, p.cyl(plug)).rect(178, 122, 44, 10, 2, dk(plug, 0.3))
    return p


def router(body: str, light: str) -> Pic:
    """Network box with two aerials."""
    p = Pic().shadow(202, 316, 158, 14)
    for x, lean in ((96, -7), (292, 7)):
        p.rect(x, 78, 13, 158, 6.5, p.cyl(dk(body, 0.3)), transform=f"rotate({lean} {x + 6} 236)")
    p.path("M62 222 Q64 206 82 206 H318 Q336 206 338 222 L350 262 H50Z", p.down(lt(body, 0.1), 0.26, 0.06))
    p.rect(48, 252, 304, 58, 14, p.down(body, 0.16, 0.26)).rect(64, 268, 150, 26, 4, dk(body, 0.5))
    for x in range(70, 206, 29):
        p.rect(x, 272, 22, 18, 2, "#0d171c").rect(x + 6, 286, 10, 4, 1, "#d9a441")
    for i, tone in enumerate((light, light, "#ffc845", light)):
        p.oval(240 + i * 24, 281, 5, 5, tone).oval(240 + i * 24, 281, 9, 9, tone, opacity=0.25)
    p.line("M170 230 a44 30 0 0 1 60 0 M184 240 a22 14 0 0 1 32 0", dk(body, 0.35), 4)
    return p.shine("M66 236 H150", 4, 0.3)


def power(body: str, accent: str) -> Pic:
    """Power unit with a switch and sockets."""
    p = Pic().shadow(206, 346, 124)
    p.path("M272 84 L320 104 V328 L272 346Z", dk(body, 0.46)).path("M96 84 H272 L320 104 H150Z", lt(body, 0.16))
    p.rect(96, 84, 178, 262, 10, p.down(body, 0.18, 0.22)).rect(114, 104, 142, 62, 6, p.screen())
    p.path("M186 112 L168 140 H182 L176 160 L202 130 H188 L194 112Z", accent).rect(128, 150, 30, 5, 2.5, "#9fe0d6")
    for y in (206, 270):
        for x in (132, 200):
            p.rect(x, y - 18, 46, 44, 8, dk(body, 0.5)).line(
                f"M{x + 15} {y - 4} v14 M{x + 31} {y - 4} v14", "#0d171c", 5
            )
            p.rect(x + 19, y - 12, 8, 5, 2, "#0d171c")
    p.rect(126, 310, 120, 20, 6, p.dots(dk(body, 0.6), 8, 1.8)).oval(250, 320, 6, 6, accent)
    return p.shine("M104 100 V330", 4, 0.3)


def battery(shell: str, pole: str) -> Pic:
    """Two round cells and a flat one."""
    p = Pic().shadow(206, 346, 140)
    p.rect(224, 186, 104, 158, 12, p.down(dk(shell, 0.2), 0.2, 0.24)).rect(238, 204, 76, 44, 4, "#fbf8f1")
    p.line("M250 220 H296 M250 232 H278", dk(shell, 0.1), 5).rect(244, 176, 26, 14, 3, "#c9ced0").rect(
        282, 176, 26, 14, 3, "#c9ced0"
    )
    for x, top in ((72, 84), (146, 112)):
        p.rect(x + 18, top - 16, 28, 22, 5, p.cyl("#c9ced0")).rect(x, top, 64, 346 - top, 12, p.cyl(shell))
        p.rect(x, top, 64, 66, 12, p.cyl(pole)).rect(x, top + 54, 64, 14, 0, p.cyl(pole))
        p.line(f"M{x + 32} {top + 22} v18 M{x + 23} {top + 31} h18", "#fff", 5, opacity=0.85)
        p.shine(f"M{x + 12} {top + 84} V330", 6, 0.4)
    return p


def bulb(glow: str, socket: str) -> Pic:
    """Lamp, switched on."""
    p = Pic().shadow(204, 362, 54, 9)
    p.oval(200, 160, 150, 146, p.grad([(0, lt(glow, 0.5), 0.75), (1, lt(glow, 0.5), 0)], kind="shade"))
    p.path(
        "M200 52 C132 52 92 102 100 158 C106 206 150 222 156 268 H244 C250 222 294 206 300 158 C308 102 268 52 200 52Z",
        p.ball(lt(glow, 0.3)),
    )
    p.path(
        "M200 66 C142 66 108 108 114 156 C120 196 162 214 168 258 H232 C238 214 280 196 286 156 C292 108 258 66 200 66Z",
        "#ffffff",
        opacity=0.35,
    )
    p.line("M176 258 C160 210 186 160 200 182 C214 160 240 210 224 258", "#e0762d", 4)
    p.rect(150, 264, 100, 26, 8, p.cyl(socket)).rect(156, 286, 88, 16, 6, p.cyl(dk(socket, 0.1)))
    p.rect(156, 302, 88, 16, 6, p.cyl(socket)).rect(162, 318, 76, 16, 6, p.cyl(dk(socket, 0.1)))
    p.path("M172 334 H228 L218 356 Q216 360 210 360 H190 Q184 360 182 356Z", p.cyl(dk(socket, 0.4)))
    return p.shine("M128 152 C128 116 152 92 180 86", 9, 0.6)


def chip(board: str, metal: str) -> Pic:
    """Processor on its carrier."""
    p = Pic().shadow(200, 332, 138, 16)
    p.path("M200 76 L352 186 L200 306 L48 186Z", p.down(board, 0.2, 0.1)).path(
        "M48 186 L200 306 V322 L48 202Z", dk(board, 0.3)
    )
    p.path("M352 186 L200 306 V322 L352 202Z", dk(board, 0.48))
    for t in (0.08, 0.16, 0.24, 0.76, 0.84, 0.92):
        x, y = 48 + 152 * t, 186 - 110 * t
        p.path(f"M{x + 12:.1f} {y + 12:.1f} l10 -7 l10 8 l-10 7Z", "#d9a441")
        p.path(f"M{388 - x - 20:.1f} {y + 12:.1f} l10 -8 l10 7 l-10 8Z", "#d9a441")
    p.path("M200 124 L288 188 L200 258 L112 188Z", p.down(metal, 0.4, 0.16)).path(
        "M112 188 L200 258 V270 L112 200Z", dk(metal, 0.28)
    )
    p.path("M288 188 L200 258 V270 L288 200Z", dk(metal, 0.44))
    p.line("M164 186 L206 156 M176 196 L218 166 M188 206 L212 188", dk(metal, 0.3), 4, opacity=0.7)
    return p.path("M124 188 L200 134 L222 150 L146 204Z", "#ffffff", opacity=0.22)


def memory(board: str, part: str) -> Pic:
    """Memory module."""
    p = Pic().shadow(202, 304, 168, 12)
    p.rect(36, 130, 328, 152, 8, p.down(board, 0.2, 0.24)).rect(36, 130, 328, 5, 2.5, lt(board, 0.4), opacity=0.6)
    for x in (56, 108, 160, 222, 274, 326):
        p.rect(x - 4, 154, 40 if x < 326 else 24, 66, 4, p.down(part, 0.24, 0.2)).rect(
            x + 2, 162, 16, 3, 1.5, lt(part, 0.5), opacity=0.6
        )
    p.rect(36, 250, 328, 40, 3, p.down("#d9a441", 0.3, 0.2)).line(
        "".join(f"M{x} 252 V288" for x in range(46, 360, 9)), dk(board, 0.1), 3
    )
    p.rect(214, 250, 12, 42, 3, dk(board, 0.55)).oval(36, 194, 8, 8, dk(board, 0.55)).oval(
        364, 194, 8, 8, dk(board, 0.55)
    )
    return p.rect(96, 230, 90, 12, 3, "#fbf8f1")


def rack(steel: str, accent: str) -> Pic:
    """Wall arm with a plate."""
    p = Pic().shadow(206, 348, 120)
    p.rect(70, 84, 44, 248, 8, p.cyl(steel))
    for y in (112, 304):
        p.oval(92, y, 7, 7, dk(steel, 0.5))
    p.line("M98 208 L196 262", dk(steel, 0.24), 28).line("M196 262 L262 192", steel, 26).line(
        "M110 208 L190 252", lt(steel, 0.4), 4
    )
    for x, y in ((100, 208), (196, 262), (262, 192)):
        p.oval(x, y, 20, 20, p.ball(steel)).oval(x, y, 8, 8, accent)
    p.path(
        "M262 92 Q262 82 272 84 L330 96 Q340 98 340 108 V276 Q340 286 330 288 L272 300 Q262 302 262 292Z",
        p.down(dk(steel, 0.1), 0.3, 0.2),
    )
    p.path("M278 112 L324 120 V264 L278 272Z", dk(steel, 0.34))
    for x, y in ((288, 126), (314, 130), (288, 258), (314, 254)):
        p.oval(x, y, 5, 5, lt(steel, 0.5))
    return p.shine("M80 100 V316", 5, 0.4)
