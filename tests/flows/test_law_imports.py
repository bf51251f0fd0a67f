"""Tariff and exchange-rate files, from the file to the quote."""

from __future__ import annotations

import datetime as dt
import gzip
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from entrepot.domains.customs import queries as customs
from entrepot.domains.markets import queries as markets
from entrepot.flows.bring_in.import_fx import import_fx
from entrepot.flows.bring_in.import_tariff import import_tariff
from entrepot.infra.memo import forget_all
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import InvalidInput, NotFound
from tests.law_builders import DAY

pytestmark = pytest.mark.django_db

TARIFF = """commodity,description,cet_duty_rate,ukgt_duty_rate
61091000,"T-shirts, of cotton",12.0%,10.0%
02011000,"Beef, fresh",12.8% + 176.80 EUR / 100 kg,12%
6109X,"a slip of the pen",1%,1%
"""
WIDE = "Date,USD,JPY,\n2026-11-24,1.1650,182.00,\n2026-11-23,1.1600,N/A,\n"


def test_a_tariff_file_changes_the_duty_and_tells_what_it_left_out(tmp_path: Path) -> None:
    path = tmp_path / "tariff.csv.gz"
    path.write_bytes(gzip.compress(TARIFF.replace("12.0%", "11.5%").encode()))
    load = {"actor": SYSTEM, "path": path, "territory": "EU", "from_date": dt.date(2026, 1, 1), "source": "a file"}
    done = import_tariff(**load)
    assert (done.read, done.stored, done.changed, done.compound) == (4 - 1, 2, 2, 1)
    assert [(bad.number, bad.field, bad.value) for bad in done.bad] == [(3, "code", "6109X")]
    assert import_tariff(**load).changed == 0
    rate = customs.rules(destination="DE", pairs=[("6109100010", "CN")], on=DAY).rates["6109100010", "CN"]
    assert (rate.rate_ppm, rate.rule.source, rate.rule.since) == (115_000, "a file", "2026-01-01")


def test_a_file_that_cannot_be_read_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "not.csv.gz"
    path.write_bytes(b"not gzip")
    for wrong in (path, tmp_path / "missing.csv"):
        with pytest.raises((InvalidInput, NotFound)):
            import_tariff(actor=SYSTEM, path=wrong, territory="EU", from_date=DAY, source="x")
        with pytest.raises((InvalidInput, NotFound)):
            import_fx(actor=SYSTEM, path=wrong)
    assert customs.tariff_size(territory="EU") == 0


def test_rates_come_from_plain_and_zipped_files(tmp_path: Path) -> None:
    plain, zipped = tmp_path / "rates.csv", tmp_path / "rates.zip"
    plain.write_text(WIDE, "utf-8")
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("eurofxref-hist.csv", WIDE)
    done = import_fx(actor=SYSTEM, path=plain)
    assert (done.read, done.changed, done.first, done.last) == (3, 3, "2026-11-23", "2026-11-24")
    assert import_fx(actor=SYSTEM, path=zipped).changed == 0
    forget_all()
    assert markets.fx_quote(source_currency="EUR", target="USD", on=DAY).rate == Decimal("1.165")
    assert ("ECB", "EUR", "JPY", Decimal(182), dt.date(2026, 11, 24)) in markets.fx_rates(on=DAY)


def test_one_bad_cell_and_nothing_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(WIDE + "2026-11-22,one,180,\n", "utf-8")
    with pytest.raises(InvalidInput, match="USD 2026-11-22"):
        import_fx(actor=SYSTEM, path=path)
    assert not markets.fx_rates(on=DAY)
