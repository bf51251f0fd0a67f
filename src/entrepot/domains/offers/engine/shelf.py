"""Where a product stands: the way to its shelf as text, so that "this shelf and below" is a range."""

from __future__ import annotations

from collections.abc import Mapping


def paths(parents: Mapping[str, str]) -> dict[str, str]:
    """Return the path of each shelf from slug → parent slug ("" at the top): `kitchen/tea/`."""
    found: dict[str, str] = {}
    for slug in parents:
        way, above = slug + "/", parents[slug]
        while above:
            way, above = f"{above}/{way}", parents.get(above, "")
        found[slug] = way
    return found


def reach(path: str) -> tuple[str, str]:
    """Return the half-open range of paths on and below a shelf; the whole shop for ""."""
    return (path, path[:-1] + "0") if path else ("", "\U0010ffff")
