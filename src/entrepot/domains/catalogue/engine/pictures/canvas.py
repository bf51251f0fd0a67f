"""The sheet a product picture is drawn on: SVG of 400 × 400, one light from the upper left, one contact shadow.

Recipe (design notes, “Product pictures”): transparent ground (the page gives the tile's tone, so dark mode works),
three values per material made by `mix`, at most one small label, no outline, no text that would need translating.
"""

from __future__ import annotations

from typing import Any

LIGHT, SHADE = "#ffffff", "#10212b"


def mix(a: str, b: str, t: float) -> str:
    """Blend two #rrggbb colours; t = 0 gives a, t = 1 gives b."""
    x, y = (tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in (a, b))
    return "#" + "".join(f"{round(p + (q - p) * t):02x}" for p, q in zip(x, y, strict=True))


def lt(colour: str, t: float = 0.35) -> str:
    """Return a colour nearer the light."""
    return mix(colour, LIGHT, t)


def dk(colour: str, t: float = 0.30) -> str:
    """Return a colour nearer the shade."""
    return mix(colour, SHADE, t)


def _attrs(named: dict[str, Any]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in named.items())


_VECTORS = {
    "linear": 'x1="0" y1="0" x2="{x2}" y2="{y2}"',
    "ball": 'cx=".36" cy=".3" r=".8"',
    "shade": 'cx=".5" cy=".5" r=".5"',
}


class Pic:
    """A picture under construction: body markup plus the gradients it needs. Every verb returns the picture."""

    def __init__(self) -> None:
        self.defs: list[str] = []
        self.body: list[str] = []

    # ---- materials: each returns a fill

    def grad(self, stops: list[tuple[Any, ...]], x2: float = 1, y2: float = 0, kind: str = "linear") -> str:
        """Define a gradient of (offset, colour[, opacity]) stops and return its fill."""
        name = f"g{len(self.defs)}"
        tag = "linearGradient" if kind == "linear" else "radialGradient"
        inside = "".join(
            f'<stop offset="{o:g}" stop-color="{c}"' + (f' stop-opacity="{a[0]:g}"' if a else "") + "/>"
            for o, c, *a in stops
        )
        self.defs.append(f'<{tag} id="{name}" {_VECTORS[kind].format(x2=x2, y2=y2)}>{inside}</{tag}>')
        return f"url(#{name})"

    def cyl(self, c: str) -> str:
        """A turned thing: bright line at the left, dark right edge."""
        return self.grad([(0, dk(c, 0.22)), (0.2, lt(c, 0.28)), (0.48, c), (0.82, dk(c, 0.2)), (1, dk(c, 0.34))])

    def down(self, c: str, a: float = 0.16, b: float = 0.2) -> str:
        """A front: lighter above, darker below."""
        return self.grad([(0, lt(c, a)), (0.55, c), (1, dk(c, b))], 0.25, 1)

    def ball(self, c: str) -> str:
        """A round thing."""
        return self.grad([(0, lt(c, 0.42)), (0.5, c), (1, dk(c, 0.36))], kind="ball")

    def glass(self) -> str:
        """Clear glass."""
        return self.grad([(0, "#ffffff", 0.75), (0.25, "#ffffff", 0.28), (0.7, "#cfdfe0", 0.34), (1, "#7f9aa0", 0.5)])

    def screen(self, c: str = "#20343d") -> str:
        """A dark screen with a reflection."""
        return self.grad([(0, lt(c, 0.3)), (0.46, lt(c, 0.12)), (0.47, c), (1, dk(c, 0.35))], 1, 1)

    def dots(self, c: str, gap: int = 11, r: float = 2) -> str:
        """A woven or punched surface."""
        name = f"g{len(self.defs)}"
        a, b = gap * 0.27, gap * 0.77
        self.defs.append(
            f'<pattern id="{name}" width="{gap}" height="{gap}" patternUnits="userSpaceOnUse">'
            f'<circle cx="{a:g}" cy="{a:g}" r="{r:g}" fill="{c}" opacity=".55"/>'
            f'<circle cx="{b:g}" cy="{b:g}" r="{r:g}" fill="{c}" opacity=".55"/></pattern>'
        )
        return f"url(#{name})"

    # ---- verbs

    def add(self, *markup: str) -> Pic:
        """Add raw markup."""
        self.body += markup
        return self

    def path(self, d: str, fill: str = "none", **k: Any) -> Pic:
        """Add a path."""
        return self.add(f'<path d="{d}" fill="{fill}"{_attrs(k)}/>')

    def rect(self, x: float, y: float, w: float, h: float, r: float, fill: str, **k: Any) -> Pic:
        """Add a box with round corners."""
        return self.add(f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="{r:g}" fill="{fill}"{_attrs(k)}/>')

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str, **k: Any) -> Pic:
        """Add an ellipse."""
        return self.add(f'<ellipse cx="{x:g}" cy="{y:g}" rx="{rx:g}" ry="{ry:g}" fill="{fill}"{_attrs(k)}/>')

    def line(self, d: str, c: str, w: float = 6, **k: Any) -> Pic:
        """Add a stroke with round ends."""
        return self.path(d, stroke=c, stroke_width=f"{w:g}", stroke_linecap="round", stroke_linejoin="round", **k)

    def shine(self, d: str, w: float = 7, opacity: float = 0.4) -> Pic:
        """Add the light's reflection along an edge."""
        return self.line(d, LIGHT, w, opacity=f"{opacity:g}")

    def shadow(self, x: float = 206, y: float = 340, rx: float = 120, ry: float = 15) -> Pic:
        """Add the contact shadow: the only thing that says there is a floor."""
        fade = self.grad([(0, "#0b1a20", 0.34), (0.55, "#0b1a20", 0.16), (1, "#0b1a20", 0)], kind="shade")
        return self.oval(x, y, rx, ry, fade)

    def svg(self) -> str:
        """Return the finished picture."""
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><defs>'
            + "".join(self.defs)
            + "</defs>"
            + "".join(self.body)
            + "</svg>\n"
        )
