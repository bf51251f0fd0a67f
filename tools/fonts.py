"""Turn the Noto web fonts of the lock file into the files that typst reads: `python -m tools.fonts SOURCE TARGET`.

SOURCE is `web/node_modules/@fontsource`, TARGET the folder that `ENTREPOT_FONTS` names (var/fonts). Latin, Greek and
Cyrillic come in subsets and are merged into one file a weight; Arabic, simplified Chinese and Japanese are one file a weight as they are.

The Japanese subset holds what everyday text needs, not what names need (髙, 﨑, 鷗, 濵): the slices in which the web font
keeps all signs become a family of their own, "Noto Sans JP Whole", in one weight, to which papers fall back.
"""

from __future__ import annotations

import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

WEIGHTS = (400, 700)
FAMILIES = {
    "noto-sans": ("latin", "latin-ext", "greek", "greek-ext", "cyrillic", "cyrillic-ext", "vietnamese"),
    "noto-sans-arabic": ("arabic",),
    "noto-sans-sc": ("chinese-simplified",),
    "noto-sans-jp": ("japanese",),
}
WHOLE = "noto-sans-jp-whole"
WHOLE_NAME = "Noto Sans JP Whole"
WHOLE_SLICES = range(120)
"""All slices of the web font: a sign that the subset lacks may lie in any of them."""
# Rules of line-setting that only fonts of whole texts need; without them slices merge fast.
SPARED = ("GSUB", "GPOS", "BASE", "STAT", "gasp", "prep", "vhea", "vmtx")


def convert(source: Path, target: Path) -> list[Path]:
    """Write one TTF per family and weight; what is there already and newer is left alone."""
    target.mkdir(parents=True, exist_ok=True)
    waiting: list[tuple[list[Path], Path]] = []
    for family, subsets in FAMILIES.items():
        for weight in WEIGHTS:
            parts = [source / family / "files" / f"{family}-{subset}-{weight}-normal.woff2" for subset in subsets]
            place = target / f"{family}-{weight}.ttf"
            if not place.exists() or place.stat().st_mtime < max(part.stat().st_mtime for part in parts):
                waiting.append((parts, place))
    folder = source / "noto-sans-jp" / "files"
    slices = [folder / f"noto-sans-jp-{number}-400-normal.woff" for number in WHOLE_SLICES]
    place = target / f"{WHOLE}-400.ttf"
    if not place.exists() or place.stat().st_mtime < max(part.stat().st_mtime for part in slices):
        waiting.append((slices, place))
    # The Chinese and Japanese fonts take seconds each; their order puts the slow ones on different processes.
    with ProcessPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(_write, waiting[::-1]))


def _write(job: tuple[list[Path], Path]) -> Path:
    parts, place = job
    with tempfile.TemporaryDirectory() as folder:
        plain = []
        for index, part in enumerate(parts):
            font = TTFont(part)
            font.flavor = None
            if place.name.startswith(WHOLE):
                for tag in SPARED:
                    if tag in font:
                        del font[tag]
            plain.append(str(Path(folder) / f"{index}.ttf"))
            font.save(plain[-1])
        whole = Merger().merge(plain) if len(plain) > 1 else TTFont(plain[0])
        if place.name.startswith(WHOLE):
            for number in (1, 4, 6, 16):
                whole["name"].setName(WHOLE_NAME if number != 6 else WHOLE_NAME.replace(" ", ""), number, 3, 1, 0x409)
        half = place.with_suffix(".part")
        whole.save(half)
        half.replace(place)
    return place


if __name__ == "__main__":
    for font_file in convert(Path(sys.argv[1]), Path(sys.argv[2])):
        print(f"  {font_file.name}")
