"""A live shop for a whole module of tests: fresh database, real web, worker and sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench._live import Live, live


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Live]:
    """Run a shop with plenty of stock; a module may set `STOCK` to have another."""
    stock = getattr(request.module, "STOCK", {"LAMP-OAK": (500, 0), "SPK-MINI": (500, 0), "TEA-CUP": (500, 500)})
    name = request.module.__name__.rsplit(".", 1)[-1].removeprefix("test_")
    with live(tmp_path_factory.mktemp("live"), name=name, stock=stock) as running:
        yield running
