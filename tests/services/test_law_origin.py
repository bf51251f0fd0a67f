"""Preferences by proof of origin, and rules that contradict each other: loaded, claimed, chosen, dated, in the database."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entrepot.domains.customs import queries as customs
from entrepot.domains.customs import services
from entrepot.domains.customs.types import DutyRate
from entrepot.flows.bring_in.import_tariff import import_tariff
from entrepot.flows.price.landed_cost import landed_cost
from entrepot.infra import db
from entrepot.infra.memo import forget_all
from entrepot.kernel.actor import SYSTEM, Actor
from entrepot.kernel.errors import InvalidInput, NotFound, PermissionDenied
from tests.builders import demo_store
from tests.law_builders import DAY, lines, parcel, tax_rules

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
SCHEDULE = """hts,hs6,description,unit,general_rate,general_ad_valorem_pct,special_rate,column2_rate
61091000,610910,T-shirts,,16.5%,16.5,"Free (AU,KR,S) 3.5% (JP) See 9915.02.05 (P+)",90%
6109100010,610910,Men's,,,,,
69111010,691110,Hotel,,25%,25,"Free (KR)",75%
69111035,691110,Other,,6%,6,"3% (KR)",75%
85183020,851830,Headphones,,Free,0,,35%
"""


@pytest.fixture
def schedule(tmp_path: Path) -> int:
    file = tmp_path / "hts.csv"
    file.write_text(SCHEDULE.replace("6109100010,610910,Men's,,,,,\n", ""), "utf-8")
    forget_all()
    return import_tariff(
        actor=SYSTEM, path=file, territory="US", from_date=dt.date(2024, 11, 18), source="HTS Nov 2024"
    ).preferences


def rate(code: str, origin: str, *, to: str = "US", on: dt.date = DAY) -> DutyRate:
    return customs.rules(destination=to, pairs={(code, origin)}, on=on).rates[code, origin]


def hold(**changed: object) -> None:
    told = {
        "territory": "US", "programme": "KR", "origin": "KR", "code": "6109", "kind": "certification of origin",
        "number": "K-1", "from_date": dt.date(2026, 11, 1), "at": AT,
    }  # fmt: skip
    with db.transaction():
        services.record_origin_proof(actor=SYSTEM, **{**told, **changed})  # type: ignore[arg-type]
    forget_all()


def test_a_preference_needs_the_proof_and_says_so(schedule: int) -> None:
    assert schedule == 6  # 61091000 free and 3.5, the same by six digits, and both lines of 6911.10
    usual = rate("61091000", "KR")
    assert usual.rate_ppm == 165_000
    assert "hint: a preference may exist under US-Korea Free Trade Agreement" in usual.rule.source
    hold()
    free = rate("61091000", "KR")
    assert (free.rate_ppm, free.rule.table, free.rule.confidence) == (0, "customs.US.preference", "dataset")
    assert free.rule.source == "HTS Nov 2024; claimed with certification of origin K-1"
    assert rate("610910", "KR").rate_ppm == 0  # all under these six digits bear the same
    assert rate("69111010", "KR").rate_ppm == 250_000  # the proof is for 6109
    assert rate("61091000", "CN").rate_ppm == 165_000 and "hint" not in rate("61091000", "CN").rule.source


def test_what_is_added_by_origin_stays_on_top_of_a_preference(schedule: int) -> None:
    before = rate("61091000", "KR").added
    hold()
    assert rate("61091000", "KR").added == before and before


def test_a_proof_holds_from_its_day_until_its_end(schedule: int) -> None:
    hold(until=dt.date(2026, 12, 1))
    days = {on: rate("61091000", "KR", on=on).rate_ppm for on in (dt.date(2026, 10, 31), DAY, dt.date(2026, 12, 1))}
    assert list(days.values()) == [165_000, 0, 165_000]
    rules = customs.rules(destination="US", pairs={("61091000", "KR")}, on=DAY)
    assert rules.next_boundary is not None and rules.next_boundary <= dt.date(2026, 12, 1)
    proof = customs.origin_proofs()[0]
    with db.transaction():
        services.end_origin_proof(actor=SYSTEM, proof_id=proof.id, until=DAY)
    assert rate("61091000", "KR").rate_ppm == 165_000
    with db.transaction(), pytest.raises(InvalidInput):
        services.end_origin_proof(actor=SYSTEM, proof_id=proof.id, until=dt.date(2026, 10, 1))


def test_an_agreement_that_frees_all_goods_needs_no_list() -> None:
    forget_all()
    assert rate("691110", "GB", to="DE").rate_ppm > 0
    hold(territory="EU", programme="uk", origin="GB", code="", kind="statement on origin", number="GBREX 1")
    found = rate("691110", "GB", to="DE")
    assert found.rate_ppm == 0 and "claimed with statement on origin GBREX 1" in found.rule.source


def test_six_digits_of_several_rates_get_none(schedule: int) -> None:
    hold(code="691110")
    told = rate("691110", "KR")
    assert told.rate_ppm == 250_000 and "has no lower rate loaded for this code" in told.rule.source
    assert rate("69111035", "KR").rate_ppm == 30_000


def test_a_preference_can_come_in_our_own_form(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("code,rate,programme\n69111000,8,\n69111000,1.5,japan\n69111000,0,unheard-of\n", "utf-8")
    done = import_tariff(actor=SYSTEM, path=file, territory="GB", from_date=dt.date(2026, 1, 1), source="own")
    assert done.preferences == 2  # the line, and its six digits
    hold(territory="GB", programme="japan", origin="JP", code="", kind="statement on origin", number="JP-1")
    assert rate("69111000", "JP", to="GB").rate_ppm == 15_000 and rate("69111000", "CN", to="GB").rate_ppm == 80_000


def test_a_sellers_own_proof_opens_nothing_for_another_seller(schedule: int) -> None:
    mine = demo_store().entity.id
    hold(entity_id=mine)

    def duty(entity_id: str) -> int:
        rules = customs.rules(destination="US", pairs={("61091000", "KR")}, on=DAY, entity_id=entity_id)
        return rules.rates["61091000", "KR"].rate_ppm

    assert duty(mine) == 0
    assert duty("") == duty("00000000-0000-7000-8000-000000000000") == 165_000
    hold(number="K-2")  # in nobody's name: for all sellers
    assert duty("") == duty(mine) == 0


def test_a_code_that_is_gone_from_a_new_tariff_or_has_lost_its_preference_ends(schedule: int, tmp_path: Path) -> None:
    hold()
    hold(code="6911", number="K-3")
    changed = SCHEDULE.replace("6109100010,610910,Men's,,,,,\n", "").replace('"3% (KR)"', "")
    file = tmp_path / "next.csv"
    file.write_text(changed.replace("69111010,691110", "69111020,691110"), "utf-8")
    import_tariff(actor=SYSTEM, path=file, territory="US", from_date=DAY, source="HTS Dec 2026")
    open_now = db.fetch("SELECT code FROM customs_preferencerate WHERE until IS NULL AND code LIKE '6911%%'", [])
    assert {code for (code,) in open_now} == {"69111020"}
    before = DAY - dt.timedelta(1)
    assert (rate("69111035", "KR", on=before).rate_ppm, rate("69111035", "KR").rate_ppm) == (30_000, 60_000)
    assert (rate("69111010", "KR", on=before).rate_ppm, rate("69111010", "KR").rate_ppm) == (0, 250_000)


def test_a_part_of_a_tariff_ends_only_the_headings_it_names(schedule: int, tmp_path: Path) -> None:
    hold()
    file = tmp_path / "part.csv"
    file.write_text("code,rate,programme\n69111035,5,\n69111035,1,KR\n", "utf-8")
    import_tariff(actor=SYSTEM, path=file, territory="US", from_date=DAY, source="part")
    assert rate("61091000", "KR").rate_ppm == 0


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"territory": "QQ"}, NotFound), ({"programme": "no"}, NotFound), ({"origin": "CN"}, InvalidInput),
        ({"code": "6"}, InvalidInput), ({"code": "61a"}, InvalidInput), ({"number": " "}, InvalidInput),
        ({"until": dt.date(2026, 11, 1)}, InvalidInput),
    ],
)  # fmt: skip
def test_nonsense_is_refused(changed: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        hold(**changed)


def test_a_reading_is_chosen_from_a_day_on() -> None:
    forget_all()
    goods = lines((10_000, "610910"))
    sent, vat = parcel(goods, to="DE"), tax_rules("DE", DAY)  # without IOSS
    pairs = {("610910", "CN")}

    def duty(on: dt.date = DAY) -> str:
        law = customs.rules(destination="DE", pairs=pairs, on=on)
        return landed_cost(sent, law, tax_rules("DE", on), on).treatment

    assert vat.schemes and duty() == "low_value_fixed_duty"
    later = DAY + dt.timedelta(7)
    with db.transaction():
        services.choose_rule(
            actor=SYSTEM, territory="EU", group="fixed_duty_scope", option="ioss_only", from_date=later, at=AT
        )
    assert duty() == "low_value_fixed_duty" and duty(later) == "tariff"
    rules = customs.rules(destination="DE", pairs=pairs, on=DAY)
    assert rules.next_boundary is not None and rules.next_boundary <= later  # a quote of today must not be placed then
    told = {one.group: one for one in customs.rule_choices(on=later)}["fixed_duty_scope"]
    assert (told.chosen, told.since, len(told.options)) == ("ioss_only", later, 2)
    assert {one.group: one for one in customs.rule_choices(on=DAY)}["fixed_duty_scope"].later == ((later, "ioss_only"),)


def test_a_rule_of_one_reading_can_be_left_aside() -> None:
    forget_all()
    pairs = {("610910", "CN")}
    assert customs.rules(destination="DE", pairs=pairs, on=DAY).fees
    with db.transaction():
        services.choose_rule(
            actor=SYSTEM, territory="EU", group="handling_fee_start", option="none", from_date=DAY, at=AT
        )
    assert not customs.rules(destination="DE", pairs=pairs, on=DAY).fees


def test_a_choice_that_is_none_is_refused() -> None:
    choice = {"actor": SYSTEM, "from_date": DAY, "at": AT}
    with db.transaction(), pytest.raises(NotFound):
        services.choose_rule(territory="EU", group="moon", option="full", **choice)  # type: ignore[arg-type]
    with db.transaction(), pytest.raises(InvalidInput, match="every_consignment, ioss_only"):
        services.choose_rule(territory="EU", group="fixed_duty_scope", option="none", **choice)  # type: ignore[arg-type]
    with db.transaction(), pytest.raises(InvalidInput, match="from today on"):
        services.choose_rule(
            **{**choice, "from_date": DAY - dt.timedelta(1)},
            territory="EU",
            group="fixed_duty_scope",
            option="ioss_only",
        )  # type: ignore[arg-type]
    nobody = Actor("staff", "1", frozenset())
    with db.transaction(), pytest.raises(PermissionDenied):
        services.choose_rule(
            **{**choice, "actor": nobody}, territory="EU", group="fixed_duty_scope", option="ioss_only"
        )  # type: ignore[arg-type]


def test_a_basket_asks_once_a_minute_what_the_merchant_says() -> None:
    forget_all()
    customs.rules(destination="DE", pairs={("610910", "CN")}, on=DAY)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        customs.rules(destination="DE", pairs={("691110", "CN")}, on=DAY)
    assert len(asked) == 1
