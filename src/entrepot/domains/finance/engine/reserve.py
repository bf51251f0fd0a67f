"""How much more a lane should ask, from what its bills came to: a quantile, shrunk to the overall figure. Pure, whole numbers.

The method is told with numbers in docs/algorithms/true-up.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from entrepot.domains.finance.types import ReserveProposal, RiskSample
from entrepot.kernel.money import PPM, divide

QUANTILE_PPM = 900_000
HALF_TRUST = 20  # with so many consignments a lane's own figure counts one half
MOST_PPM = 1_000_000


def quantile(values: Sequence[int], at_ppm: int = QUANTILE_PPM) -> int:
    """Return the nearest-rank quantile: the smallest value that at least this share of all does not exceed. Of none: 0."""
    if not values:
        return 0
    rank = max(1, -(-len(values) * at_ppm // PPM))
    return sorted(values)[rank - 1]


def proposals(samples: Iterable[RiskSample]) -> tuple[ReserveProposal, ...]:
    """Return a proposal per lane and group, by lane; zero where bills stay within the quote.

    A consignment's share is (billed − quoted) ÷ quoted, in ppm. With n consignments of a lane its own quantile counts
    n ÷ (n + 20), the quantile over all lanes the rest. A consignment with nothing quoted has no share and is only counted; a
    lane with no other gets no proposal (0).
    """
    lanes: dict[tuple, list[int]] = {}
    left_out: dict[tuple, int] = {}
    overall: dict[str, list[int]] = {}
    for one in samples:
        key = (one.lane, one.group)
        lanes.setdefault(key, [])
        if one.quoted_minor <= 0:
            left_out[key] = left_out.get(key, 0) + 1
            continue
        share = divide((one.billed_minor - one.quoted_minor) * PPM, one.quoted_minor)
        lanes[key].append(share)
        overall.setdefault(one.group, []).append(share)
    found = []
    for (lane, group), shares in sorted(lanes.items()):
        own, every = quantile(shares), quantile(overall.get(group, []))
        weight = divide(len(shares) * PPM, len(shares) + HALF_TRUST)
        ppm = divide(own * weight + every * (PPM - weight), PPM)
        ppm = min(MOST_PPM, max(0, ppm)) if shares else 0
        found.append(ReserveProposal(lane, group, ppm, own, every, weight, len(shares), left_out.get((lane, group), 0)))
    return tuple(found)
