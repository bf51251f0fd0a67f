"""A process of its own that imports a file into the test database, for the test that kills it."""

import sys
from pathlib import Path

from entrepot.interfaces.cli import boot

boot.django()

from entrepot.domains.organisation import queries as organisation  # noqa: E402 needs Django
from tests.goods_builders import bring  # noqa: E402

with Path(sys.argv[1]).open(encoding="utf-8") as handle:
    bring(organisation.store(), handle)
