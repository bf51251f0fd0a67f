"""Things for kitchen and table. A function per kind, with two colours; see `canvas` for the recipe."""

from __future__ import annotations

from entrepot.domains.catalogue.engine.pictures.canvas import Pic, dk, lt


def dripper(clay: str, wood: str) -> Pic:
    """Pour-over set: ceramic cone on a glass carafe with a wooden collar."""
    p = Pic().shadow(200, 338, 106)
    glass = p.glass()
    p.path("M158 214 C112 250 104 300 118 328 Q122 336 134 336 H266 Q278 336 282 328 C296 300 288 250 242 214Z", glass)
    coffee = p.grad([(0, "#7a4a2c"), (0.4, "#54301b"), (1, "#38200f")])
    p.path("M116 290 C113 306 113 318 118 328 Q122 336 134 336 H266 Q278 336 282 328 C287 318 287 306 284 290Z", coffee)
    p.oval(200, 290, 84, 10, "#8a5a38").path(
        "M130 262 C124 284 124 306 130 322", stroke="#fff", stroke_width=7, stroke_linecap="round", opacity=0.65
    )
    p.rect(152, 190, 96, 30, 10, p.cyl(wood)).path(
        "M152 199H248M152 211H248", stroke=dk(wood), stroke_width=1.5, opacity=0.45
    )
    p.line("M284 122 C330 118 336 168 274 170", dk(clay, 0.12), 15).line(
        "M284 120 C326 116 330 162 276 165", lt(clay, 0.2), 4
    )
    p.path("M104 92 H296 L238 184 Q234 190 226 190 H174 Q166 190 162 184Z", p.cyl(clay))
    p.oval(200, 92, 96, 17, lt(clay, 0.3)).oval(200, 94, 82, 12, dk(clay, 0.42))
    return p.path("M134 118 L172 180", stroke="#fff", stroke_width=6, stroke_linecap="round", opacity=0.35)


def flask(body: str, cup: str) -> Pic:
    """Vacuum flask with a cup for a lid."""
    p = Pic().shadow(202, 348, 84)
    p.rect(142, 128, 116, 220, 22, p.cyl(body)).rect(142, 318, 116, 30, 15, p.cyl(dk(body, 0.35)))
    p.path("M142 150 Q142 122 164 112 H236 Q258 122 258 150Z", p.cyl(lt(body, 0.12)))
    p.rect(160, 52, 80, 66, 14, p.cyl(cup)).rect(154, 104, 92, 16, 8, p.cyl("#c9cfd1"))
    p.line("M178 54 C178 26 222 26 222 54", dk(cup, 0.15), 10)
    p.rect(164, 138, 9, 164, 4.5, "#fff", opacity=0.34)
    return p.rect(182, 214, 36, 36, 18, lt(body, 0.8), opacity=0.9).path("M190 238 L200 222 L210 238Z", dk(body, 0.1))


def teapot(clay: str, cord: str) -> Pic:
    """Clay teapot with a cord round its knob."""
    p = Pic().shadow(198, 332, 120)
    p.line("M272 190 C346 176 346 292 262 284", dk(clay, 0.12), 19).line(
        "M280 186 C334 180 334 270 276 276", lt(clay, 0.14), 4
    )
    p.path("M130 214 C92 214 82 168 50 160 Q42 158 48 150 L72 152 C104 158 112 186 150 190Z", p.down(clay, 0.2, 0.22))
    p.path(
        "M200 138 C116 138 98 212 104 256 C110 306 148 330 200 330 C252 330 290 306 296 256 C302 212 284 138 200 138Z",
        p.ball(clay),
    )
    p.path(
        "M142 152 Q146 118 200 116 Q254 118 258 152 Q230 164 200 164 Q170 164 142 152Z", p.ball(lt(clay, 0.06))
    ).oval(200, 106, 17, 14, p.ball(clay)).line("M143 153 Q200 176 257 153", dk(clay, 0.42), 3)
    return p.line("M186 116 Q200 124 214 116", cord, 4).path(
        "M132 250 C128 214 142 186 164 176", stroke="#fff", stroke_width=10, stroke_linecap="round", opacity=0.28
    )


def tin(body: str, lid: str) -> Pic:
    """Round tin with a paper band."""
    p = Pic().shadow(200, 346, 108)
    p.path("M104 132 V326 Q104 348 200 348 Q296 348 296 326 V132Z", p.cyl(body)).path(
        "M104 206 Q200 222 296 206 V286 Q200 302 104 286Z", p.cyl("#f7f1e1")
    )
    p.path("M200 284 C172 268 172 240 200 226 C228 240 228 268 200 284Z", dk(body, 0.05)).line(
        "M200 276 V240", "#f7f1e1", 3
    ).path(
        "M190 276 C166 276 158 262 156 250 C174 250 186 258 190 276Z M210 276 C234 276 242 262 244 250 C226 250 214 258 210 276Z",
        lt(body, 0.22),
    )
    p.path("M98 96 V134 Q98 152 200 152 Q302 152 302 134 V96Z", p.cyl(lid)).oval(200, 94, 102, 19, lt(lid, 0.25)).oval(
        200, 93, 84, 13, p.ball(lid)
    ).oval(200, 86, 17, 9, p.ball(dk(lid, 0.2)))
    return p.rect(124, 160, 9, 170, 4.5, "#fff", opacity=0.3)


def vase(glaze: str, band: str) -> Pic:
    """Vase with a glazed belly and an unglazed foot."""
    p = Pic().shadow(202, 350, 84, 12)
    body = "M168 62 C172 104 160 120 136 146 C104 182 100 232 116 282 C126 316 140 344 156 346 H244"
    p.path(f"{body} C260 344 274 316 284 282 C300 232 296 182 264 146 C240 120 228 104 232 62Z", p.cyl(glaze))
    p.path("M130 316 C138 336 146 346 156 346 H244 C254 346 262 336 270 316 Q200 332 130 316Z", p.cyl(band))
    p.path("M113 208 Q200 232 287 208 L289 222 Q200 247 111 222Z", dk(glaze, 0.14), opacity=0.5)
    p.oval(200, 62, 32, 8, lt(glaze, 0.35)).oval(200, 63, 25, 5.5, dk(glaze, 0.55))
    return p.shine("M134 178 C120 204 120 244 130 278", 9, 0.34)


def pot(clay: str, leaf: str) -> Pic:
    """Plant pot on a saucer, with a plant."""
    p = Pic().shadow(202, 350, 108)
    for d, tone in (
        ("M200 196 C150 170 118 116 112 66 C164 84 198 132 200 196Z", dk(leaf, 0.16)),
        ("M200 196 C250 170 284 124 292 78 C236 92 204 134 200 196Z", leaf),
        ("M200 196 C176 148 178 84 204 40 C230 88 226 148 200 196Z", lt(leaf, 0.12)),
        ("M198 200 C150 200 104 186 74 154 C124 140 172 158 198 200Z", lt(leaf, 0.05)),
        ("M202 200 C250 200 298 190 326 162 C280 142 228 158 202 200Z", dk(leaf, 0.1)),
    ):
        p.path(d, p.down(tone, 0.2, 0.2))
    p.line("M200 196 C198 148 200 96 204 56 M200 196 C170 160 140 114 120 78", dk(leaf, 0.35), 2, opacity=0.5)
    p.path("M114 204 H286 L268 330 Q266 342 252 342 H148 Q134 342 132 330Z", p.cyl(clay))
    p.rect(104, 186, 192, 36, 8, p.cyl(lt(clay, 0.08))).oval(200, 190, 88, 6, dk(clay, 0.5))
    p.rect(124, 336, 152, 14, 7, p.cyl(dk(clay, 0.08)))
    return p.shine("M132 232 L142 316", 8, 0.28)


def candle(wax: str, label: str) -> Pic:
    """Candle in a glass, lit."""
    p = Pic().shadow(202, 344, 104)
    p.oval(200, 128, 70, 62, p.grad([(0, "#ffe7a8", 0.8), (1, "#ffe7a8", 0)], kind="shade"))
    p.rect(118, 148, 164, 196, 22, p.glass()).path(
        "M124 214 Q200 226 276 214 V322 Q276 338 260 338 H140 Q124 338 124 322Z", p.cyl(wax)
    )
    p.oval(200, 214, 76, 10, lt(wax, 0.4)).oval(200, 214, 40, 5, lt(wax, 0.75), opacity=0.8)
    p.line("M200 214 V180", "#3a3430", 4).path("M200 182 C182 166 190 146 200 124 C212 146 218 166 200 182Z", "#ffb238")
    p.path("M200 180 C192 170 196 158 200 148 C206 158 208 170 200 180Z", "#fff3cf")
    p.rect(152, 250, 96, 56, 4, label).rect(166, 266, 68, 5, 2.5, dk(label, 0.4)).rect(
        166, 280, 44, 4, 2, dk(label, 0.25)
    )
    p.oval(200, 148, 82, 9, "#ffffff", opacity=0.5)
    return p.shine("M134 176 V312", 7, 0.6)


def appliance(body: str, accent: str) -> Pic:
    """Coffee machine with a glass jug."""
    p = Pic().shadow(202, 350, 118)
    p.rect(102, 64, 196, 286, 26, p.down(dk(body, 0.12), 0.12, 0.24)).rect(
        112, 58, 176, 84, 22, p.down(body, 0.26, 0.16)
    )
    p.rect(102, 312, 196, 38, 14, p.cyl(dk(body, 0.3))).rect(124, 152, 152, 160, 10, dk(body, 0.55))
    p.rect(176, 142, 48, 22, 6, p.cyl("#c4cbce")).path(
        "M142 206 H244 L254 288 Q256 304 240 304 H146 Q130 304 132 288Z", p.glass()
    )
    p.path("M136 252 H250 L254 288 Q256 304 240 304 H146 Q130 304 132 288Z", p.grad([(0, "#7a4a2c"), (1, "#38200f")]))
    p.line("M250 218 C286 220 286 280 252 280", accent, 12).rect(140, 194, 106, 16, 7, p.cyl(accent))
    p.oval(256, 100, 13, 13, p.ball(accent)).rect(134, 86, 84, 28, 8, dk(body, 0.5)).rect(144, 97, 34, 6, 3, "#9fe0d6")
    return p.shine("M120 92 V296", 6, 0.3)
