"""Things to wear and carry. A function per kind, with two colours; see `canvas` for the recipe."""

from __future__ import annotations

from entrepot.domains.catalogue.engine.pictures.canvas import Pic, dk, lt


def backpack(cloth: str, strap: str) -> Pic:
    """Backpack with a roll pocket and leather tabs."""
    p = Pic().shadow(200, 350, 108)
    p.line("M170 66 C172 36 228 36 230 66", strap, 12).path(
        "M98 140 Q74 170 80 310 L104 320Z M302 140 Q326 170 320 310 L296 320Z", dk(cloth, 0.4)
    )
    p.path(
        "M200 56 C122 56 96 104 96 168 V316 Q96 350 130 350 H270 Q304 350 304 316 V168 C304 104 278 56 200 56Z",
        p.down(cloth, 0.2, 0.24),
    )
    p.path(
        "M104 156 C112 92 150 76 200 76 C250 76 288 92 296 156 V186 Q250 200 200 200 Q150 200 104 186Z",
        dk(cloth, 0.1),
        opacity=0.5,
    )
    p.line("M110 176 C120 108 152 88 200 88 C248 88 280 108 290 176", dk(cloth, 0.45), 4)
    p.rect(118, 226, 164, 108, 20, p.down(lt(cloth, 0.08), 0.12, 0.22)).line("M130 250 H270", dk(cloth, 0.45), 4)
    p.rect(262, 250, 7, 24, 3.5, strap).rect(284, 168, 7, 28, 3.5, strap)
    p.rect(150, 196, 12, 66, 3, strap).rect(238, 196, 12, 66, 3, strap).rect(147, 232, 18, 15, 4, "#d5c39a").rect(
        235, 232, 18, 15, 4, "#d5c39a"
    )
    return p.path(
        "M118 190 C122 128 140 108 168 98", stroke="#fff", stroke_width=7, stroke_linecap="round", opacity=0.25
    )


def sneaker(upper: str, accent: str) -> Pic:
    """Low shoe with laces."""
    p = Pic().shadow(202, 306, 160, 14)
    p.path("M44 268 Q40 300 62 304 H336 Q366 302 362 272 L350 258 H60Z", p.down("#f6f3ec", 0.3, 0.14))
    p.path("M44 262 H360 Q364 274 362 282 H43 Q42 272 44 262Z", lt(accent, 0.1))
    p.path(
        "M52 262 C46 216 56 172 70 150 Q82 138 98 150 C116 168 140 164 152 152 Q164 142 178 152 L262 214 C300 226 344 228 356 262Z",
        p.down(upper, 0.26, 0.2),
    )
    p.path("M262 214 C300 226 344 228 356 262 H268 C250 246 250 228 262 214Z", dk(upper, 0.1))
    p.path("M52 262 C49 240 50 220 54 200 C86 214 108 236 112 262Z", accent)
    p.path("M70 150 Q82 138 98 150 C116 168 140 164 152 152 C150 176 112 190 74 176 Q68 164 70 150Z", dk(upper, 0.3))
    p.path("M132 262 C150 236 190 224 236 226 C206 238 190 250 184 262Z", lt(accent, 0.05))
    for i in range(4):
        x, y = 172 + i * 22, 158 + i * 16
        p.line(f"M{x} {y} l26 -9", "#ffffff", 6).line(f"M{x - 2} {y + 6} l-16 20", dk(upper, 0.16), 2.5)
    return p.line("M284 300 v-8 M304 300 v-8 M324 299 v-8 M76 300 v-8 M96 300 v-8 M116 300 v-8", "#d6d0c2", 4)


def watch(strap: str, dial: str) -> Pic:
    """Wristwatch on a leather strap."""
    p = Pic().shadow(200, 362, 64, 9)
    p.path(
        "M152 142 L164 40 Q166 30 178 30 H222 Q234 30 236 40 L248 142Z M152 258 L164 352 Q166 364 178 364 H222 Q234 364 236 352 L248 258Z",
        p.cyl(strap),
    )
    p.line("M172 60 V122 M228 60 V122 M172 278 V338 M228 278 V338", lt(strap, 0.45), 2.5, stroke_dasharray="5 7").oval(
        200, 330, 4, 5, dk(strap, 0.5)
    ).oval(200, 306, 4, 5, dk(strap, 0.5))
    steel = "#c9ced0"
    p.rect(294, 188, 20, 24, 6, p.cyl(steel)).oval(200, 200, 98, 98, p.ball(steel)).oval(
        200, 200, 88, 88, dk(steel, 0.35)
    ).oval(200, 200, 83, 83, p.ball(dial))
    for i in range(12):
        p.add(
            f'<rect x="197.500" y="126" width="5" height="{15 if i % 3 == 0 else 9}" rx="2" fill="{lt(dial, 0.85)}" transform="rotate({i * 30} 200 200)"/>'
        )
    p.line("M200 204 L166 164", lt(dial, 0.9), 7).line("M200 204 L254 176", lt(dial, 0.9), 5).line(
        "M200 214 L200 138", "#e8552d", 2.5
    ).oval(200, 200, 7, 7, "#e8552d")
    return p.path("M136 172 A72 72 0 0 1 190 128", stroke="#fff", stroke_width=6, stroke_linecap="round", opacity=0.4)


def overshirt(cloth: str, button: str) -> Pic:
    """Overshirt with two pockets."""
    p = Pic().shadow(200, 358, 116, 10)
    p.path(
        "M142 64 L92 84 Q72 94 66 120 L38 246 Q36 258 48 262 L82 270 L112 172Z M258 64 L308 84 Q328 94 334 120 L362 246 Q364 258 352 262 L318 270 L288 172Z",
        p.down(dk(cloth, 0.1), 0.16, 0.2),
    )
    p.path(
        "M142 62 Q200 92 258 62 L300 82 L304 346 Q304 354 296 354 H104 Q96 354 96 346 L100 82Z",
        p.down(cloth, 0.18, 0.16),
    )
    p.path("M160 60 Q200 84 240 60 L226 50 Q200 60 174 50Z", dk(cloth, 0.42)).path(
        "M158 56 L142 64 L164 116 L200 84Z M242 56 L258 64 L236 116 L200 84Z", lt(cloth, 0.16)
    )
    p.line("M200 90 V352", dk(cloth, 0.3), 3).path(
        "M118 158 h58 v54 l-29 14 l-29 -14Z M224 158 h58 v54 l-29 14 l-29 -14Z", dk(cloth, 0.1), opacity=0.75
    ).rect(116, 152, 62, 18, 3, lt(cloth, 0.08)).rect(222, 152, 62, 18, 3, lt(cloth, 0.08))
    for y in (118, 168, 218, 268, 318):
        p.oval(208, y, 5, 5, button)
    return p.line("M40 244 L84 256 M360 244 L316 256", dk(cloth, 0.25), 3).line(
        "M112 190 Q108 260 110 330", lt(cloth, 0.3), 5, opacity=0.5
    )


def jumper(wool: str, rib: str) -> Pic:
    """Knitted jumper with ribbed hems."""
    p = Pic().shadow(200, 358, 116, 10)
    p.path(
        "M140 66 L96 84 Q76 92 70 116 L40 262 Q38 276 52 278 L86 284 L116 172Z"
        " M260 66 L304 84 Q324 92 330 116 L360 262 Q362 276 348 278 L314 284 L284 172Z",
        p.down(dk(wool, 0.08), 0.16, 0.2),
    )
    p.path("M140 64 Q200 96 260 64 L302 84 L300 326 H100 L98 84Z", p.down(wool, 0.2, 0.16))
    p.path("M98 326 H302 V346 Q302 356 292 356 H108 Q98 356 98 346Z", p.down(rib, 0.1, 0.2))
    p.path("M44 252 L92 264 L86 286 L50 280 Q38 276 40 266Z M356 252 L308 264 L314 286 L350 280 Q362 276 360 266Z", rib)
    p.path("M140 64 Q144 54 154 52 Q200 78 246 52 Q256 54 260 64 Q200 104 140 64Z", p.down(rib, 0.1, 0.2))
    p.path("M154 52 Q200 78 246 52 Q200 66 154 52Z", dk(rib, 0.5))
    for x in range(122, 290, 26):
        p.line(
            f"M{x} 110 q8 14 0 28 q-8 14 0 28 q8 14 0 28 q-8 14 0 28 q8 14 0 28 q-8 14 0 28",
            dk(wool, 0.18),
            3,
            opacity=0.4,
        )
    p.line("".join(f"M{x} 330 V352" for x in range(108, 300, 9)), dk(rib, 0.25), 1.5, opacity=0.6)
    return p.shine("M110 110 Q108 210 110 310", 5, 0.3)
