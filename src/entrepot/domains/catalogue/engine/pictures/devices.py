"""Things with a plug or a battery. A function per kind, with two colours; see `canvas` for the recipe."""

from __future__ import annotations

from entrepot.domains.catalogue.engine.pictures.canvas import Pic, dk, lt


def headphones(shell: str, pad: str) -> Pic:
    """Closed headphones."""
    p = Pic().shadow(200, 344, 122)
    p.line(
        "M98 236 C84 80 316 80 302 236", p.grad([(0, dk(shell, 0.1)), (0.35, lt(shell, 0.3)), (1, dk(shell, 0.35))]), 24
    )
    p.line("M126 150 C150 92 250 92 274 150", pad, 15).line("M98 226 V252 M302 226 V252", "#c4cbce", 11)
    for x, s in ((72, 1), (258, -1)):
        inner = x + 44 if s == 1 else x - 18
        p.rect(inner, 222, 34, 112, 17, p.cyl(pad))
        p.rect(x, 212, 70, 132, 35, p.down(shell, 0.26, 0.3))
        p.rect(x + 12, 226, 46, 104, 23, lt(shell, 0.1), opacity=0.5).oval(x + 35, 278, 9, 9, dk(shell, 0.4))
    return p.rect(84, 234, 8, 62, 4, "#fff", opacity=0.42)


def speaker(cloth: str, trim: str) -> Pic:
    """Portable speaker in cloth with a carrying strap."""
    p = Pic().shadow(200, 344, 124)
    p.line("M138 110 C138 62 262 62 262 110", trim, 13)
    p.rect(78, 106, 244, 236, 46, p.down(dk(trim, 0.1), 0.1, 0.3)).rect(90, 118, 220, 212, 38, p.down(cloth, 0.2, 0.22))
    weave = p.dots(dk(cloth, 0.42))
    p.rect(104, 132, 192, 140, 28, weave).rect(104, 284, 192, 30, 15, dk(cloth, 0.12), opacity=0.35)
    p.oval(268, 299, 22, 22, p.ball("#e9e4d8")).line("M268 299 L268 284", dk(trim, 0.2), 4).oval(
        126, 299, 5, 5, "#ffc845"
    )
    return p.path("M108 168 Q106 138 138 134", stroke="#fff", stroke_width=7, stroke_linecap="round", opacity=0.3)


def camera(body: str, leather: str) -> Pic:
    """Small camera with a fixed lens."""
    p = Pic().shadow(200, 320, 150)
    p.path("M132 120 L148 92 Q152 86 160 86 H240 Q248 86 252 92 L268 120Z", p.down(body, 0.3, 0.1)).rect(
        284, 100, 40, 22, 6, p.cyl("#c9ced0")
    ).oval(94, 116, 19, 8, "#d8dcdd").rect(75, 108, 38, 12, 5, p.cyl("#b9c0c3"))
    p.rect(52, 116, 296, 200, 28, p.down(body, 0.3, 0.18)).rect(52, 162, 296, 118, 0, p.down(leather, 0.12, 0.3))
    p.oval(200, 222, 86, 86, p.ball("#c9ced0")).oval(200, 222, 76, 76, "#22292e").oval(
        200, 222, 62, 62, p.ball("#3a464d")
    ).oval(200, 222, 44, 44, "#131a1f").oval(200, 222, 32, 32, p.ball("#2c5f73"))
    p.oval(186, 206, 11, 8, "#fff", opacity=0.75).oval(216, 240, 5, 4, "#ffc845", opacity=0.7).rect(
        176, 96, 48, 22, 5, "#1d262b"
    ).rect(300, 132, 26, 14, 4, "#ffc845")
    return p.rect(70, 126, 60, 7, 3.5, "#fff", opacity=0.5)
