"""Clothes laid flat. A function per kind, with two colours; see `canvas` for the recipe."""

from __future__ import annotations

from entrepot.domains.catalogue.engine.pictures.canvas import Pic, dk, lt


def tee(cloth: str, print_: str) -> Pic:
    """Small T-shirt with a printed sun."""
    p = Pic().shadow(204, 350, 100, 10)
    p.path(
        "M150 74 L84 108 L52 176 L104 200 L116 178 V334 Q116 346 128 346 H280 Q292 346 292 334 V178 L304 200 L356 176 L324 108 L258 74 Q204 112 150 74Z",
        p.down(cloth, 0.2, 0.18),
    )
    p.path("M150 74 Q204 124 258 74 L246 68 Q204 100 162 68Z", dk(cloth, 0.2)).line(
        "M116 178 V222 M292 178 V222", dk(cloth, 0.3), 3, opacity=0.5
    )
    p.oval(204, 214, 34, 34, print_)
    for x, y, u, v in (
        (204, 158, 204, 146),
        (204, 270, 204, 282),
        (148, 214, 136, 214),
        (260, 214, 272, 214),
        (164, 174, 155, 165),
        (244, 254, 253, 263),
        (244, 174, 253, 165),
        (164, 254, 155, 263),
    ):
        p.line(f"M{x} {y} L{u} {v}", print_, 8)
    return p.shine("M138 128 V310", 6, 0.22)


def dungarees(cloth: str, button: str) -> Pic:
    """Bib overalls."""
    p = Pic().shadow(204, 352, 96, 10)
    p.line("M152 46 Q146 86 158 124 M256 46 Q262 86 250 124", dk(cloth, 0.14), 20)
    p.path(
        "M150 108 H258 L264 178 H288 L296 342 Q296 350 288 350 H228 L204 246 L180 350 H120 Q112 350 112 342 L120 178 H144Z",
        p.down(cloth, 0.18, 0.2),
    )
    p.rect(166, 128, 76, 46, 8, p.down(lt(cloth, 0.1))).line("M166 142 H242", dk(cloth, 0.3), 3)
    p.line("M120 190 H288 M204 200 V246", dk(cloth, 0.35), 3, opacity=0.7)
    for x in (126, 240):
        p.rect(x, 272, 42, 40, 8, lt(cloth, 0.12), opacity=0.8)
    for x, y in ((162, 118), (246, 118), (128, 206), (280, 206), (128, 226), (280, 226)):
        p.oval(x, y, 8, 8, p.ball(button))
    return p


def raincoat(cloth: str, band: str) -> Pic:
    """Small raincoat with a hood."""
    p = Pic().shadow(204, 352, 112, 11)
    p.path("M142 110 Q142 36 204 34 Q266 36 266 110Z", p.down(cloth, 0.2, 0.24)).path(
        "M162 110 Q164 58 204 56 Q244 58 246 110Z", dk(cloth, 0.42)
    )
    p.path(
        "M142 102 L88 132 L58 268 L106 282 L120 226 L112 336 Q112 348 124 348 H284 Q296 348 296 336 L288 226 L302 282 L350 268 L320 132 L266 102 Q204 132 142 102Z",
        p.down(cloth, 0.22, 0.18),
    )
    p.path("M115 276 H293 L294 298 H113Z", band, opacity=0.9).path(
        "M64 240 L112 252 L108 268 L60 256Z M344 240 L296 252 L300 268 L348 256Z", band, opacity=0.9
    )
    p.line("M204 122 V346", dk(cloth, 0.3), 4)
    for y in (152, 190, 228, 320):
        p.oval(214, y, 6, 6, lt(cloth, 0.6))
    return p.line("M136 234 H178 M230 234 H272", dk(cloth, 0.32), 6).shine("M104 150 L82 240", 6, 0.4)


def dress(cloth: str, button: str) -> Pic:
    """Sleeveless dress with buttons and pockets."""
    p = Pic().shadow(204, 362, 118, 9)
    p.path(
        "M156 38 Q160 66 204 72 Q248 66 252 38 L274 46 Q264 92 286 122 L282 176 L318 342 Q320 354 308 354 H100 Q88 354 90 342 L126 176 L122 122 Q144 92 134 46Z",
        p.down(cloth, 0.2, 0.18),
    )
    p.path("M156 38 Q160 66 204 72 Q248 66 252 38 L244 38 Q240 58 204 62 Q168 58 164 38Z", dk(cloth, 0.24))
    p.line("M128 176 Q204 188 280 176", dk(cloth, 0.24), 3).line("M204 72 V352", dk(cloth, 0.26), 3)
    for y in range(96, 340, 34):
        p.oval(204, y, 5.5, 5.5, p.ball(button))
    p.line("M140 214 L166 228 M268 214 L242 228", dk(cloth, 0.36), 5)
    for d in ("M150 200 L124 348", "M176 196 L166 350", "M258 200 L284 348", "M232 196 L242 350"):
        p.path(d, stroke=dk(cloth, 0.22), stroke_width=2.5, opacity=0.5)
    return p


def trousers(cloth: str, button: str) -> Pic:
    """Straight trousers."""
    p = Pic().shadow(204, 360, 100, 9)
    p.path(
        "M124 48 H284 L302 340 Q302 352 290 352 H236 Q226 352 224 342 L204 156 L184 342 Q182 352 172 352 H118 Q106 352 106 340Z",
        p.down(cloth, 0.2, 0.18),
    )
    p.rect(122, 40, 164, 28, 6, p.down(dk(cloth, 0.08))).line("M204 68 V150 Q220 142 222 116 V68", dk(cloth, 0.34), 3)
    p.oval(204, 54, 7, 7, p.ball(button)).line("M130 76 Q152 86 158 112 M278 76 Q256 86 250 112", dk(cloth, 0.36), 4)
    for x in (140, 180, 240, 268):
        p.rect(x, 38, 7, 32, 3, dk(cloth, 0.24))
    p.line("M150 140 L144 340 M258 140 L264 340", lt(cloth, 0.24), 3, opacity=0.7)
    return p.line("M108 336 H184 M224 336 H300", dk(cloth, 0.3), 3)


def scarf(silk: str, line: str) -> Pic:
    """Square of silk, folded and draped."""
    p = Pic().shadow(204, 348, 132, 12)
    p.path(
        "M64 110 Q204 60 344 110 Q336 200 350 330 Q280 352 204 342 Q128 352 58 330 Q72 200 64 110Z",
        p.down(silk, 0.26, 0.2),
    )
    p.path(
        "M84 128 Q204 86 324 128 Q318 210 328 312 Q266 330 204 322 Q142 330 80 312 Q90 210 84 128Z",
        "none",
        stroke=line,
        stroke_width=9,
    )
    p.path(
        "M104 146 Q204 112 304 146 Q298 214 306 296 Q256 308 204 302 Q152 308 102 296 Q110 214 104 146Z", lt(silk, 0.14)
    )
    for x, y in ((150, 250), (206, 232), (262, 250)):
        p.path(f"M{x - 26} {y} H{x + 26} L{x + 16} {y + 16} H{x - 16}Z", line).line(
            f"M{x} {y} V{y - 44}", dk(silk, 0.3), 4
        ).path(f"M{x + 4} {y - 40} L{x + 22} {y - 10} H{x + 4}Z", lt(line, 0.4))
    p.line("M120 282 Q162 270 204 282 T290 282", dk(silk, 0.2), 5).oval(262, 176, 17, 17, line)
    return p.path("M64 110 Q120 90 170 86 Q150 200 170 344 Q110 346 58 330 Q72 200 64 110Z", "#ffffff", opacity=0.13)


def beanie(wool: str, rib: str) -> Pic:
    """Ribbed hat."""
    p = Pic().shadow(204, 338, 132, 13)
    p.path("M84 262 C84 140 128 66 204 66 C280 66 324 140 324 262Z", p.ball(wool))
    for i in range(-4, 5):
        p.path(
            f"M{204 + i * 5} 70 Q{204 + i * 27} 150 {204 + i * 29} 258",
            stroke=dk(wool, 0.28),
            stroke_width=4,
            opacity=0.5,
        )
    p.rect(72, 244, 264, 84, 26, p.cyl(lt(wool, 0.06)))
    for x in range(90, 332, 15):
        p.line(f"M{x} 252 V320", dk(wool, 0.28), 4, opacity=0.55)
    p.rect(236, 276, 46, 26, 4, rib)
    return p.shine("M112 220 C116 160 136 116 164 94", 9, 0.26)


def socks(wool: str, tip: str) -> Pic:
    """Pair of socks."""
    p = Pic().shadow(206, 350, 134, 11)
    for dx, tone in ((62, dk(wool, 0.14)), (0, wool)):
        p.path(
            f"M{100 + dx} 58 H{188 + dx} L{192 + dx} 210 Q{196 + dx} 234 {218 + dx} 252 L{246 + dx} 284 Q{270 + dx} 318 {242 + dx} 338 Q{212 + dx} 356 {180 + dx} 332 L{122 + dx} 276 Q{98 + dx} 250 {100 + dx} 216Z",
            p.down(tone, 0.22, 0.2),
        )
        p.path(
            f"M{246 + dx} 284 Q{270 + dx} 318 {242 + dx} 338 Q{222 + dx} 350 {200 + dx} 344 Q{210 + dx} 306 {246 + dx} 284Z",
            tip,
        )
        p.path(f"M{100 + dx} 226 Q{128 + dx} 226 {140 + dx} 292 L{122 + dx} 276 Q{98 + dx} 250 {100 + dx} 226Z", tip)
        p.rect(94 + dx, 50, 100, 48, 10, p.down(lt(tone, 0.1)))
        p.line("".join(f"M{x + dx} 56 V92" for x in range(106, 190, 12)), dk(tone, 0.3), 3, opacity=0.6)
        p.path(f"M{100 + dx} 124 H{189 + dx} M{100 + dx} 140 H{190 + dx}", stroke=tip, stroke_width=6, opacity=0.8)
    return p


def belt(leather: str, metal: str) -> Pic:
    """Rolled belt with its buckle."""
    p = Pic().shadow(196, 330, 136, 14)
    for r, tone in ((112, dk(leather, 0.2)), (88, leather), (64, lt(leather, 0.1))):
        p.oval(188, 206, r, r, "none", stroke=tone, stroke_width=20).oval(
            188, 206, r + 7, r + 7, "none", stroke=dk(leather, 0.4), stroke_width=2, opacity=0.5
        )
    p.path("M188 306 H320 Q342 306 342 318 Q342 330 320 330 H188Z", p.down(leather, 0.2, 0.2)).line(
        "M196 312 H320 M196 324 H320", lt(leather, 0.4), 1.8, stroke_dasharray="6 5"
    )
    p.rect(292, 292, 62, 52, 12, "none", stroke=p.down(metal, 0.4, 0.2), stroke_width=11).line(
        "M300 318 H352", lt(metal, 0.3), 7
    )
    for x in (222, 242, 262):
        p.oval(x, 318, 3.6, 3.6, dk(leather, 0.6))
    return p


def wallet(leather: str, thread: str) -> Pic:
    """Card wallet with two cards."""
    p = Pic().shadow(204, 322, 140, 13)
    p.rect(96, 92, 200, 130, 12, p.down("#8fb6cc", 0.2, 0.1), transform="rotate(-4 196 157)").rect(
        110, 116, 200, 120, 12, p.down("#e0b93a", 0.2, 0.1), transform="rotate(3 210 176)"
    )
    p.rect(76, 150, 256, 172, 18, p.down(leather, 0.2, 0.22)).path(
        "M76 204 Q204 240 332 204 V304 Q332 322 314 322 H94 Q76 322 76 304Z", p.down(lt(leather, 0.08), 0.16, 0.22)
    )
    p.path(
        "M88 214 Q204 250 320 214 M90 310 H318 M88 220 V304 M320 220 V304",
        stroke=thread,
        stroke_width=2.4,
        stroke_dasharray="8 6",
        opacity=0.85,
    )
    return p.shine("M98 168 H210", 5, 0.28)


def tote(cloth: str, strap: str) -> Pic:
    """Canvas bag with long handles."""
    p = Pic().shadow(204, 348, 124, 13)
    p.line("M142 166 C138 30 268 30 264 166", dk(strap, 0.2), 15).line("M150 158 C150 60 258 60 256 158", strap, 15)
    p.path("M84 148 H322 L334 328 Q334 346 316 346 H90 Q72 346 72 328Z", p.down(cloth, 0.2, 0.2)).path(
        "M73 296 L333 296 L334 328 Q334 346 316 346 H90 Q72 346 72 328Z", dk(cloth, 0.18)
    )
    p.line("M86 160 H320", dk(cloth, 0.35), 4).line("M92 152 H300", "#c3cacc", 4, stroke_dasharray="4 4")
    p.rect(132, 150, 22, 74, 4, strap).rect(252, 150, 22, 74, 4, strap).rect(180, 212, 46, 30, 4, strap, opacity=0.9)
    return p.shine("M98 176 L92 284", 6, 0.26)


def suitcase(shell: str, trim: str) -> Pic:
    """Cabin case on four wheels."""
    p = Pic().shadow(204, 364, 108, 9)
    p.line("M166 90 V28 H242 V90", "#8c979c", 9).rect(158, 18, 92, 18, 9, p.cyl(dk(trim, 0.3)))
    for x in (118, 268):
        p.rect(x, 336, 24, 26, 9, p.cyl("#2a343a"))
    p.rect(96, 82, 216, 262, 32, p.down(shell, 0.24, 0.24))
    for x in range(124, 300, 24):
        p.rect(x, 98, 9, 230, 4.5, dk(shell, 0.2), opacity=0.5).rect(
            x + 9, 98, 3, 230, 1.5, lt(shell, 0.4), opacity=0.5
        )
    p.rect(96, 204, 216, 12, 0, dk(shell, 0.35)).rect(180, 194, 48, 30, 7, p.down(trim)).oval(
        204, 209, 6, 6, dk(trim, 0.5)
    )
    p.rect(172, 88, 64, 14, 7, p.cyl(dk(trim, 0.3)))
    return p.shine("M110 116 V320", 6, 0.36)


def pearls(pearl: str, clasp: str) -> Pic:
    """String of pearls."""
    p = Pic().shadow(204, 352, 118, 10)
    ring = [(204 + round(122 * c), 196 + round(138 * s)) for c, s in _round(34)]
    for x, y in ring:
        p.oval(x + 2, y + 5, 11, 11, "#10212b", opacity=0.12)
    lustre = p.grad([(0, "#ffffff"), (0.5, pearl), (1, dk(pearl, 0.3))], kind="ball")
    for x, y in ring:
        p.oval(x, y, 12.5, 12.5, lustre)
    return p.rect(190, 46, 28, 22, 8, p.down(clasp, 0.5, 0.1)).oval(204, 57, 4, 4, dk(clasp, 0.4))


def _round(number: int) -> list[tuple[float, float]]:
    """Cosine and sine of so many steps round a circle, from the top, without a library: by repeated turning."""
    turn = complex(1, 0)
    step = complex(-1, 0) ** (2 / number)
    found = []
    for _ in range(number):
        found.append((turn.imag, -turn.real))
        turn *= step
    return found


def umbrella(cloth: str, wood: str) -> Pic:
    """Open umbrella."""
    p = Pic().shadow(204, 364, 44, 7)
    p.line("M204 60 V320 Q204 352 176 352 Q152 352 152 330", p.cyl(wood), 11)
    p.path(
        "M34 214 C40 110 114 56 204 56 C294 56 368 110 374 214 Q346 186 318 210 Q290 182 261 208 Q232 182 204 208 Q176 182 147 208 Q118 182 90 210 Q62 186 34 214Z",
        p.ball(cloth),
    )
    for d in (
        "M204 58 Q120 100 90 210",
        "M204 58 Q156 120 147 208",
        "M204 58 Q252 120 261 208",
        "M204 58 Q288 100 318 210",
        "M204 58 V206",
    ):
        p.path(d, stroke=dk(cloth, 0.35), stroke_width=2.5, opacity=0.6)
    p.line("M204 40 V58", dk(wood, 0.2), 8)
    return p.shine("M70 156 C88 116 118 92 150 80", 8, 0.3)
