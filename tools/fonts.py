"""Turn the Noto web fonts of the lock file into the files that typst reads: `python -m tools.fonts SOURCE TARGET`.

SOURCE is `web/node_modules/@fontsource`, TARGET the folder that `ENTREPOT_FONTS` names (var/fonts). Latin comes in two
subsets and is merged into one file a weight; Arabic, simplified Chinese and Japanese are one file a weight as they are.
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
    "noto-sans": ("latin", "latin-ext"),
    "noto-sans-arabic": ("arabic",),
    "noto-sans-sc": ("chinese-simplified",),
    "noto-sans-jp": ("japanese",),
}


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
            plain.append(str(Path(folder) / f"{index}.ttf"))
            font.save(plain[-1])
        whole = Merger().merge(plain) if len(plain) > 1 else TTFont(plain[0])
        half = place.with_suffix(".part")
        whole.save(half)
        half.replace(place)
    return place


if __name__ == "__main__":
    for font_file in convert(Path(sys.argv[1]), Path(sys.argv[2])):
        print(f"  {font_file.name}")
