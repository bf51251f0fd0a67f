"""A period under another rule set: empty by its own law; else every difference has a cause, and the causes sum to the totals."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import msgspec
import pytest

from entrepot.domains.customs import queries as customs
from entrepot.domains.tax import queries as tax
from entrepot.flows.price.replay_period import Case, cases, count, replay_one
from entrepot.flows.price.replay_report import Totals, replay
from entrepot.flows.price.replay_rules import RuleBook, law_of_folder
from entrepot.interfaces.cli.commands import replay as command
from entrepot.kernel.errors import InvalidInput
from tests.builders import AT, DAY, a_placed_order, a_quote, seed_shop

pytestmark = pytest.mark.django_db
CARTS = ({"LAMP-OAK": 1}, {"SPK-MINI": 2, "TEA-CUP": 3}, {"LAMP-OAK": 1, "SPK-MINI": 2, "TEA-CUP": 1})


@pytest.fixture(autouse=True)
def _shop() -> None:
    seed_shop()


def _cases(*markets: str) -> list[Case]:
    quotes = [a_quote(cart, market=market) for market in markets for cart in CARTS]
    return [Case(quote.id, "", quote.market, DAY, quote) for quote in quotes]


def _law(folder: Path, part: str, name: str, old: str, new: str) -> Path:
    """A folder with one changed table."""
    (folder / part).mkdir(parents=True, exist_ok=True)
    home = Path((tax if part == "tax" else customs).__file__).parent / "refdata"
    text = (home / name).read_text("utf-8")
    assert old in text
    (folder / part / name).write_text(text.replace(old, new), "utf-8")
    return folder


def _check(totals: Totals) -> None:
    for currency, stored in totals.stored.items():
        difference = totals.replayed[currency] - stored
        for sums in (totals.causes, totals.markets, totals.kinds):
            assert sum(one.amount_minor for (_, of), one in sums.items() if of == currency) == difference


def test_by_its_own_law_nothing_differs_and_by_days_before_the_fixed_duty_it_falls_away() -> None:
    found = _cases("DE", "US", "SA")
    same = replay(found, RuleBook())
    assert (same.orders, same.changed, same.not_covered) == (9, 0, 0) and same.rows
    assert same.stored == same.replayed and not same.causes
    german = [case for case in found if case.market == "DE"]
    before = replay(german, RuleBook(on=dt.date(2026, 6, 30)))
    _check(before)
    kinds = {(cause.kind, cause.charge) for cause, _ in before.causes}
    assert ("treatment", "duty") in kinds
    duty = next(cause for cause, _ in before.causes if cause.kind == "treatment")
    assert duty.before.key == "low_value_fixed_duty" and duty.after.key != "low_value_fixed_duty"
    flat = sum(
        charge.amount_minor
        for case in german
        for one in case.quote.consignments
        for charge in one.charges
        if charge.rule.key == "low_value_fixed_duty"
    )
    assert flat and before.kinds["duty", "EUR"].amount_minor == -flat


def test_an_announced_rate_is_tried_from_a_folder_and_its_base_effects_stand_apart(tmp_path: Path) -> None:
    folder = _law(tmp_path, "customs", "EU.yaml", 'amount: "3.00"', 'amount: "5.00"')
    de = (Path(tax.__file__).parent / "refdata" / "DE.yaml").read_text("utf-8")
    assert '"19"' in de
    _law(folder, "tax", "DE.yaml", '"19"', '"21"')
    found = _cases("DE")
    totals = replay(found, RuleBook(laws=law_of_folder(folder)))
    _check(totals)
    kinds = {(cause.kind, cause.charge) for cause, _ in totals.causes}
    assert {("treatment", "duty"), ("rate", "tax")} <= kinds
    rate = next(cause for cause, _ in totals.causes if cause.kind == "rate")
    assert (rate.before.value, rate.after.value) == ("19 %", "21 %")
    assert customs.law()["EU"] is not law_of_folder(folder).customs["EU"]


def test_what_the_rules_cannot_cover_is_a_cause_of_its_own_and_stands_outside_the_totals() -> None:
    found = _cases("DE")
    lost = msgspec.structs.replace(found[0].quote, country="QQ")
    totals = replay([msgspec.structs.replace(found[0], quote=lost), *found[1:]], RuleBook())
    assert totals.not_covered == 1 and totals.changed == 0
    assert totals.stored["EUR"] == sum(case.quote.total_minor for case in found[1:])
    diff = replay_one(msgspec.structs.replace(found[0], quote=lost), RuleBook())
    assert diff.fault and diff.difference_minor == 0 and diff.shifts[0][0].kind == "not_coverable"


def test_orders_of_a_period_are_read_by_the_day_of_the_entity_and_written_as_csv() -> None:
    for cart in CARTS[:2]:
        a_placed_order(cart)
    a_placed_order(CARTS[0], market="US")
    asked = {"since": DAY, "until": DAY, "zone": "Asia/Shanghai"}
    assert count(**asked) == 3 and count(**asked, market="US") == 1 and count(**asked, quotes=True) == 3
    assert [case.market for case in cases(**asked, quotes=True)] == ["DE", "DE", "US"]
    day_before = DAY - dt.timedelta(days=1)
    assert count(since=day_before, until=day_before, zone="Asia/Shanghai") == 0
    out = io.StringIO()
    totals = replay(cases(**asked), RuleBook(on=dt.date(2026, 6, 30)), out=out)
    _check(totals)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert {row["order"][:2] for row in rows} == {"E-"}
    cents = sum(round(float(row["difference"]) * 100) for row in rows if row["currency"] == "EUR")
    assert cents == totals.replayed["EUR"] - totals.stored["EUR"]


def test_the_command_says_what_differs_and_how_fast(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    parser = command.argparse.ArgumentParser()
    command.arguments(parser)
    a_placed_order(CARTS[1])
    out = tmp_path / "diff.csv"
    words = ["--from", "2026-11-01", "--to", "2026-11-30", "--rules", "2026-06-30", "--out", str(out)]
    assert command.run(parser.parse_args(words)) == 0
    said = capsys.readouterr().out
    assert "1 orders, 1 differ, 0 cannot be covered" in said and "rows/s" in said.splitlines()[-1]
    assert len(out.read_text().splitlines()) > 1
    with pytest.raises(InvalidInput):
        command.run(parser.parse_args(["--from", "2026-11-30", "--to", "2026-11-01"]))
    with pytest.raises(InvalidInput):
        command.run(parser.parse_args([*words, "--law", str(tmp_path)]))
    assert AT.date() == DAY
