"""What a service charges for a parcel: price steps by mass, where bulky goods count as heavier than they are."""

from __future__ import annotations

from entrepot.domains.logistics.errors import TooHeavy
from entrepot.domains.logistics.types import LaneRate


def chargeable_g(rate: LaneRate, mass_g: int, volume_mm3: int = 0) -> int:
    """Return the mass that is charged, in g: the real one or the volumetric one, whichever is more.

    volume in mm³ ÷ 1000 = cm³; cm³ ÷ divisor = kg; so g = mm³ ÷ divisor, rounded up. A divisor of 0 ignores volume.
    """
    volumetric = -(-volume_mm3 // rate.volumetric_divisor) if rate.volumetric_divisor else 0
    return max(mass_g, volumetric)


def freight_minor(rate: LaneRate, mass_g: int, volume_mm3: int = 0) -> int:
    """Return the freight in minor units of the rate's currency: the first step that reaches the chargeable mass.

    Raises TooHeavy when the goods exceed the service's limit or its last step.
    """
    counted = chargeable_g(rate, mass_g, volume_mm3)
    if counted <= rate.max_mass_g:
        for step in rate.steps:
            if counted <= step.up_to_g:
                return step.amount_minor
    raise TooHeavy(service=rate.name, mass_kg=-(-counted // 1000), max_kg=rate.max_mass_g // 1000)


def floor(rate: LaneRate) -> tuple[int, int]:
    """Return (opening, per_kg) in minor units so that freight ≥ opening + per_kg × kg for every mass carried.

    For the lower bounds of sourcing: the line through the end of the first step that no later step falls below.
    """
    first = rate.steps[0]
    slopes = [
        (step.amount_minor - first.amount_minor) * 1000 // (step.up_to_g - first.up_to_g) for step in rate.steps[1:]
    ]
    per_kg = max(0, min(slopes, default=0))
    return first.amount_minor - -(-per_kg * first.up_to_g // 1000), per_kg
