"""Things to cook and eat with, and what goes into them. A function per kind, with two colours; see `canvas`."""

from __future__ import annotations

from entrepot.domains.catalogue.engine.pictures.canvas import Pic, dk, lt


def bowl(glaze: str, foot: str) -> Pic:
    """Two bowls, one in the other, and one beside."""
    p = Pic().shadow(204, 340, 150, 16)
    p.path("M150 296 H278 L270 332 Q268 340 258 340 H170 Q160 340 158 332Z", p.cyl(foot))
    p.path("M88 150 C92 250 140 312 214 312 C288 312 336 250 340 150Z", p.cyl(dk(glaze, 0.06)))
    p.oval(214, 150, 126, 30, lt(glaze, 0.34)).oval(214, 152, 114, 24, dk(glaze, 0.24))
    p.path("M98 112 C104 196 144 236 214 236 C284 236 324 196 330 112Z", p.cyl(glaze))
    p.oval(214, 112, 116, 28, lt(glaze, 0.4)).oval(214, 114, 104, 22, p.ball(dk(glaze, 0.16)))
    p.line("M112 176 Q214 214 318 176", dk(glaze, 0.22), 4, opacity=0.5)
    return p.shine("M118 140 C124 180 142 204 164 218", 8, 0.36)


def mug(glaze: str, clay: str) -> Pic:
    """Mug with a bare foot."""
    p = Pic().shadow(196, 342, 118)
    p.line("M262 160 C344 152 346 280 254 272", dk(glaze, 0.14), 26).line(
        "M268 154 C330 150 334 254 270 262", lt(glaze, 0.2), 5
    )
    p.path(
        "M104 106 C104 200 116 300 128 330 Q134 344 152 344 H224 Q242 344 248 330 C262 300 272 200 272 106Z",
        p.cyl(clay),
    )
    p.path("M104 106 C104 180 112 260 120 302 Q188 318 256 302 C266 260 272 180 272 106Z", p.cyl(glaze))
    p.oval(188, 106, 84, 18, lt(glaze, 0.36)).oval(188, 107, 74, 13, dk(glaze, 0.5))
    return p.shine("M126 138 C126 200 132 256 138 286", 9, 0.34)


def plate(glaze: str, rim: str) -> Pic:
    """Pile of plates, one leaning behind."""
    p = Pic().shadow(206, 346, 150, 14)
    p.oval(206, 184, 142, 142, p.ball(glaze)).oval(206, 184, 132, 132, rim, opacity=0.75)
    p.oval(206, 184, 126, 126, p.ball(lt(glaze, 0.1))).oval(
        206, 184, 88, 88, "none", stroke=dk(glaze, 0.16), stroke_width=3
    )
    for y in (336, 322, 308):
        p.oval(206, y, 138, 16, p.cyl(dk(glaze, 0.08))).oval(206, y - 4, 138, 15, lt(glaze, 0.22))
    p.oval(206, 303, 92, 9, dk(glaze, 0.12)).oval(206, 304, 132, 14, "none", stroke=rim, stroke_width=3)
    return p.shine("M96 130 C112 96 138 74 168 64", 8, 0.5)


def knife(steel: str, wood: str) -> Pic:
    """Cook's knife, lying aslant."""
    p = Pic().shadow(204, 326, 150, 10)
    turn = "rotate(-32 200 200)"
    face = p.grad([(0, lt(steel, 0.25)), (0.35, lt(steel, 0.6)), (0.75, lt(steel, 0.35)), (1, lt(steel, 0.8))], 0, 1)
    p.path("M14 226 C70 166 150 160 246 160 V232 C160 236 84 240 14 226Z", face, transform=turn)
    p.path("M14 226 C84 240 160 236 246 232 V224 C160 228 90 230 14 226Z", "#ffffff", opacity=0.8, transform=turn)
    p.rect(244, 158, 20, 60, 4, p.down(dk(steel, 0.35), 0.3, 0.2), transform=turn)
    grip = p.grad([(0, lt(wood, 0.3)), (0.5, wood), (1, dk(wood, 0.34))], 0, 1)
    p.path("M262 160 H366 Q388 164 388 186 Q386 212 366 208 C336 198 300 210 262 204Z", grip, transform=turn)
    for x in (286, 320, 354):
        p.oval(x, 183, 6, 6, "#d9c08a", transform=turn).oval(x, 183, 2.4, 2.4, dk("#d9c08a", 0.35), transform=turn)
    return p.line("M84 186 C130 174 180 170 232 170", "#ffffff", 4, opacity=0.6, transform=turn)


def board(wood: str, edge: str) -> Pic:
    """Cutting board, standing, with a groove."""
    p = Pic().shadow(204, 348, 116, 12)
    p.rect(110, 56, 196, 292, 22, p.down(dk(edge, 0.12)))
    p.rect(98, 52, 196, 292, 22, p.down(wood, 0.22, 0.12))
    for i in range(1, 6):
        p.line(f"M{98 + i * 33} 58 V338", dk(wood, 0.18), 2, opacity=0.45)
    p.rect(114, 116, 164, 212, 14, "none", stroke=dk(wood, 0.34), stroke_width=6, opacity=0.65)
    p.rect(166, 72, 60, 20, 10, dk(edge, 0.5))
    return p.shine("M110 76 V320", 5, 0.32)


def wok(iron: str, wood: str) -> Pic:
    """Wok with a wooden handle."""
    p = Pic().shadow(176, 326, 122, 14)
    p.path("M266 196 L366 142 Q380 136 384 148 Q386 158 374 164 L278 220Z", p.down(wood, 0.26, 0.2))
    p.path("M34 190 C44 276 106 322 172 322 C238 322 300 276 310 190Z", p.cyl(iron))
    p.oval(172, 190, 138, 40, lt(iron, 0.28)).oval(172, 192, 126, 33, p.ball(dk(iron, 0.24)))
    p.oval(160, 206, 60, 12, lt(iron, 0.24), opacity=0.5)
    p.line("M38 182 Q18 176 20 196 Q22 206 42 206", lt(iron, 0.12), 9)
    return p.shine("M60 236 C76 270 104 292 130 302", 8, 0.25)


def kettle(body: str, grip: str) -> Pic:
    """Electric kettle with a thin spout on its base."""
    p = Pic().shadow(204, 348, 124, 13)
    p.line("M140 288 C70 280 96 176 44 148", dk(body, 0.16), 16).line(
        "M138 280 C78 270 98 172 50 146", lt(body, 0.3), 4
    )
    p.line("M262 152 C350 120 352 300 276 292", grip, 22).line("M270 146 C334 128 340 268 284 282", lt(grip, 0.24), 4)
    p.path("M160 128 H256 L290 306 Q292 322 276 322 H140 Q124 322 126 306Z", p.cyl(body))
    p.path("M152 130 Q156 106 208 104 Q260 106 264 130Z", p.cyl(lt(body, 0.1))).oval(208, 98, 18, 14, p.ball(grip))
    p.rect(112, 318, 192, 28, 12, p.cyl("#2a343a")).rect(228, 326, 44, 10, 4, "#9fe0d6")
    return p.shine("M170 150 L148 296", 8, 0.4)


def pouch(paper: str, label: str) -> Pic:
    """Paper bag of tea with a folded top."""
    p = Pic().shadow(204, 348, 108, 13)
    p.path("M112 92 H292 L304 334 Q304 348 290 348 H116 Q102 348 102 334Z", p.down(paper, 0.18, 0.22))
    p.path("M112 92 L140 348 H116 Q102 348 102 334Z", dk(paper, 0.2), opacity=0.5)
    p.path("M108 66 H296 V104 Q202 112 108 104Z", p.down(dk(paper, 0.14))).line(
        "M112 104 Q202 112 292 104", dk(paper, 0.4), 3
    )
    p.rect(138, 160, 132, 128, 8, label)
    p.path("M204 262 C172 244 172 204 204 184 C236 204 236 244 204 262Z", dk(paper, 0.05)).line(
        "M204 254 V206", label, 3
    )
    p.line("M166 274 H242", dk(label, 0.3), 4)
    return p.shine("M126 124 L134 320", 5, 0.28)


def teacake(tea: str, paper: str) -> Pic:
    """Pressed tea, half out of its wrapper."""
    p = Pic().shadow(206, 338, 142, 14)
    p.oval(206, 206, 144, 132, p.ball(tea))
    for i in range(26):
        x, y = 92 + (i * 83) % 226, 104 + (i * 59) % 196
        if (x - 206) ** 2 / 124**2 + (y - 206) ** 2 / 112**2 < 1:
            p.line(f"M{x} {y} q8 -8 18 -2", lt(tea, 0.26) if i % 2 else dk(tea, 0.36), 5, opacity=0.7)
    p.path(
        "M62 214 C62 300 120 340 206 338 C292 336 350 290 350 206 C318 226 292 206 262 226 C228 248 196 218 160 236 C126 250 96 232 62 214Z",
        p.down(paper, 0.2, 0.14),
    )
    p.oval(206, 288, 34, 26, dk(tea, 0.02), opacity=0.85).path(
        "M206 272 C192 280 192 296 206 304 C220 296 220 280 206 272Z", paper
    )
    return p.shine("M92 160 C106 122 138 96 172 88", 8, 0.25)


def noodles(band: str, paper: str) -> Pic:
    """Bundles of noodles with a paper band."""
    p = Pic().shadow(206, 336, 146, 14)
    for x, lean in ((128, -5), (206, 0), (284, 5)):
        turn = f"rotate({lean} {x} 330)"
        p.rect(x - 40, 66, 80, 270, 10, p.cyl("#ece4d2"), transform=turn)
        for i in range(-30, 34, 10):
            p.path(f"M{x + i} 70 V332", stroke=dk("#ece4d2", 0.22), stroke_width=1.6, opacity=0.6, transform=turn)
        p.rect(x - 43, 172, 86, 74, 5, p.cyl(band), transform=turn).rect(x - 22, 192, 44, 34, 4, paper, transform=turn)
    return p
