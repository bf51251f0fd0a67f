"""Local rates by postal code: read, refused by line, added to the region's rate as one, ended by a newer edition."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pytest

from entrepot.domains.organisation import queries as organisation
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax import services
from entrepot.domains.tax.engine.local_files import BadLocalLine, LocalLine, read_lines
from entrepot.flows.bring_in.import_local_tax import import_local_tax
from entrepot.infra import db
from entrepot.infra.memo import forget_all
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import InvalidInput, NotFound
from tests import builders
from tests.law_builders import DAY

FILE = """state,zip,region,combined_rate,state_rate,county_rate,city_rate,special_rate
CA,94105,SAN FRANCISCO,0.08625,0.0725,0.0025,,0.01125
CA,94107,SAN FRANCISCO,0.5,0.0725,,,
NY,10001,NEW YORK,0.08875,0.04,,0.045,0.00375
OR,97201,PORTLAND,x,,,,
OR,97202,PORTLAND,0.0,,,,
"""


def lines_of(text: str) -> list[LocalLine | BadLocalLine]:
    reader = csv.DictReader(io.StringIO(text))
    return list(read_lines(reader.fieldnames or (), reader))


def test_lines_are_read_and_the_bad_ones_told() -> None:
    found = lines_of(FILE)
    assert found[0] == LocalLine(1, "CA", "94105", 13_750)
    assert isinstance(found[1], BadLocalLine) and found[1].number == 2 and "15 %" in found[1].rule
    assert isinstance(found[3], BadLocalLine) and found[3].value == "x"
    assert found[4] == LocalLine(5, "OR", "97202", 0)
    assert lines_of("region,postcode,rate\nny,10001-1234,4.875 %\n") == [LocalLine(1, "NY", "100011234", 48_750)]
    with pytest.raises(InvalidInput):
        lines_of("a,b\n1,2\n")


@pytest.fixture
def loaded(db, tmp_path: Path) -> Path:
    builders.seed_shop()
    path = tmp_path / "zip.csv"
    path.write_text(FILE, "utf-8")
    done = import_local_tax(actor=SYSTEM, path=path, jurisdiction="US", from_date=dt.date(2026, 2, 1), source="a list")
    assert (done.read, done.stored, done.changed, len(done.bad)) == (5, 3, 3, 2)
    forget_all()
    return path


def rate(region: str, postcode: str, on: dt.date = DAY) -> tuple[int, str]:
    entity = organisation.store().entity.id
    rules = tax.rules(destination="US", region=region, entity_id=entity, on=on, postcode=postcode)
    return rules.rates["standard"].rate_ppm, rules.rates["standard"].rule.value


def test_the_place_adds_to_the_states_rate(loaded: Path) -> None:
    assert rate("CA", "94105") == (86_250, "8.625 % (7.25 % and 1.375 % local)")
    assert rate("US-CA", "94105-1804")[0] == 86_250  # nine digits find the five
    assert rate("CA", "")[0] == rate("CA", "90001")[0] == 72_500  # no address yet, and a code that no list has
    assert rate("NY", "94105")[0] == 40_000  # a code counts in its own region alone
    assert rate("CA", "94105", dt.date(2026, 1, 31))[0] == 72_500  # before the list begins


def test_a_newer_edition_ends_the_older(loaded: Path) -> None:
    again = import_local_tax(
        actor=SYSTEM, path=loaded, jurisdiction="US", from_date=dt.date(2026, 2, 1), source="a list"
    )
    assert again.changed == 0
    with db.transaction():
        services.import_local_rates(
            actor=SYSTEM, jurisdiction="US", lines=[LocalLine(1, "CA", "94105", 20_000)], from_date=dt.date(2027, 1, 1),
            source="next year",
        )  # fmt: skip
    forget_all()
    assert rate("CA", "94105")[0] == 86_250
    assert rate("CA", "94105", dt.date(2027, 1, 1))[0] == 92_500
    entity = organisation.store().entity.id
    rules = tax.rules(destination="US", region="CA", entity_id=entity, on=DAY, postcode="94105")
    assert rules.next_boundary == dt.date(2027, 1, 1)
    with pytest.raises(InvalidInput):
        import_local_tax(actor=SYSTEM, path=loaded, jurisdiction="US", from_date=dt.date(2026, 2, 1), source="old")


def test_a_jurisdiction_without_law_is_refused(loaded: Path) -> None:
    with pytest.raises(NotFound):
        import_local_tax(actor=SYSTEM, path=loaded, jurisdiction="QQ", from_date=DAY, source="x")
