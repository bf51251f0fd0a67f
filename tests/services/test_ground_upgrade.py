"""The next release on the last one's data, and backups that were really put back.

`tests/recordings/spine.sql.gz` is the database of a shop on the first release, the spine: demo goods, nine orders by card and
code in three markets, three of them shipped, one cancelled with its refund, one unpaid. Here it is migrated with today's
program, looked at, sold from, backed up and restored.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from bench._frame import database
from bench._live import Live
from entrepot.infra import pg

RECORDING = Path(__file__).parents[1] / "recordings" / "spine.sql.gz"
COUNTS = """
SELECT (SELECT count(*) FROM orders_order), (SELECT count(*) FROM ledger_journalentry), (SELECT count(*) FROM ledger_posting),
       (SELECT sum(abs(amount_minor)) FROM ledger_posting), (SELECT count(*) FROM fulfilment_shipment),
       (SELECT sum(reserved) FROM inventory_stock), (SELECT count(*) FROM messages_message)
"""
LOOK = """
import json
from django.test import Client
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.orders import queries as orders
from entrepot.domains.payments import queries as payments
from entrepot.infra import db
rows = [orders.order(order_id=row.id) for row in orders.orders(limit=50)]
entities = [str(entity) for (entity,) in db.fetch("SELECT DISTINCT entity_id FROM ledger_journalentry")]
balances = [b for e in entities for b in ledger.trial_balance(entity_id=e)]
client = Client()
print(json.dumps({
    "states": {row.number: row.state for row in rows},
    "named": all(row.address.postal_code for row in rows),
    "even": sum(b.debit_minor - b.credit_minor for b in balances),
    "posted": sum(b.debit_minor for b in balances),
    "captured": {row.number: [a.state for a in payments.attempts(order_id=row.id)] for row in rows},
    "home": client.get("/de-de/").status_code,
    "goods": client.get("/en-us/search?q=lamp").status_code,
}))
"""


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, tuple[object, ...]]]:
    """Load the spine's database, count, migrate it, and give a shop over it (nothing of it runs)."""
    folder = tmp_path_factory.mktemp("upgrade")
    with database("upgrade", fresh=True) as url:
        text = gzip.decompress(RECORDING.read_bytes())
        words = [pg.program("psql"), "-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", url]
        done = subprocess.run(words, input=text, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        with psycopg.connect(url) as connection:
            before = connection.execute(COUNTS).fetchone()
        assert before is not None
        command(folder, "migrate", "--quiet")
        yield Live(folder, **{"DATABASE_URL": url}), before


def command(folder: Path, *words: str) -> str:
    """Run a command of the program as the owner; fail with its words."""
    done = subprocess.run(
        [str(Path(os.sys.executable).parent / "entrepot"), *words],
        env={**os.environ, "ENTREPOT_VAR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-2000:]
    return done.stdout


def refused(folder: Path, *words: str) -> str:
    """Run a command that must be refused in one sentence, and return it."""
    with pytest.raises(AssertionError) as fault:
        command(folder, *words)
    assert "Traceback" not in str(fault.value)
    return str(fault.value)


def test_what_the_spine_sold_is_still_there(upgraded: tuple[Live, tuple[object, ...]]) -> None:
    shop, before = upgraded
    assert shop.sql(COUNTS)[0] == before
    seen = json.loads(shop.python(LOOK).splitlines()[-1])
    assert seen["states"] == {
        **{f"E-10000{n}": "shipped" for n in (1, 2, 3)},
        "E-100004": "cancelled",
        **{f"E-10000{n}": "confirmed" for n in (5, 6, 7, 8)},
        "E-100009": "placed",
        "E-100010": "placed",
    }
    assert seen["named"], "an address sealed by the spine can no longer be opened"
    assert seen["even"] == 0
    assert seen["posted"] > 0
    assert [n for n, states in seen["captured"].items() if states != ["captured"]] == ["E-100010", "E-100009"]
    assert (seen["home"], seen["goods"]) == (200, 200)


def test_an_order_of_the_spine_goes_on_its_way(upgraded: tuple[Live, tuple[object, ...]]) -> None:
    shop, _ = upgraded
    shop.start("sandbox")
    try:
        said = shop.python(SHIP)
    finally:
        shop.stop()
    assert said.splitlines()[-1].startswith("shipped ")
    assert shop.sql("SELECT count(*) FROM fulfilment_shipment WHERE state = 'shipped'")[0][0] >= 4


SHIP = """
from entrepot.domains.fulfilment import queries as fulfilment
from entrepot.domains.orders import queries as orders
from entrepot.flows.fulfil.pack_shipment import pack_shipment
from entrepot.flows.fulfil.pick_shipment import pick_shipment
from entrepot.flows.fulfil.ship_shipment import ship_shipment
from entrepot.infra import clock
from entrepot.kernel.actor import SYSTEM
order = next(row for row in orders.orders(limit=50) if row.number == "E-100005")
for shipment in fulfilment.shipments(order_id=order.id):
    for step in (pick_shipment, pack_shipment, ship_shipment):
        said = step(actor=SYSTEM, shipment_id=shipment.id, at=clock.now())
    print("shipped", said)
"""


def test_a_backup_is_put_back_whole(upgraded: tuple[Live, tuple[object, ...]], tmp_path: Path) -> None:
    shop, _ = upgraded
    files = shop.folder / "files"
    files.mkdir(exist_ok=True)
    (files / "paper.bin").write_bytes(b"a paper")
    target = tmp_path / "shop.tar"
    assert "rows" in command(shop.folder, "backup", str(target))
    assert target.stat().st_mode & 0o777 == 0o600
    assert "the drill passed" in command(shop.folder, "restore", str(target), "--drill")
    assert "not empty" in refused(shop.folder, "restore", str(target), "--into", os.environ["DATABASE_URL"])
    with fresh("restored") as url:
        place = tmp_path / "files"
        command(shop.folder, "restore", str(target), "--into", url, "--files", str(place))
        assert (place / "paper.bin").read_bytes() == b"a paper"
        with psycopg.connect(url) as connection:
            assert connection.execute(COUNTS).fetchone() == shop.sql(COUNTS)[0]


def test_a_damaged_backup_changes_nothing(upgraded: tuple[Live, tuple[object, ...]], tmp_path: Path) -> None:
    shop, _ = upgraded
    files = shop.folder / "files"
    files.mkdir(exist_ok=True)
    (files / "paper.bin").write_bytes(b"a paper")
    whole = tmp_path / "whole.tar"
    command(shop.folder, "backup", str(whole))
    altered = tmp_path / "altered.tar"
    with tarfile.open(whole) as source, tarfile.open(altered, "w") as target:
        for member in source:
            content = source.extractfile(member)
            assert content is not None
            if member.name == "files/paper.bin":
                (tmp_path / "other").write_bytes(b"b paper")
                target.add(tmp_path / "other", member.name)
            else:
                target.addfile(member, content)
    with fresh("damaged") as url:
        assert "paper.bin" in refused(shop.folder, "restore", str(altered), "--into", url)
        cut = tmp_path / "cut.tar"
        cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        assert "backup" in refused(shop.folder, "restore", str(cut), "--into", url)
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


class fresh:
    """An empty database beside the test's own, dropped at the end."""

    def __init__(self, name: str) -> None:
        parts = urlsplit(os.environ["DATABASE_URL"])
        self.name = f"{parts.path.lstrip('/')}_{name}"
        self.url = urlunsplit(parts._replace(path=f"/{self.name}"))

    def __enter__(self) -> str:
        self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        self._run(f'CREATE DATABASE "{self.name}"')
        return self.url

    def __exit__(self, *_: object) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(statement)
