"""Goods into boxes: a simple first fit by mass, and the check that boxes hold what the shipment has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from entrepot.domains.fulfilment.errors import TooHeavyArticle, WrongContents
from entrepot.domains.fulfilment.types import PackageView


class Unit(msgspec.Struct, frozen=True):
    """One kind of unit of a line: how many, what one weighs (g) and the space it takes (mm³)."""

    line_ref: str
    sku: str
    quantity: int
    mass_g: int
    volume_mm3: int = 0


def counted_g(mass_g: int, volume_mm3: int, divisor: int) -> int:
    """Return what a box counts as, in g: its mass or its volumetric mass (mm³ ÷ divisor, rounded up), whichever is more.

    `divisor` is cm³ that count as one kg; 0: volume does not count.
    """
    return max(mass_g, -(-volume_mm3 // divisor) if divisor else 0)


def proposal(units: Sequence[Unit], *, max_g: int, divisor: int = 0) -> tuple[PackageView, ...]:
    """Return boxes that each count as no more than `max_g`: the heaviest units first, each into the first box that takes it.

    The same input gives the same boxes. Raises TooHeavyArticle when one unit alone counts as more.
    """

    def fits(unit: Unit, load: tuple[int, int]) -> bool:
        return counted_g(load[0] + unit.mass_g, load[1] + unit.volume_mm3, divisor) <= max_g

    boxes: list[dict[str, int]] = []
    loads: list[tuple[int, int]] = []
    for unit in sorted(units, key=lambda u: (-counted_g(u.mass_g, u.volume_mm3, divisor), u.line_ref)):
        alone = counted_g(unit.mass_g, unit.volume_mm3, divisor)
        if alone > max_g:
            raise TooHeavyArticle(sku=unit.sku, mass_kg=_kg(alone), max_kg=_kg(max_g))
        for _ in range(unit.quantity):
            index = next((i for i, load in enumerate(loads) if fits(unit, load)), len(boxes))
            if index == len(boxes):
                boxes.append({})
                loads.append((0, 0))
            mass, volume = loads[index]
            boxes[index][unit.line_ref] = boxes[index].get(unit.line_ref, 0) + 1
            loads[index] = (mass + unit.mass_g, volume + unit.volume_mm3)
    return tuple(
        PackageView(number=number, mass_g=load[0], contents=box)
        for number, (box, load) in enumerate(zip(boxes, loads, strict=True), 1)
    )


def refuse_wrong_contents(packages: Sequence[PackageView], lines: Mapping[str, int]) -> None:
    """Raise WrongContents unless the boxes together hold exactly the units of each line, and no box is empty."""
    held: dict[str, int] = {}
    for package in packages:
        for ref, units in package.contents.items():
            held[ref] = held.get(ref, 0) + units
        if not package.contents or min(package.contents.values()) < 1:
            raise WrongContents(ref=package.number, wanted=1, packed=0)
    for ref in sorted({*held, *lines}):
        if held.get(ref, 0) != lines.get(ref, 0):
            raise WrongContents(ref=ref, wanted=lines.get(ref, 0), packed=held.get(ref, 0))


def _kg(mass_g: int) -> str:
    return f"{mass_g / 1000:.1f}"
